"""`smartmask segment`: layouts of one photo or of many. Commands and their files only."""
