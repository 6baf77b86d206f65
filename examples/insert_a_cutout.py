"""Put a made cut-out into a made photo, half behind a bush: python examples/insert_a_cutout.py OUT."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from smartmask import Box, Layer, Layout, SmartMask, load_inpainter

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/insert")
out.mkdir(parents=True, exist_ok=True)

rows, columns = np.indices((360, 480))
sky, bush = rows < 200, (columns - 330) ** 2 + (rows - 260) ** 2 < 60**2
photo = np.where(sky[..., None], (206, 226, 242), np.where(bush[..., None], (70, 120, 80), (188, 208, 150)))
photo = (photo + np.random.default_rng(0).normal(0, 4, photo.shape)).clip(0, 255).astype(np.uint8)
layout = Layout(sky.shape, (Layer("sky", sky), Layer("grass", ~sky), Layer("bush", bush)))

smartmask = SmartMask.load()
found = smartmask.suggest(layout, "a dog", guidance=Box((180, 160, 330, 300)), n=1, seed=0)[0]
brown = np.dstack([np.full((*sky.shape, 3), (120, 78, 50), np.uint8), (found.alpha * 255).astype(np.uint8)])
Image.fromarray(brown).save(out / "dog.png")  # any picture with transparency would do

dog = load_inpainter(f"reference:{out / 'dog.png'}")
put = smartmask.insert(photo, "a dog", found.mask, inpainter=dog, layout=layout, behind=["bush"])[0]
Image.fromarray(put.image).save(out / "image.png")
Image.fromarray(put.alpha > 0).save(out / "changed.png")  # off it the photo is as it was, bit for bit
assert np.array_equal(put.image[put.alpha == 0], photo[put.alpha == 0])
