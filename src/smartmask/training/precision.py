"""Mixed precision where it pays.

A processor without instructions for bfloat16 turns every number to and fro: a convolution takes eighteen
times as long as in float32, a matrix product five times (one core that has AVX2 and no AVX-512).
"""

import torch


def mixed_precision(device: str | torch.device) -> torch.autocast:
    """A context in which networks reckon in bfloat16 on cards and on processors that can, else in float32."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or _processor_has_bfloat16())


def _processor_has_bfloat16() -> bool:
    has_library: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return has_library and torch.ops.mkldnn._is_mkldnn_bf16_supported()
