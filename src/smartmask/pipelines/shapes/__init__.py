"""Masks from whole shapes: words to labels, which remembered shape, free drawing, variations, fitting to a
hint.
"""
