"""Layouts in the formats of other programs, one module a format; `layout_formats.py` is the door to them."""
