"""Training in PyTorch: one folder a network. Reads `data`, `model` and `memory`, never `pipelines`."""
