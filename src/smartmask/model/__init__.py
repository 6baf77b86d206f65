"""The networks as they run: one folder a network, and `diffusion`, which denoisers share. NumPy and ONNX
Runtime alone; they are trained in `training`. Reads no annotation and no photo.
"""
