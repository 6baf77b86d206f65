"""The shipped segmenter in ONNX Runtime; it is trained in `training/segmenter`."""
