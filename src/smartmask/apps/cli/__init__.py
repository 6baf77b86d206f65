"""The command line: one file a command. A command checks its input, calls the library once, and writes."""
