"""Plan a living room, take one object back, and draw each step: python examples/plan_a_room.py OUT."""

import sys
from pathlib import Path

import click

from smartmask import SmartMask, write_layout
from smartmask.apps.drawing import draw_layout

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/room")
out.mkdir(parents=True, exist_ok=True)

session = SmartMask.load().plan("a living room with a sofa and two armchairs", limit=5, seed=0)
first = next(session)
session.veto()  # not there: the planner may not put it in the same place again
click.echo(f"taken back: {first.planned.label}")
for number, step in enumerate(session, 1):
    box = [round(value) for value in step.suggestion.box_xyxy]
    click.echo(f"{number}: {step.planned.label} at {box}")
    draw_layout(session.layout, None, longest_px=640).save(out / f"step_{number}.png")
write_layout(out / "layout.json", session.layout)
