"""Networks as shipped in one ONNX file, its settings inside, run by ONNX Runtime. No PyTorch."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import onnxruntime

from smartmask.errors import CheckpointError


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on the CPU.

    Raises:
        CheckpointError: If the file is missing or damaged.
    """
    if not path.is_file():
        what = "is no file that can hold weights" if path.exists() else "no such weights file"
        raise CheckpointError(f"{path}: {what}; check the path")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises a dozen kinds for damaged files
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        if "bad alloc" in reason or "bad_alloc" in reason or "Failed to allocate" in reason:
            raise MemoryError(f"{path}: {reason}") from error
        raise CheckpointError(f"{path}: damaged or not an ONNX file ({reason}); fetch it again") from error


def card_values(
    session: onnxruntime.InferenceSession,
    path: Path,
    format_name: str,
    version: int,
    what: str,
    card: type[Any],
) -> dict[str, Any]:
    """The values of the card in an ONNX file of ours, by name.

    Args:
        session: The open file.
        path: The file, for messages.
        format_name: What its format must be.
        version: What its version must be.
        what: What the file is to hold ("shape generator").
        card: The dataclass whose fields are the card's settings; those that have a default may be missing.

    Raises:
        CheckpointError: If there is no card, it is of another format or version, or has other settings.
    """
    try:
        values = json.loads(session.get_modelmeta().custom_metadata_map.get("smartmask") or "")
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise CheckpointError(f"{path}: an ONNX file, but not a smartmask {what} (no card inside)")
    if values.get("format") != format_name or values.get("version") != version:
        found = f"{values.get('format')!r} version {values.get('version')!r}"
        raise CheckpointError(f"{path}: is {found}; this release reads {format_name!r} version {version}")
    known = {field.name for field in fields(card)}
    needed = {field.name for field in fields(card) if field.default is MISSING}
    wrong = sorted((values.keys() - known) | (needed - values.keys()))
    if wrong:
        raise CheckpointError(f"{path}: its card has unknown or missing settings: {', '.join(wrong)}")
    return values
