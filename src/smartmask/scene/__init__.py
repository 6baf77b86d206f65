"""Value objects and geometry: layouts, guidance, views, masks. NumPy, and Pillow for what they show of
themselves.
"""
