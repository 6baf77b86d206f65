"""Readers, one file a format; each returns annotated scenes."""
