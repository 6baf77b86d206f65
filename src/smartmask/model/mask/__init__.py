"""The networks that draw masks: the shape generator, and the chooser among remembered shapes. NumPy and ONNX
Runtime; they are trained in `training/mask`.
"""
