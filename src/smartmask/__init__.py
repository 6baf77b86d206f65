"""Precise masks of objects that are not there yet.

>>> from smartmask import Box, SmartMask
>>> guidance = Box((40, 80, 300, 400))
>>> best = SmartMask.load().suggest("photo.jpg", "a dog", guidance=guidance)[0]  # doctest: +SKIP
"""

from smartmask.apps.load import SmartMask
from smartmask.data.layout_files import read_layout, write_layout
from smartmask.errors import SmartMaskError
from smartmask.pipelines.suggest import Suggestion
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View

__all__ = [
    "Box",
    "Guidance",
    "Layer",
    "Layout",
    "NoGuidance",
    "Region",
    "Scribble",
    "SmartMask",
    "SmartMaskError",
    "Suggestion",
    "View",
    "read_layout",
    "write_layout",
]
