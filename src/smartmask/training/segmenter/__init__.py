"""The embedded segmenter: data, network, loss, loop, labels by other networks, export."""
