"""Leak-proof examples of scenes: what is asked for, with its hint, and the layout without it. NumPy and
OpenCV; reads scenes, knows no network.
"""
