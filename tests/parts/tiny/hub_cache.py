"""The hub's cache as its client lays it out."""

from pathlib import Path


class HubCache:
    """The cache, empty at first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def snapshot(self, name: str) -> Path:
        """The folder that a model's files belong into, made for "owner/model"."""
        commit = "0123456789abcdef0123456789abcdef01234567"
        model = self.path / f"models--{name.replace('/', '--')}"
        (model / "refs").mkdir(parents=True)
        (model / "refs" / "main").write_text(commit)
        (model / "snapshots" / commit).mkdir(parents=True)
        return model / "snapshots" / commit
