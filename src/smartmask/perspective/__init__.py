"""The camera that a layout was seen by, told by ground, horizon, walls and things of known size. Pure NumPy;
knows `scene` alone.
"""
