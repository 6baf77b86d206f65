"""The shape codec (fields, network, loop, export), and what the shape memory keeps."""
