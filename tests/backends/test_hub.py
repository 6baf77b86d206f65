"""What is said when a model cannot be had; nothing here may touch the network."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hub_cache import HubCache

from smartmask.backends.hub import Wanted, from_hub, need_packages, torch_place
from smartmask.errors import BackendError

WANTED = Wanted(what="a depth estimator", example="owner/depth", instead="The embedded one needs no download")


def fail(place: str) -> NoReturn:
    raise OSError(f"no tensors\nin {place}")


def folder_with(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    return folder


def test_a_folder_is_handed_over_with_its_home_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "model").mkdir()
    assert from_hub("~/model", WANTED, str) == str(tmp_path / "model")
    assert from_hub(tmp_path / "model", WANTED, str) == str(tmp_path / "model")


def test_a_name_is_handed_over_unless_a_folder_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model").write_text("a file of that name is not what is meant")
    assert from_hub("model", WANTED, str) == "model"
    assert from_hub("owner/model.v1-x_y", WANTED, str) == "owner/model.v1-x_y"
    Path("owner/model").mkdir(parents=True)
    assert from_hub("owner/model", WANTED, lambda place: Path(place).is_dir())


@pytest.mark.parametrize("name", ["./none", "/no/such/folder", "a/b/c", "~/none", "C:\\none", Path("none")])
def test_a_path_to_nothing_is_never_taken_for_a_hub_name(name: str | Path) -> None:
    def load(place: str) -> NoReturn:
        raise AssertionError(f"{place} was looked for")

    with pytest.raises(
        BackendError, match=r"no such folder; give one that holds a depth estimator, or a hub name"
    ):
        from_hub(name, WANTED, load)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "holds neither config.json nor model_index.json, so it is not the folder of a model"),
        (
            ("config.json", "notes.txt"),
            r"holds no weights \(\*\.safetensors\), only config\.json, notes\.txt;",
        ),
        (
            ("config.json", "pytorch_model.bin"),
            r"holds weights as a pickle only \(pytorch_model\.bin\), which runs code when it is opened",
        ),
        (("model_index.json", "unet/weights.ckpt"), r"a pickle only \(weights\.ckpt\)"),
        (
            ("config.json", "model.safetensors"),
            r"cannot be loaded as a depth estimator \(OSError: no tensors in .*\)",
        ),
    ],
    ids=["an empty folder", "no weights", "a pickle", "a pickle in a part", "everything by name"],
)
def test_a_folder_that_cannot_be_loaded_is_looked_into(
    names: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    with pytest.raises(BackendError, match=message) as caught:
        from_hub(folder_with(tmp_path, *names), WANTED, fail)
    assert str(caught.value).startswith(f"{tmp_path}: ")
    assert "a hub name such as owner/depth. The embedded one needs no download" in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)


def test_a_file_is_not_a_model(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"")
    with pytest.raises(BackendError, match=r"model\.safetensors: is a file, not the folder of a model"):
        from_hub(path, WANTED, fail)


def test_a_name_that_is_not_cached_says_how_to_fetch_it_elsewhere(offline_cache: HubCache) -> None:
    from transformers import AutoConfig

    with pytest.raises(BackendError) as caught:
        from_hub("owner/model", WANTED, AutoConfig.from_pretrained)
    message = str(caught.value)
    assert message.startswith(
        f"owner/model: not in the cache {offline_cache.path}, and not to be had from the hub (OSError"
    )
    assert "'hf download owner/model --local-dir FOLDER'" in message
    assert message.endswith("or another name such as owner/depth. The embedded one needs no download")
    assert "\n" not in message


def test_a_cached_name_is_loaded_without_the_network(offline_cache: HubCache) -> None:
    from transformers import AutoConfig

    folder = offline_cache.snapshot("owner/model")
    (folder / "config.json").write_text('{"model_type": "vit", "hidden_size": 8}')
    assert from_hub("owner/model", WANTED, AutoConfig.from_pretrained).hidden_size == 8


def test_a_cached_name_that_cannot_be_loaded_is_looked_into(offline_cache: HubCache) -> None:
    folder = folder_with(offline_cache.snapshot("owner/model"), "config.json", "pytorch_model.bin")
    with pytest.raises(BackendError, match="a pickle only") as caught:
        from_hub("owner/model", WANTED, fail)
    assert str(caught.value).startswith(f"owner/model: in the cache {folder}: ")


def test_what_a_loader_found_out_itself_is_said_as_it_is(tmp_path: Path) -> None:
    def load(place: str) -> NoReturn:
        raise BackendError(f"{place}: has 3 channels")

    with pytest.raises(BackendError, match=r"has 3 channels$"):
        from_hub(tmp_path, WANTED, load)


def test_a_long_cause_is_cut(tmp_path: Path) -> None:
    def load(place: str) -> NoReturn:
        raise ValueError("one of " + ", ".join(f"kind {number}" for number in range(1000)))

    with pytest.raises(BackendError) as caught:
        from_hub(folder_with(tmp_path, "config.json", "a.safetensors"), WANTED, load)
    assert len(str(caught.value)) < 800


def test_missing_packages_come_with_their_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    need_packages(WANTED, "numpy", "PIL")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(
        BackendError, match=r'needs transformers and no_such_package, .*pip install "smartmask-open\[torch\]"'
    ):
        need_packages(WANTED, "numpy", "transformers", "no_such_package")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: torch_place("cpu", "int8"), "dtype must be one of float32, bfloat16, float16, not 'int8'"),
        (lambda: torch_place("gpu", "float32"), "device 'gpu' is not to be had on this machine"),
        (lambda: torch_place("cuda:77", "float32"), "device 'cuda:77' is not to be had on this machine"),
    ],
    ids=["a format", "no device at all", "a device that is not there"],
)
def test_a_device_or_format_that_is_not_to_be_had_is_refused(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_device_and_a_format_in_pytorchs_own_words() -> None:
    import torch

    assert torch_place("cpu", "bfloat16") == (torch.device("cpu"), torch.bfloat16)
