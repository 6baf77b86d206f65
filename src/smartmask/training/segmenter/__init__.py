"""The embedded segmenter: data, network, loss, loop, teacher, export."""
