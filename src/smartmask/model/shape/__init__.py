"""Whole shapes: their frame, the learned codec of fields, sketches, and pictures of silhouettes."""
