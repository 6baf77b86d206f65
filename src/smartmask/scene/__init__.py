"""Value objects and geometry: layouts, guidance, views, masks. Pure NumPy."""
