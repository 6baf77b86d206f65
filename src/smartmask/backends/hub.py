"""Third-party models by hub name or local folder, and one clear error for all that can go wrong on the way.

    model = from_hub(name, wanted, lambda place: SomeModel.from_pretrained(place, use_safetensors=True))

Every loader keeps two rules: weights are safetensors files only, because a pickle runs code when it is
opened; and code that lies beside the weights never runs (`trust_remote_code` stays False).

Nothing here imports a third-party package before it is needed.
"""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smartmask.errors import BackendError

if TYPE_CHECKING:
    import torch

T = TypeVar("T")
DTYPES = ("float32", "bfloat16", "float16")
CONFIG_FILES = ("config.json", "model_index.json")
_PICKLES = (".bin", ".ckpt", ".pkl", ".pt", ".pth")
_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
_LONGEST_CAUSE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a model is wanted for, so that an error can say what would do.

    Attributes:
        what: The kind of model, with its article ("a depth estimator").
        example: The hub name of one.
        instead: What needs no download, as a sentence; "" if nothing does.
    """

    what: str
    example: str
    instead: str = ""

    @property
    def advice(self) -> str:
        """The end of an error: what would do, and what needs no download."""
        return f"such as {self.example}" + (f". {self.instead}" if self.instead else "")


def need_packages(wanted: Wanted, *packages: str, extra: str = "torch") -> None:
    """Make sure that packages are installed, without importing them.

    Raises:
        BackendError: If one is missing; the message holds the pip line.
    """
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise BackendError(
            f"{wanted.what} needs {' and '.join(missing)}, which the installed core leaves out; run: "
            f'pip install "smartmask-open[{extra}]"'
        )


def torch_place(device: str, dtype: str) -> "tuple[torch.device, torch.dtype]":
    """PyTorch's own words for a device and a number format, tried out.

    Args:
        device: "cpu", "cuda", "cuda:1", "mps", ...
        dtype: One of `DTYPES`.

    Raises:
        ValueError: If there is no such format, or the device is not to be had on this machine.
    """
    import torch

    if dtype not in DTYPES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}")
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f"device {device!r} is not to be had on this machine ({one_line(error)}); 'cpu' always is"
        ) from error
    return torch.device(device), getattr(torch, dtype)


def from_hub(name: str | Path, wanted: Wanted, load: Callable[[str], T]) -> T:
    """Whatever `load` makes of a hub name or local folder.

    Args:
        name: A folder, or a name on the hub ("owner/model"); a folder of that name comes first.
        wanted: What the model is for.
        load: Given the folder or the name as a text, a call like `from_pretrained`, with
            `use_safetensors=True` where weights are read.

    Raises:
        BackendError: If `load` fails, with all that its own error leaves out: where was looked, what lies
            there, and how to get the model onto a machine without internet.
    """
    folder = Path(name).expanduser()
    is_hub_name = isinstance(name, str) and _HUB_NAME.fullmatch(name) is not None
    is_local = folder.is_dir() or (folder.exists() and not is_hub_name)
    if not is_local and not is_hub_name:
        raise BackendError(
            f"{name}: no such folder; give one that holds {wanted.what}, or a hub name {wanted.advice}"
        )
    place = str(folder) if is_local else str(name)
    try:
        return load(place)
    except BackendError:
        raise
    except Exception as error:  # loaders meet missing and damaged files with almost any exception
        raise BackendError(_explained(place, is_local, wanted, error)) from error


def one_line(error: Exception) -> str:
    """An exception's name and the start of its message."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text if len(text) <= _LONGEST_CAUSE else text[:_LONGEST_CAUSE] + " ..."


def _explained(place: str, is_local: bool, wanted: Wanted, error: Exception) -> str:
    """What went wrong, where, and what to do."""
    if is_local:
        problem = _folder_problem(Path(place)) or f"cannot be loaded as {wanted.what} ({one_line(error)})"
        return f"{place}: {problem}; give a folder that holds {wanted.what}, or a hub name {wanted.advice}"
    from huggingface_hub import constants

    folder = _cached(place)
    if folder is None:
        problem = (
            f"not in the cache {constants.HF_HUB_CACHE}, and not to be had from the hub ({one_line(error)})"
        )
    else:
        problem = _folder_problem(folder) or f"cannot be loaded as {wanted.what} ({one_line(error)})"
        problem = f"in the cache {folder}: {problem}"
    return (
        f"{place}: {problem}. On a machine with internet, 'hf download {place} --local-dir FOLDER' fetches "
        f"all of it; give the folder's path in place of the name, or another name {wanted.advice}"
    )


def _cached(name: str) -> Path | None:
    """The folder in the hub's cache that holds a model, or None."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def _folder_problem(folder: Path) -> str | None:
    """What a folder lacks of a model, or None if it has everything by name."""
    if folder.is_file():
        return "is a file, not the folder of a model"
    if not any((folder / name).is_file() for name in CONFIG_FILES):
        return f"holds neither {' nor '.join(CONFIG_FILES)}, so it is not the folder of a model"
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    if any(name.endswith(".safetensors") for name in names):
        return None
    pickled = [name for name in names if name.endswith(_PICKLES)]
    if pickled:
        return (
            f"holds weights as a pickle only ({pickled[0]}), which runs code when it is opened, so it is not "
            "read; where its maker is trusted, load it once and write it with save_pretrained, which makes "
            "*.safetensors"
        )
    return f"holds no weights (*.safetensors), only {', '.join(names[:5])}{' ...' if len(names) > 5 else ''}"
