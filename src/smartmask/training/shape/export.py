"""The trained shape codec -> the file that ships: encoder and decoder as ONNX, the sketch as matrices."""

import io
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import torch

from smartmask.data.atomic import write_files
from smartmask.errors import CheckpointError
from smartmask.model.shape.codec import FORMAT, FORMAT_VERSION, SilhouetteCodec, SilhouetteCodecCard
from smartmask.model.shape.frame import CELLS, CHANNELS, FRAME_PX, MARGIN_PX, REACH_PX
from smartmask.training.eight_bits import eight_bits, stored_weight
from smartmask.training.onnx_export import BATCH, as_stored, onnx_model
from smartmask.training.shape.network import ShapeAutoencoder, rounded

LICENCE = "Apache-2.0"


def export_shape_codec(network: ShapeAutoencoder, views: int, path: Path) -> float:
    """Write a codec as the shipped file.

    Args:
        network: The (averaged) network.
        views: Training views it has seen.
        path: Where to; replaced only when complete.

    Returns:
        The largest difference to PyTorch, both with the rounded weights, on codes of random fields.
    """
    stored = as_stored(network)
    card = SilhouetteCodecCard(
        format=FORMAT,
        version=FORMAT_VERSION,
        frame_px=FRAME_PX,
        margin_px=MARGIN_PX,
        reach_px=REACH_PX,
        views=views,
        licence=LICENCE,
    )
    arrays = {
        "card": np.frombuffer(json.dumps(asdict(card)).encode(), np.uint8),
        "encoder": _graph(stored.encoder, torch.zeros(2, 1, FRAME_PX, FRAME_PX), "field", "code"),
        "decoder": _graph(stored.decoder, torch.zeros(2, CHANNELS, CELLS, CELLS), "code", "field"),
    }
    for name, layer in (("first", stored.sketch.first), ("second", stored.sketch.second)):
        whole, scales = eight_bits(layer.weight.detach().numpy())
        arrays |= {name: whole.T.copy(), f"{name}_scale": scales.T.copy()}
        arrays[f"{name}_bias"] = layer.bias.detach().numpy()
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    write_files({path: content.getvalue()})
    return _parity(stored, SilhouetteCodec.load(path))


def read_shape_codec(path: Path) -> ShapeAutoencoder:
    """The network of a shipped file.

    Raises:
        CheckpointError: If the file is missing or damaged.
    """
    network = ShapeAutoencoder()
    weights = {}
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            for part in ("encoder", "decoder"):
                model = onnx.load_from_string(file[part].tobytes())
                for name in getattr(network, part).state_dict():
                    weights[f"{part}.{name}"] = torch.from_numpy(stored_weight(model, name).copy())
            for name in ("first", "second"):
                values = file[name].astype(np.float32) * file[f"{name}_scale"]
                weights[f"sketch.{name}.weight"] = torch.from_numpy(values.T.copy())
                weights[f"sketch.{name}.bias"] = torch.from_numpy(file[f"{name}_bias"])
        network.load_state_dict(weights)
    except Exception as error:
        raise CheckpointError(f"{path}: missing or damaged shape codec ({error}); fetch it again") from error
    return network.eval()


@torch.no_grad()
def _parity(stored: ShapeAutoencoder, codec: SilhouetteCodec) -> float:
    fields = torch.nn.functional.interpolate(
        torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(0)),
        scale_factor=FRAME_PX // 8,
        mode="bicubic",
    ).clamp(-1, 1)
    codes = codec.encode(fields[:, 0].numpy())
    expected = rounded(stored.encoder(fields))
    found = codec.decode(codes), codec.sketch(codes)
    wanted = stored.decoder(expected)[:, 0].numpy(), stored.sketch(expected).numpy()
    return max(float(np.abs(a - b).max()) for a, b in zip(found, wanted, strict=True))


def _graph(network: torch.nn.Module, example: torch.Tensor, given: str, drawn: str) -> np.ndarray:
    model = onnx_model(network, (example,), [given], [drawn], ({0: BATCH},))
    return np.frombuffer(model.SerializeToString(), np.uint8)
