"""`smartmask insert`: one object, several, and taking them out again. Commands and their files only."""
