"""Label photos that nobody labelled, by three published networks, for `smartmask train segmenter --taught`.

The networks are none of ours and are not shipped; a folder must hold

    mosaic_ade20k_31.tflite           MOSAIC of the MLPerf mobile suite, Apache-2.0
    deeplabv3_mnv2_pascal_quant.tflite DeepLab v3 of the Coral test data, Apache-2.0
    nanodet_m.onnx                    NanoDet-m at 416 pixels, Apache-2.0

    pip install ai-edge-litert
    python scripts/label_photos.py PHOTOS NETWORKS OUT

Half a second a photo on one core. OUT gets a file for each photo (training/segmenter/taught.py); a second run
goes on where the first one stopped.
"""

import os
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from jaxtyping import Float32
from PIL import Image

from smartmask.data.photos import read_photo
from smartmask.data.segment_classes import THINGS
from smartmask.training.segmenter.taught import FoundBox, Seen, taught
from smartmask.training.segmenter.taught_photos import write_taught

GRID = 128
LEAST_SCORE = 0.35
OVERLAP = 0.55
STRIDES = 8, 16, 32
# NanoDet was trained on BGR with these.
BGR_MEAN, BGR_DEVIATION = np.array([103.53, 116.28, 123.675]), np.array([57.375, 57.12, 58.395])


def main(photos: Path, networks: Path, out: Path) -> None:
    """Label every photo of a folder."""
    scene = _interpreter(networks / "mosaic_ade20k_31.tflite")
    kinds = _interpreter(networks / "deeplabv3_mnv2_pascal_quant.tflite")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    boxes = onnxruntime.InferenceSession(str(networks / "nanodet_m.onnx"), options)
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(photos.iterdir()):
        target = out / f"{path.stem}.npz"
        if not target.exists():
            image = Image.fromarray(read_photo(path))
            found = _scene(scene, image)
            seen = Seen(
                found.argmax(-1).astype(np.uint8), found.max(-1), _kinds(kinds, image), _boxes(boxes, image)
            )
            write_taught(taught(seen), target)


def _interpreter(path: Path) -> Interpreter:
    made = Interpreter(str(path), num_threads=1, experimental_preserve_all_tensors=True)
    made.allocate_tensors()
    return made


def _run(network: Interpreter, image: Image.Image, tensor: str) -> Float32[np.ndarray, "h w c"]:
    """Probabilities from the logits of that name."""
    network.set_tensor(network.get_input_details()[0]["index"], np.asarray(image)[None])
    network.invoke()
    (details,) = (details for details in network.get_tensor_details() if details["name"] == tensor)
    scale, zero = details["quantization"]
    return _softmax((network.get_tensor(details["index"])[0].astype(np.float32) - zero) * scale)


def _scene(network: Interpreter, image: Image.Image) -> Float32[np.ndarray, "128 128 32"]:
    return _run(network, image.resize((512, 512), Image.Resampling.BILINEAR), "decoder/add")


def _kinds(network: Interpreter, image: Image.Image) -> Float32[np.ndarray, "128 128 21"]:
    """DeepLab sees the photo in the upper left corner of a grey square; its cells are 16 pixels apart."""
    scale = 513 / max(image.size)
    width, height = (round(side * scale) for side in image.size)
    square = Image.new("RGB", (513, 513), (127, 127, 127))
    square.paste(image.resize((width, height), Image.Resampling.BILINEAR))
    maps = [detail["name"] for detail in network.get_tensor_details() if len(detail["shape"]) == 4]
    (name,) = (name for name in maps if name.startswith("logits/semantic/BiasAdd"))
    cells = _run(network, square, name)
    y0, down = _taps(height)
    x0, across = _taps(width)
    rows = cells[y0] + down[:, None, None] * (cells[y0 + 1] - cells[y0])
    result: np.ndarray = rows[:, x0] + across[None, :, None] * (rows[:, x0 + 1] - rows[:, x0])
    return result.astype(np.float32)


def _taps(pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """The cell before each middle of the grid's cells, and how far towards the next one that middle lies."""
    places = np.clip(((np.arange(GRID) + 0.5) / GRID * pixels - 0.5) / 16, 0, 32)
    before = np.minimum(places.astype(int), 31)
    return before, (places - before).astype(np.float32)


def _boxes(network: onnxruntime.InferenceSession, image: Image.Image) -> tuple[FoundBox, ...]:
    """NanoDet's boxes (generalised focal loss: a side's distance is a mean over 8 bins), best first."""
    (given,) = network.get_inputs()
    side = given.shape[2]
    pixels = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))[..., ::-1]
    scaled = ((pixels - BGR_MEAN) / BGR_DEVIATION).transpose(2, 0, 1)[None].astype(np.float32)
    outputs = network.run(None, {given.name: scaled})
    found = []
    for scores, distances, stride in zip(outputs[:3], outputs[3:], STRIDES, strict=True):
        y, x = np.mgrid[: side // stride, : side // stride] * stride + (stride - 1) / 2
        reach = _softmax(distances.reshape(-1, 4, 8)) @ np.arange(8) * stride
        corners = np.stack([x.ravel(), y.ravel()] * 2, 1) + reach * (-1, -1, 1, 1)
        found.append((scores.reshape(-1, len(THINGS)), corners.clip(0, side) / side))
    scores, corners = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept: list[FoundBox] = []
    for number in np.argsort(-scores.max(1)):
        box = FoundBox(
            THINGS[scores[number].argmax()], float(scores[number].max()), *corners[number].tolist()
        )
        if box.score < LEAST_SCORE:
            break
        if all(box.label != other.label or _iou(box, other) <= OVERLAP for other in kept):
            kept.append(box)
    return tuple(kept)


def _iou(a: FoundBox, b: FoundBox) -> float:
    across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
    both = max(across, 0.0) * max(down, 0.0)
    areas = ((box.x1 - box.x0) * (box.y1 - box.y0) for box in (a, b))
    return both / max(sum(areas) - both, 1e-9)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    result: np.ndarray = powers / powers.sum(-1, keepdims=True)
    return result


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    main(*(Path(argument) for argument in sys.argv[1:4]))
