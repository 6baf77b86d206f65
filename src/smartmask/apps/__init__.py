"""What people run: the only layer that wires concrete parts together."""
