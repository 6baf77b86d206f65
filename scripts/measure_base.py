"""What training the base mask model takes: arithmetic, memory, a step here, hours and cost elsewhere.

    python scripts/measure_base.py --data runs/data/made runs/data/voc --out docs/results

The network is that of Stable Diffusion 1.5 with our channels, its weights random: no figure depends on them.
It needs about 12 GB and several minutes.
"""

import argparse
import json
import resource
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPTextConfig, CLIPTextModel

from smartmask.backends.base.backbone import BaseBackbone, BaseConfig, build_layout, widen
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.atomic import write_files
from smartmask.data.examples.example import PASSES
from smartmask.data.shards import SceneDataset
from smartmask.model.diffusion.condition import SPECIAL_ROWS
from smartmask.training.base.views import ViewDataset, ViewSettings
from smartmask.weights import WEIGHTS

PIXELS, CELLS, LABELS, TOKENS = 512, 64, 12, 77
UNET = {
    "sample_size": CELLS,
    "block_out_channels": (320, 640, 1280, 1280),
    "layers_per_block": 2,
    "attention_head_dim": 8,
    "cross_attention_dim": 768,
}
"""unet/config.json of Stable Diffusion 1.5, where it differs from the defaults of diffusers."""
VAE = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "sample_size": PIXELS,
}
CLIP = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "projection_dim": 768,
    "hidden_act": "quick_gelu",
}
VIEWS = 20_000_000
GPUS = {
    "A100 80 GB": {"peak_tflops": 312.0, "usd_per_hour": 2.0},
    "H100 80 GB": {"peak_tflops": 989.0, "usd_per_hour": 3.0},
}
UTILISATION = 0.25
"""Share of the dense bfloat16 peak."""
PUBLISHED_VIEWS_PER_SECOND = 290 / 8
"""Of one A100: the README of mosaicml/diffusion, for the U-Net of Stable Diffusion 2 base at 512 px, without
checkpointing, and latents made beforehand; no loss up to 64 GPUs."""
SCALING = {1: 1.0, 8: 0.97, 64: 0.92}
"""Share of a GPU's own speed that is left when so many work together."""


REPORT = """# The base mask model: what its training takes

Written by `scripts/measure_base.py`, with `base_model.json`. The network of Stable Diffusion 1.5 with
our input channels, random weights, one view of 512 px.

| | hints as channels | hints blended (the paper) |
|---|---:|---:|
{sizes}

Memory of a process, beside activations: {states:.1f} GB for weights, gradients and AdamW in float32,
{average:.1f} GB for the average. FSDP divides both by the number of GPUs.

**A step here**: {step:.0f} s for one view with hints as channels and checkpointing, of which the
forward pass {forward:.0f} s; at most {resident:.1f} GB resident. Measured once, on {threads} thread of
a machine of two cores that were busy with other work; weights and AdamW's states in bfloat16, because
float32 was too large beside it.

**Making a view** of 512 px takes one core {views}; at 64 px it takes 0.002 s. To keep one GPU busy at
{fastest:.0f} views/s, {cores:.0f} cores would be needed: most of the time goes into dilation by large
kernels on the work canvas of 1024 px, which should be done by distance transforms before such a run.

**{million:.0f} million views elsewhere**, hints as channels: an estimate, not a measurement. The
operations counted above, at {utilisation:.0%} of the dense bfloat16 peak. Assumed: {gpus}; left of a
GPU's own speed {scaling}. For comparison, mosaicml/diffusion publishes 290 pictures/s on eight A100 for
the U-Net of SD 2 base at 512 px, which is {published:.0%} of the peak by the same count. We know of
nothing comparable for the H100, whose peak is harder to reach.

| GPUs | step | views/s | hours | USD |
|---|---|---:|---:|---:|
{rows}
"""


def counted(call: Callable[[], Any]) -> int:
    """Floating point operations of a call; a multiplication and an addition are two."""
    with FlopCounterMode(display=False) as counter:
        call()
    return int(counter.get_total_flops())


def build(encoding: str) -> tuple[BaseBackbone, AutoencoderKL, CLIPTextModel]:
    """The network and the frozen parts."""
    unet, vae = UNet2DConditionModel(**UNET), AutoencoderKL(**VAE)
    config = BaseConfig(guidance_encoding=encoding)
    layout = build_layout(config, vae, PIXELS // CELLS)
    return BaseBackbone(widen(unet, layout.channels), layout), vae, CLIPTextModel(CLIPTextConfig(**CLIP))


def inputs(device: str, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """One view, in the order of the network."""
    return (
        torch.randn(1, 4, CELLS, CELLS, device=device, dtype=dtype),
        torch.full((1,), 500, device=device),
        torch.randn(1, TOKENS, 768, device=device, dtype=dtype),
        torch.randn(1, TOKENS, 768, device=device, dtype=dtype),
        torch.full((1, PIXELS, PIXELS), SPECIAL_ROWS, device=device),
        torch.randn(1, LABELS, 256, device=device, dtype=dtype),
        torch.rand(1, 1, PIXELS, PIXELS, device=device, dtype=dtype),
        torch.ones(1, dtype=torch.long, device=device),
        torch.zeros(1, device=device, dtype=dtype),
    )


def arithmetic(encoding: str) -> dict[str, float]:
    """Operations for one view at 512 px, counted on tensors without values."""
    with torch.device("meta"):
        backbone, vae, clip = build(encoding)
        given = inputs("meta", torch.float32)
        picture = torch.empty(1, 3, PIXELS, PIXELS)
        ids = torch.empty(2, TOKENS, dtype=torch.long)
    backbone.train()
    forward = counted(lambda: backbone(*given))
    both = counted(lambda: backbone(*given).sum().backward())
    with torch.no_grad():
        codec = counted(lambda: vae.encode(picture))
        texts = counted(lambda: clip(ids))
    return {
        "forward": forward,
        "forward_and_backward": both,
        "with_checkpointing": both + forward,
        "mask_to_latent": codec,
        "two_texts": texts,
        "step": both + forward + codec + texts,
        "step_without_checkpointing": both + codec + texts,
    }


def parameters(encoding: str) -> dict[str, int]:
    """Weights of each part."""

    def count(*modules: nn.Module) -> int:
        return sum(parameter.numel() for module in modules for parameter in module.parameters())

    with torch.device("meta"):
        original = UNet2DConditionModel(**UNET)
        backbone, vae, clip = build(encoding)
    return {
        "original_unet": count(original),
        "trained": count(backbone),
        "ours": count(backbone) - count(original),
        "frozen": count(vae, clip),
    }


def step_here() -> dict[str, Any]:
    """One training step of one view on this machine: bfloat16 weights and AdamW states, checkpointing."""
    started = time.monotonic()
    backbone, _, _ = build("channels")
    backbone = backbone.to(torch.bfloat16).train()
    backbone.checkpoint_gradients()
    optimizer = torch.optim.AdamW(backbone.parameters(), 1e-4, foreach=False)
    built = time.monotonic() - started
    times = {}
    for name in ("first_step_seconds", "second_step_seconds"):
        began = time.monotonic()
        loss = backbone(*inputs("cpu", torch.bfloat16)).float().square().mean()
        times[name.replace("step", "forward")] = time.monotonic() - began
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        times[name] = time.monotonic() - began
    return {
        "threads": torch.get_num_threads(),
        "build_seconds": built,
        **times,
        "peak_resident_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
    }


def view_seconds(folder: Path, count: int = 24) -> float:
    """Processor time of one core for a view of 512 px out of a dataset."""
    cv2.setNumThreads(0)
    settings = ViewSettings(resolution=PIXELS, mixture={"it": 1.0}, passes=PASSES)
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    views = ViewDataset({"it": SceneDataset.open(folder)}, settings, encoder)
    _ = views[0]  # reads the shards
    began = time.process_time()
    for number in range(1, count + 1):
        _ = views[number]
    return (time.process_time() - began) / count


def plan(operations: float, what: str) -> list[dict[str, Any]]:
    """Hours and cost of all views."""
    rows = []
    for name, gpu in GPUS.items():
        for count, scaling in SCALING.items():
            speed = count * scaling * gpu["peak_tflops"] * 1e12 * UTILISATION
            hours = VIEWS * operations / speed / 3600
            cost = hours * count * gpu["usd_per_hour"]
            rows.append(
                {
                    "gpu": name,
                    "count": count,
                    "step": what,
                    "views_per_second": speed / operations,
                    "hours": hours,
                    "usd": cost,
                }
            )
    return rows


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--out", type=Path, required=True, help="Folder of base_model.json and base_model.md."
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="Datasets to make views from.")
    given = parser.parse_args()
    out: Path = given.out
    result: dict[str, Any] = {"view_seconds": {folder.name: view_seconds(folder) for folder in given.data}}
    for encoding in ("channels", "blend"):
        result[encoding] = {"parameters": parameters(encoding), "operations": arithmetic(encoding)}
        print(encoding, json.dumps(result[encoding]))
    trained = result["channels"]["parameters"]["trained"]
    result["memory_gb"] = {
        "weights_gradients_adamw_float32": 16 * trained / 1e9,
        "average_float32": 4 * trained / 1e9,
    }
    result["here"] = step_here()
    print(json.dumps(result["here"]))
    operations = result["channels"]["operations"]
    result["plan"] = {
        "views": VIEWS,
        "utilisation": UTILISATION,
        "scaling": {str(count): share for count, share in SCALING.items()},
        "gpus": GPUS,
        "rows": plan(operations["step"], "with checkpointing")
        + plan(operations["step_without_checkpointing"], "without checkpointing"),
    }
    out.mkdir(parents=True, exist_ok=True)
    write_files(
        {
            out / "base_model.json": (json.dumps(result, indent=1) + "\n").encode(),
            out / "base_model.md": report(result).encode(),
        }
    )


def report(result: dict[str, Any]) -> str:
    """The results as Markdown."""
    here, memory, rows = result["here"], result["memory_gb"], result["plan"]["rows"]
    operations = result["channels"]["operations"]
    published = PUBLISHED_VIEWS_PER_SECOND * operations["forward_and_backward"] / 312e12
    fastest = max(row["views_per_second"] for row in rows if row["count"] == 1)
    values = {
        "sizes": "\n".join(_sizes(result)),
        "states": memory["weights_gradients_adamw_float32"],
        "average": memory["average_float32"],
        "step": here["second_step_seconds"],
        "forward": here["second_forward_seconds"],
        "resident": here["peak_resident_gb"],
        "threads": here["threads"],
        "views": ", ".join(f"{seconds:.2f} s ({name})" for name, seconds in result["view_seconds"].items()),
        "fastest": fastest,
        "cores": fastest * max(result["view_seconds"].values()),
        "million": VIEWS / 1e6,
        "utilisation": UTILISATION,
        "gpus": "; ".join(
            f"{name}, {gpu['peak_tflops']:.0f} TFLOP/s and {gpu['usd_per_hour']:.2f} USD an hour"
            for name, gpu in GPUS.items()
        ),
        "scaling": ", ".join(f"{share:.0%} on {count}" for count, share in SCALING.items()),
        "published": published,
        "rows": "\n".join(
            f"| {row['count']} x {row['gpu']} | {row['step']} | {row['views_per_second']:.0f} "
            f"| {row['hours']:.1f} | {row['usd']:.0f} |"
            for row in rows
        ),
    }
    blocks = REPORT.format(**values).split("\n\n")
    return (
        "\n\n".join(block if "|" in block else textwrap.fill(block, 110) for block in blocks).rstrip() + "\n"
    )


def _sizes(result: dict[str, Any]) -> list[str]:
    """The rows of weights and operations."""
    entries = (
        ("trained weights, M", "parameters", "trained", 1e6),
        ("of these not in SD 1.5, M", "parameters", "ours", 1e6),
        ("frozen VAE and CLIP, M", "parameters", "frozen", 1e6),
        ("forward, TFLOP", "operations", "forward", 1e12),
        ("forward and backward, TFLOP", "operations", "forward_and_backward", 1e12),
        ("the same with checkpointing, TFLOP", "operations", "with_checkpointing", 1e12),
        ("mask to latent by the frozen VAE, TFLOP", "operations", "mask_to_latent", 1e12),
        ("two texts by the frozen CLIP, TFLOP", "operations", "two_texts", 1e12),
        ("whole step with checkpointing, TFLOP", "operations", "step", 1e12),
    )
    return [
        f"| {title} | "
        + " | ".join(f"{result[encoding][part][name] / unit:.2f}" for encoding in ("channels", "blend"))
        + " |"
        for title, part, name, unit in entries
    ]


if __name__ == "__main__":
    main()
