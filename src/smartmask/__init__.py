"""Precise masks of objects that are not there yet.

>>> from smartmask import Box, SmartMask
>>> guidance = Box((40, 80, 300, 400))
>>> best = SmartMask.load().suggest("photo.jpg", "a dog", guidance=guidance)[0]  # doctest: +SKIP
"""

from smartmask.apps.inpainters import load_inpainter
from smartmask.apps.load import SmartMask
from smartmask.apps.planners import load_planner
from smartmask.data.layout_files import read_layout, write_layout
from smartmask.data.layout_formats import read_any_layout, write_layout_as
from smartmask.errors import SmartMaskError
from smartmask.pipelines.insertion.history import InsertionHistory, InsertStep
from smartmask.pipelines.insertion.history_files import read_history, write_history
from smartmask.pipelines.insertion.insert import Insertion, InsertSettings
from smartmask.pipelines.suggestion import Suggestion
from smartmask.scene.guidance import Box, Guidance, NoGuidance, Region, Scribble
from smartmask.scene.layout import Layer, Layout
from smartmask.scene.view import View

__version__ = "0.2.0"

__all__ = [
    "Box",
    "Guidance",
    "InsertSettings",
    "InsertStep",
    "Insertion",
    "InsertionHistory",
    "Layer",
    "Layout",
    "NoGuidance",
    "Region",
    "Scribble",
    "SmartMask",
    "SmartMaskError",
    "Suggestion",
    "View",
    "__version__",
    "load_inpainter",
    "load_planner",
    "read_any_layout",
    "read_history",
    "read_layout",
    "write_history",
    "write_layout",
    "write_layout_as",
]
