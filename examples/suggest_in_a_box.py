"""Ask for a horse in a box on a painted meadow: python examples/suggest_in_a_box.py OUT."""

import sys
from pathlib import Path

import click
import numpy as np
from PIL import Image

from smartmask import Box, Layer, Layout, SmartMask, write_layout

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/horse")
out.mkdir(parents=True, exist_ok=True)

sky = np.zeros((360, 480), bool)
sky[:200] = True
layout = Layout(sky.shape, (Layer("sky", sky), Layer("grass", ~sky)))  # a photo's path would do as well

smartmask = SmartMask.load()
click.echo(smartmask.words("a brown horse").say())
suggestions = smartmask.suggest(layout, "a brown horse", guidance=Box((150, 130, 350, 310)), n=3, seed=0)
for number, suggestion in enumerate(suggestions):  # best first
    Image.fromarray(suggestion.mask).save(out / f"mask_{number}.png")
    Image.fromarray((suggestion.alpha * 255).astype(np.uint8)).save(out / f"alpha_{number}.png")
    click.echo(f"{number}: score {suggestion.score:.2f}, {suggestion.origin}")
write_layout(out / "layout.json", layout.push(Layer("horse", suggestions[0].mask, "amodal")))
