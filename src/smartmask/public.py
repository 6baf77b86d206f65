"""What `smartmask` offers by name; imported when the first of the names is asked for."""

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
    "load_inpainter",
    "load_planner",
    "read_any_layout",
    "read_history",
    "read_layout",
    "write_history",
    "write_layout",
    "write_layout_as",
]
