"""The command line: one file a command, larger ones a folder. A command checks its input, calls the library
once, and writes.
"""
