"""A cut-out put into a photo by NumPy alone: fitted, lit, grained and shadowed. Knows `scene`, `errors`, what
an inpainter is (`protocols`), and the door for pictures (`data/photos.py`).
"""
