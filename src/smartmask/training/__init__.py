"""Training in PyTorch: one folder a network. Reads `backends`, `data`, `model` and
`memory`, never `pipelines`.
"""
