"""Value objects and geometry: layouts, guidance, views, cameras, masks. NumPy, and Pillow for what they show
of themselves.
"""
