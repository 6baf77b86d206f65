"""Placements -> arrays that the ranker's training draws from. Every group follows from (seed, its number)."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float16, Float32, Int32, Shaped, UInt8

from smartmask.data.atomic import write_files
from smartmask.data.examples.false_placements import ObjectPool
from smartmask.data.examples.placements import Placements, make_placements
from smartmask.data.layered_scene import LayeredScene
from smartmask.model.ranker.placement_features import (
    CELLS,
    GEOMETRY,
    NEIGHBOURS,
    RELATIONS,
    SPECIAL_LABELS,
    VIEWS,
    ZONES,
    placement_features,
)

ALWAYS = ("shifted", "rescaled")
"""False placements of every group: what the score is calibrated against."""
ONE_OF = (
    ("same label of another scene", "another label of another scene"),
    ("stretched", "wrong shape", "wrong word"),
)
"""Of each of these a group has one."""
GROUP_MASKS = 1 + len(ALWAYS) + len(ONE_OF)
LABEL_SLOTS = 24
"""Labels kept of a layout, those that it shows most of; the rest count as unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class RankerGroups:
    """Groups of one true placement and false ones, in arrays; shares are stored in 255ths.

    Attributes:
        texts: All labels, prompts and scene texts.
        shares, cover, geometry, relations: As in `PlacementFeatures`, of each mask, the true one first.
        neighbours: Label slot of each region; -1 = none.
        labels: Text of each label slot; -1 = empty.
        prompts: Text that each mask is asked for as.
        scenes: Text of the scene; -1 = not given.
        is_there: Which masks could be drawn.
        sources: Number of the dataset in the mixture.
    """

    texts: Shaped[np.ndarray, " W"]
    shares: UInt8[np.ndarray, "G K 2 Z S"]
    cover: UInt8[np.ndarray, "G K 2 C"]
    geometry: Float32[np.ndarray, "G K F"]
    neighbours: Int32[np.ndarray, "G M"]
    relations: Float16[np.ndarray, "G K M r"]
    labels: Int32[np.ndarray, "G s"]
    prompts: Int32[np.ndarray, "G K"]
    scenes: Int32[np.ndarray, " G"]
    is_there: Bool[np.ndarray, "G K"]
    sources: UInt8[np.ndarray, " G"]

    def __len__(self) -> int:
        return len(self.scenes)

    @staticmethod
    def joined(parts: Sequence["RankerGroups"]) -> "RankerGroups":
        """The groups of several, with one table of texts."""
        texts, places = np.unique(np.concatenate([part.texts for part in parts]), return_inverse=True)
        rows = np.split(places.astype(np.int32), np.cumsum([len(part.texts) for part in parts])[:-1])

        def column(name: str) -> np.ndarray:
            values = [getattr(part, name) for part in parts]
            if name in ("labels", "prompts", "scenes"):
                values = [np.where(v < 0, np.int32(-1), row[v]) for v, row in zip(values, rows, strict=True)]
            return np.concatenate(values)

        names = [field.name for field in fields(RankerGroups) if field.name != "texts"]
        return RankerGroups(texts=texts, **{name: column(name) for name in names})


def make_groups(
    pools: Sequence[ObjectPool], shares: Sequence[float], numbers: range, seed: int
) -> RankerGroups:
    """The groups of these numbers.

    Args:
        pools: The objects of each dataset.
        shares: How often each is drawn from.
        numbers: Which groups.
        seed: With a group's number it decides all about it.
    """
    rows: dict[str, int] = {}
    groups = _empty(len(numbers))
    chances = np.array(shares) / sum(shares)
    for place, number in enumerate(numbers):
        rng = np.random.default_rng([seed, 1, number])
        source = int(rng.choice(len(pools), p=chances))
        kinds = [*ALWAYS, *(str(rng.choice(names)) for names in ONE_OF)]
        found = None
        while found is None:
            item = pools[source].items[int(rng.integers(len(pools[source].items)))]
            found = make_placements(item, kinds, pools[source], rng)
        groups.sources[place] = source
        _fill(groups, place, found, ("true", *kinds), rows)
    return RankerGroups(
        **{field.name: getattr(groups, field.name) for field in fields(RankerGroups)}
        | {"texts": np.array([*rows])}
    )


def read_or_make_groups(
    folder: Path,
    scenes: Callable[[], Mapping[str, Sequence[LayeredScene]]],
    mixture: Mapping[str, float],
    count: int,
    seed: int,
    *,
    part: int = 500,
    should_stop: Callable[[], bool] = lambda: False,
) -> RankerGroups | None:
    """Groups from a folder; parts of them that are not there yet are made and kept.

    Args:
        folder: Where the parts lie.
        scenes: Reads the scenes of each dataset; asked only if a part is missing.
        mixture: Share of groups drawn from each dataset.
        count: How many groups.
        seed: Everything random follows from it and a group's number.
        part: Groups a file.
        should_stop: Asked before each part is made.

    Returns:
        The groups, or None if it was stopped before all were there.

    Raises:
        ValueError: If a dataset of the mixture is not given or has no objects.
    """
    pools: list[ObjectPool] = []
    parts = []
    for first in range(0, count, part):
        path = folder / f"groups_{seed}_{first:06d}.npz"
        if not path.exists():
            if should_stop():
                return None
            if not pools:
                found = scenes()
                pools = [ObjectPool(found.get(name, ())) for name in mixture]
                for name, pool in zip(mixture, pools, strict=True):
                    if not pool.items:
                        raise ValueError(f"the mixture asks for {name!r} but there are no objects of it")
            made = make_groups(pools, list(mixture.values()), range(first, min(first + part, count)), seed)
            buffer = io.BytesIO()
            np.savez_compressed(buffer, **{field.name: getattr(made, field.name) for field in fields(made)})
            write_files({path: buffer.getvalue()})
        with np.load(path, allow_pickle=False) as file:
            parts.append(RankerGroups(**{name: file[name] for name in file.files}))
    return RankerGroups.joined(parts)


def _empty(count: int) -> RankerGroups:
    cells = CELLS**2
    return RankerGroups(
        texts=np.array([], "<U1"),
        shares=np.zeros((count, GROUP_MASKS, VIEWS, cells + ZONES, SPECIAL_LABELS + LABEL_SLOTS), np.uint8),
        cover=np.zeros((count, GROUP_MASKS, VIEWS, cells), np.uint8),
        geometry=np.zeros((count, GROUP_MASKS, GEOMETRY), np.float32),
        neighbours=np.full((count, NEIGHBOURS), -1, np.int32),
        relations=np.zeros((count, GROUP_MASKS, NEIGHBOURS, RELATIONS), np.float16),
        labels=np.full((count, LABEL_SLOTS), -1, np.int32),
        prompts=np.full((count, GROUP_MASKS), -1, np.int32),
        scenes=np.full(count, -1, np.int32),
        is_there=np.zeros((count, GROUP_MASKS), bool),
        sources=np.zeros(count, np.uint8),
    )


def _fill(
    groups: RankerGroups, place: int, found: Placements, slots: Sequence[str], rows: dict[str, int]
) -> None:
    def row(text: str) -> int:
        return rows.setdefault(text, len(rows))

    read = [placement_features(found.visible_index, found.labels, mask) for mask in found.masks]
    names = read[0].labels
    # The first view of any mask shows the whole layout.
    shown = read[0].shares[0, : CELLS**2, SPECIAL_LABELS:].sum(0)
    kept = np.sort(np.argsort(-shown, kind="stable")[:LABEL_SLOTS])
    dropped = np.setdiff1d(np.arange(len(names)), kept)
    groups.labels[place, : len(kept)] = [row(names[number]) for number in kept]
    slot_of = np.full(len(names), -1)
    slot_of[kept] = np.arange(len(kept))
    near = slot_of[read[0].neighbours]
    groups.neighbours[place, : len(near)] = near
    groups.scenes[place] = -1 if found.scene is None else row(found.scene)
    for features, prompt, kind in zip(read, found.prompts, found.kinds, strict=True):
        slot = slots.index(kind)
        shares = features.shares
        lost = shares[..., dropped + SPECIAL_LABELS].sum(-1)
        kept_shares = shares[..., [*range(SPECIAL_LABELS), *(kept + SPECIAL_LABELS)]]
        kept_shares[..., 1] += lost
        groups.shares[place, slot, ..., : kept_shares.shape[-1]] = np.round(kept_shares * 255)
        groups.cover[place, slot] = np.round(features.cover.clip(0, 1) * 255)
        groups.geometry[place, slot] = features.geometry
        groups.relations[place, slot, : len(near)] = features.relations
        groups.prompts[place, slot] = row(prompt)
        groups.is_there[place, slot] = True
