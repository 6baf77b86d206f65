"""A folder of pictures with masks, captions and segmentations, as ControlNets are trained on."""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from shapes import disc

SIZES_HW = ((40, 60), (64, 48), (50, 50), (33, 90))


def picture_folder(folder: Path, with_segmentation: bool = True) -> Path:
    """Red discs on grey noise; blue on grey in the segmentation."""
    rng = np.random.default_rng(0)
    records = []
    for number, (height, width) in enumerate(SIZES_HW):
        mask = disc((height, width), (width * 0.4, height * 0.5), height * 0.3)
        picture = rng.integers(80, 120, (height, width, 1), np.uint8).repeat(3, 2)
        picture[mask] = (230, 40, 40)
        colours = np.full((height, width, 3), 90, np.uint8)
        colours[mask] = (0, 0, 255)
        Image.fromarray(picture).save(folder / f"photo{number}.png")
        Image.fromarray(mask.astype(np.uint8) * 255).save(folder / f"mask{number}.png")
        Image.fromarray(colours).save(folder / f"seg{number}.png")
        record = {"image": f"photo{number}.png", "mask": f"mask{number}.png", "text": f"a ball {number}"}
        records.append({**record, "segmentation": f"seg{number}.png"} if with_segmentation else record)
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, records)) + "\n")
    return folder
