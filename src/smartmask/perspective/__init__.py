"""The camera that a layout was seen by, told by ground, horizon, walls and things of known size, and the
depth that follows from it. Pure NumPy; knows `scene` and `language` alone.
"""
