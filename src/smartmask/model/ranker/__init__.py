"""The ranker of placements: its features and network. NumPy alone; it is trained in `training/ranker`."""
