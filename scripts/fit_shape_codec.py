"""Fit the shape codec: principal components of training objects' fields, and of their layouts' labels.

    python scripts/fit_shape_codec.py --data runs/data --out shapes.npz

A mask model draws in the codec that it was trained with; with another one it must be trained anew.
"""

import argparse
import io
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
from jaxtyping import Float
from torch.utils.data import DataLoader, Dataset

from smartmask.apps.load import WEIGHTS
from smartmask.backends.text_static import StaticTextEncoder
from smartmask.data.atomic import write_files
from smartmask.data.examples import REFINE_ONLY
from smartmask.data.shards import SceneDataset
from smartmask.model.shape_codec import FORMAT, FORMAT_VERSION, SPREAD_POWER, ShapeCodecCard
from smartmask.training.config import compact
from smartmask.training.eight_bits import eight_bits
from smartmask.training.views import ViewDataset, ViewSettings, one_thread

LABEL_SCALE = 16.0
"""Label embeddings have unit length; scaled, their numbers are as large as those of other inputs."""
FITTED_ON = {"voc": 1.0}
"""Its outlines are the finest and most varied."""
SEED = 1


class Fields(Dataset[np.ndarray]):
    """View number -> clean field, as one row."""

    def __init__(self, views: ViewDataset, count: int) -> None:
        """Take the views and how many of them are used."""
        self._views, self._count = views, count

    def __len__(self) -> int:
        """How many views."""
        return self._count

    def __getitem__(self, number: int) -> np.ndarray:
        """The field of a view."""
        return self._views[number].field.ravel()


def main() -> None:
    """Draw views, find components, write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the datasets of the mixture")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "shapes.npz", help="the file to write")
    parser.add_argument("--views", type=int, default=50_000, help="views that components are found in")
    parser.add_argument("--workers", type=int, default=2, help="processes that make views")
    given = parser.parse_args()
    config = compact()
    sizes = config.backbone
    encoder = StaticTextEncoder(WEIGHTS / "text.npz")
    datasets = {name: SceneDataset.open(given.data / name) for name in config.mixture}
    settings = ViewSettings(resolution=sizes.resolution, mixture=FITTED_ON, passes=REFINE_ONLY, seed=SEED)
    fields = Fields(ViewDataset(datasets, settings, encoder), given.views)
    mean, spread, basis = _components(fields, sizes.components, given.workers)
    numbers, scales = eight_bits(basis)
    card = ShapeCodecCard(
        resolution=sizes.resolution,
        components=sizes.components,
        text_width=encoder.width,
        label_width=sizes.label_width,
    )
    text = json.dumps({"format": FORMAT, "version": FORMAT_VERSION, **asdict(card)})
    content = io.BytesIO()
    np.savez_compressed(
        content,
        card=np.frombuffer(text.encode(), np.uint8),
        basis=numbers,
        basis_scale=scales,
        mean=mean.astype(np.float16),
        spread=spread,
        label_basis=_label_basis(datasets, encoder, sizes.label_width).astype(np.float16),
    )
    write_files({given.out: content.getvalue()})
    print(f"{given.out}: {sizes.components} components of {given.views:,} fields")


def _components(
    fields: Fields, count: int, workers: int
) -> tuple[Float[np.ndarray, " pixels"], Float[np.ndarray, " K"], Float[np.ndarray, "K pixels"]]:
    """Mean, spread and components of the fields."""
    total, products, seen = np.zeros(1), np.zeros((1, 1)), 0
    for batch in DataLoader(fields, batch_size=512, num_workers=workers, worker_init_fn=one_thread):
        rows = batch.numpy().astype(np.float64)
        total, products, seen = total + rows.sum(0), products + rows.T @ rows, seen + len(rows)
    mean = total / seen
    variances, directions = np.linalg.eigh(products / seen - np.outer(mean, mean))
    deviation = np.sqrt(variances[::-1][:count])
    spread = deviation**SPREAD_POWER
    # Scaled so that coordinates have variance 1 on average.
    spread *= np.sqrt(np.mean((deviation / spread) ** 2))
    return mean, spread.astype(np.float32), directions[:, ::-1][:, :count].T.astype(np.float32)


def _label_basis(
    datasets: dict[str, SceneDataset], encoder: StaticTextEncoder, width: int
) -> Float[np.ndarray, "D L"]:
    """The directions in which the labels' embeddings differ most, common labels weighing more."""
    counts = Counter(
        layer.label
        for dataset in datasets.values()
        for shard in dataset.shards
        for scene in dataset.read_shard(shard, with_masks=False)
        for layer in scene.layers
    )
    weights = np.array(list(counts.values()))[:, None] ** 0.25
    _, _, directions = np.linalg.svd(encoder.encode(list(counts)) * weights, full_matrices=False)
    return directions[:width].T * LABEL_SCALE


if __name__ == "__main__":
    main()
