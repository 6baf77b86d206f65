"""Training of the mask model in PyTorch."""
