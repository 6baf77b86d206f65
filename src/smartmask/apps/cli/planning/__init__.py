"""`smartmask plan`: scenes step by step, changed and replayed. Commands and their files only."""
