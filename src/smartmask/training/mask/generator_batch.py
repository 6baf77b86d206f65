"""A pack -> batches on the device that trains: shapes, hints, neighbours, words, noise, all drawn anew.

Everything of a batch follows from (seed, step). Hints are made there and then from the shapes' small fields:
one time in two the hint is a box and says nothing more, else somebody draws, which is one of

    widened    the shape, wider by some per cent of its longer side and rounded off
    rough      blurred and disturbed by waves as long as a hand's
    thin       only what is left of it when its border is taken away, disturbed likewise

by blurs and thresholds alone, in the proportions that the object has and not in those of its frame.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from smartmask.model.mask.generator_inputs import (
    CHANGES,
    CODE_NUMBERS,
    DRAWING_PX,
    NEIGHBOURS,
    NUMBERS,
    PLACE_UNIT,
    STYLES,
    label_table,
)
from smartmask.model.shape.codec import SKETCH_PX
from smartmask.model.shape.frame import CELLS, CHANNELS, FRAME_PX, LEVELS, MARGIN_PX
from smartmask.training.mask.generator_pack import PARTS, GeneratorPack
from smartmask.training.shape.network import ShapeAutoencoder

HINT_PX = 64
"""Side of the map in which hints are made."""
HINT_FRAMES = 1.4
"""Sides of the frame that such a map shows."""
_EDGE = MARGIN_PX / FRAME_PX
MOST_SHEAR, MOST_TURN, MOST_STRETCH = 0.25, 0.15, 0.25
"""Of the changed variants of a shape: shift across by height, radians, ln(width / height)."""
_PART = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """How views are drawn.

    Attributes:
        batch: Views a step.
        drawn: Share of views with a drawing.
        drop_text: Share without words: so large that the neighbours, too, must tell what the thing is.
        word_noise: Length of the noise on the words' embeddings, of length 1, at the most: words that are
            near in meaning are drawn alike, so that new ones are understood.
        drop_neighbours: Share without any neighbours.
        drop_one: Share of the other neighbours that are left out.
        drop_layout: Share of the objects in scenes without layout.
        wider: Share of views told by their wider word.
        time_mean: Of the logit of the times; 0.1 of all times are 1 besides.
        time_deviation: Of the same.
        seed: Everything random follows from it and the step.
    """

    batch: int = 256
    drawn: float = 0.45
    drop_text: float = 0.35
    word_noise: float = 0.6
    drop_neighbours: float = 0.2
    drop_one: float = 0.2
    drop_layout: float = 0.15
    wider: float = 0.15
    time_mean: float = 0.3
    time_deviation: float = 1.3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class GeneratorBatch:
    """Tensors of one step.

    Attributes:
        clean: Samples at deviation 1.
        noise: As much noise.
        t: Times.
        condition: The network's inputs after (noisy, t, previous), in their order.
    """

    clean: Float[Tensor, "B N"]
    noise: Float[Tensor, "B N"]
    t: Float[Tensor, " B"]
    condition: tuple[Tensor, ...]


class ShapeTensors:
    """A pack in a device's memory, with variants of each shape: as it is, mirrored, and changed."""

    def __init__(self, pack: GeneratorPack, codec: ShapeAutoencoder, device: str, variants: int = 1) -> None:
        """Load a pack; further variants are drawn, changed and coded here.

        Args:
            pack: The pack.
            codec: The codec of its codes.
            device: Where to.
            variants: 1 = as they are; 2 = mirrored, too; more = changed, every second one mirrored.
        """
        self.device = device
        codes = torch.from_numpy(pack.codes).to(device)
        self.codes = torch.stack([codes >> 4, codes & 15], 2).flatten(1)[None]
        values = self._values(self.codes[0])[torch.from_numpy(pack.parts == 0).to(device)]
        cells = torch.unflatten(values, 1, (CHANNELS, CELLS**2))
        self.mean = cells.mean((0, 2)).repeat_interleave(CELLS**2)
        self.deviation = cells.std((0, 2)).repeat_interleave(CELLS**2)
        self.changes = torch.zeros(1, len(codes), CHANGES, device=device)
        self.log_aspects = torch.from_numpy(pack.log_aspects).to(device)[None]
        codec = codec.to(device).eval()
        self.fields = self._sketches(codec)[None]
        if variants > 1:
            self._add_variants(codec, variants)
        self.words, self.parents, self.styles, self.scenes = (
            torch.from_numpy(values.astype("int64")).to(device)
            for values in (pack.words, pack.parents, pack.styles, pack.scenes)
        )
        self.zooms = torch.from_numpy(pack.zooms).to(device)
        self.neighbours = torch.from_numpy(pack.neighbours.astype("int64")).to(device)
        self.embeddings = torch.from_numpy(pack.embeddings).to(device)
        self.labels = torch.from_numpy(label_table(pack.embeddings)).to(device)
        unknown = torch.ones(1, pack.cells.shape[1], dtype=torch.long, device=device)
        self.cells = torch.cat([torch.from_numpy(pack.cells.astype("int64")).to(device), unknown])
        parts = torch.from_numpy(pack.parts).to(device)
        weights = torch.from_numpy(pack.weights).double().to(device)
        self.shares = [(weights * (parts == part)).cumsum(0) for part in range(len(PARTS))]
        self.scene_zooms = self.zooms[self.scenes >= 0]
        if not len(self.scene_zooms):
            self.scene_zooms = torch.zeros(1, device=device)

    def batch(self, settings: BatchSettings, step: int, part: int = 0) -> GeneratorBatch:
        """The views of a step, of a part of the pack.

        Raises:
            ValueError: If the part is empty.
        """
        random = torch.Generator(self.device).manual_seed(settings.seed * 1_000_003 + 3 * step + part)
        dice = Dice(random, settings.batch, self.device)
        share = self.shares[part]
        if not share[-1] > 0:
            raise ValueError(
                f"the pack has nothing to draw in its part {PARTS[part]!r}; make it of more shapes"
            )
        rows = torch.searchsorted(share, dice.share().double() * share[-1]).clamp(max=len(share) - 1)
        variant = dice.whole(len(self.codes))
        steps = self._values(self.codes[variant, rows]) + dice.uniform(CODE_NUMBERS, 1 / (LEVELS - 1))
        code = (steps - self.mean) / self.deviation
        changes = self.changes[variant, rows]
        log_aspect = self.log_aspects[variant, rows]
        drawing, place, hint_aspect = drawings(self.fields[variant, rows].float() / 127, log_aspect, dice)
        is_drawn = dice.share() < settings.drawn
        drawing = drawing * is_drawn[:, None, None]
        place = place * is_drawn[:, None]
        log_aspect = torch.where(is_drawn, hint_aspect, log_aspect)
        in_scene = self.scenes[rows] >= 0
        zooms = self.scene_zooms[dice.whole(len(self.scene_zooms))]
        zoom = torch.where(in_scene, self.zooms[rows], zooms)
        told = in_scene & (dice.share() >= settings.drop_layout)
        cells = self.cells[torch.where(told, self.scenes[rows], len(self.cells) - 1)]
        words = torch.where(dice.share() < settings.wider, self.parents[rows], self.words[rows])
        text = self.embeddings[words]
        blur = settings.word_noise * dice.share()[:, None] / text.shape[1] ** 0.5
        text = (text + blur * dice.normal(text.shape[1])) * (dice.share() >= settings.drop_text)[:, None]
        condition = (
            text,
            torch.stack([log_aspect, zoom], 1),
            functional.one_hot(self.styles[rows], len(STYLES)).float(),
            changes,
            drawing,
            self.labels[cells],
            self._neighbours(rows, settings, dice),
        )
        logits = settings.time_mean + settings.time_deviation * dice.normal()
        t = torch.where(dice.share() < 0.1, 1.0, torch.sigmoid(logits)).clamp(min=0.005)
        clean = torch.cat([code, place / PLACE_UNIT], 1)
        return GeneratorBatch(clean, dice.normal(NUMBERS), t, condition)

    def _neighbours(self, rows: Tensor, settings: BatchSettings, dice: "Dice") -> Float[Tensor, "B K N"]:
        all_of = self.neighbours[rows]
        order = torch.where(all_of >= 0, dice.share(all_of.shape[1]), 2.0).argsort(1)[:, :NEIGHBOURS]
        chosen = all_of.gather(1, order)
        shown = (chosen >= 0) & (dice.share(NEIGHBOURS) >= settings.drop_one)
        shown &= (dice.share() >= settings.drop_neighbours)[:, None]
        variant = dice.whole(len(self.codes), NEIGHBOURS)
        codes = (self._values(self.codes[variant, chosen.clamp(min=0)]) - self.mean) / self.deviation
        return codes * shown[:, :, None]

    @staticmethod
    def _values(levels: Tensor) -> Tensor:
        return levels.float() * (2 / (LEVELS - 1)) - 1

    @torch.no_grad()
    def _sketches(self, codec: ShapeAutoencoder) -> Tensor:
        parts = torch.split(self._values_of(self.codes[0]), 4096)
        return torch.cat([_whole(codec.sketch(part)) for part in parts])

    def _values_of(self, levels: Tensor) -> Tensor:
        return torch.unflatten(self._values(levels), 1, (CHANNELS, CELLS, CELLS))

    @torch.no_grad()
    def _add_variants(self, codec: ShapeAutoencoder, variants: int) -> None:
        random = torch.Generator(self.device).manual_seed(1)
        limits = torch.tensor([MOST_SHEAR, MOST_STRETCH, MOST_TURN], device=self.device)
        made: list[list[Tensor]] = [
            [self.codes[0]],
            [self.fields[0]],
            [self.changes[0]],
            [self.log_aspects[0]],
        ]
        for variant in range(1, variants):
            told = torch.rand(len(self.codes[0]), CHANGES, generator=random, device=self.device)
            told = (2 * told - 1) * limits * (variant > 1)
            found: list[tuple[Tensor, Tensor, Tensor]] = []
            parts = (torch.split(values, _PART) for values in (self.codes[0], told, self.log_aspects[0]))
            for levels, how, log_aspect in zip(*parts, strict=True):
                field = codec.decoder(self._values_of(levels))
                field = field.flip(3) if variant % 2 else field
                if variant > 1:
                    field, log_aspect = changed(field, how, log_aspect)
                code = torch.round((codec.encoder(field) + 1) * ((LEVELS - 1) / 2)).to(torch.uint8)
                small = functional.avg_pool2d(field, FRAME_PX // SKETCH_PX)[:, 0]
                found.append((code.flatten(1), _whole(small), log_aspect))
            code, small, log_aspect = (torch.cat(values) for values in zip(*found, strict=True))
            for values, new in zip(made, (code, small, told, log_aspect), strict=True):
                values.append(new)
        self.codes, self.fields, self.changes, self.log_aspects = (torch.stack(values) for values in made)


def changed(
    field: Float[Tensor, "B 1 F F"], how: Float[Tensor, "B 3"], log_aspect: Float[Tensor, " B"]
) -> tuple[Float[Tensor, "B 1 F F"], Float[Tensor, " B"]]:
    """Shapes sheared, stretched and turned, in the frames of their new boxes.

    Args:
        field: Their fields.
        how: Shift across by height, ln(width / height), radians.
        log_aspect: Their ln(width / height) before.
    """
    shear, stretch, turn = how.unbind(1)
    cosine, sine, half = turn.cos(), turn.sin(), (log_aspect + stretch).exp()
    # From the old box, [-1, 1] both ways, to what is seen: stretched, sheared, turned.
    forward = torch.stack(
        [
            torch.stack([half * cosine, shear * cosine - sine], 1),
            torch.stack([half * sine, shear * sine + cosine], 1),
        ],
        1,
    )
    side = field.shape[-1]
    line = ((torch.arange(side, device=field.device) + 0.5) / side * 2 - 1) / (1 - 2 * _EDGE)
    across, down = torch.meshgrid(line, line, indexing="xy")
    points = torch.stack([across, down]).flatten(1)
    seen = forward @ points
    inside = (field[:, 0].flatten(1) > 0)[:, None]
    reach = forward.abs().sum(2) / (side * (1 - 2 * _EDGE))  # from a pixel's middle to its border
    low = torch.where(inside, seen, torch.inf).amin(2) - reach
    high = torch.where(inside, seen, -torch.inf).amax(2) + reach
    middle, size = (low + high) / 2, ((high - low) / 2).clamp(min=1e-3)
    wanted = middle[:, :, None] + size[:, :, None] * points
    grid = (torch.linalg.inv(forward) @ wanted).mT.unflatten(1, (side, side)) * (1 - 2 * _EDGE)
    drawn = functional.grid_sample(field, grid, padding_mode="border", align_corners=False)
    return drawn, (size[:, 0] / size[:, 1]).log()


def drawings(
    fields: Float[Tensor, "B S S"], log_aspects: Float[Tensor, " B"], dice: "Dice"
) -> tuple[Float[Tensor, "B G G"], Float[Tensor, "B 4"], Float[Tensor, " B"]]:
    """What somebody might draw of shapes, in the drawings' own frames.

    Args:
        fields: Small fields of the shapes.
        log_aspects: ln(width / height) of each.
        dice: Decides.

    Returns:
        The maps; how far each object's box lies from its drawing's, in the latter's sides; ln(width / height)
        of the drawings.
    """
    line = ((torch.arange(HINT_PX, device=fields.device) + 0.5) / HINT_PX * 2 - 1) * HINT_FRAMES
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), 2).expand(len(fields), -1, -1, -1)
    field = functional.grid_sample(fields[:, None] + 1, grid, align_corners=False)[:, 0] - 1
    shape = (field > 0).float()
    # One per cent of the longer side, in pixels of the map, across and down.
    unit = 0.01 * HINT_PX / HINT_FRAMES * (1 - 2 * _EDGE)
    longer = torch.stack([(-log_aspects).clamp(min=0), log_aspects.clamp(min=0)], 1).exp() * unit
    kind = dice.share()
    is_wide, is_thin = (kind < 0.5)[:, None], (kind > 0.85)[:, None]
    width = dice.between(0.3, 6)
    blur = torch.where(is_wide, width, dice.between(1, 5))
    level = torch.where(is_wide, 0.05, dice.between(0.25, 0.5))
    level = torch.where(is_thin, dice.between(0.55, 0.75), level)[:, :, None]
    waves = _blurred(dice.normal(HINT_PX, HINT_PX), longer * dice.between(3, 10))
    waves = waves / waves.std((1, 2), keepdim=True).clamp(min=1e-6)
    strength = torch.where(is_wide, dice.between(0, 0.02), dice.between(0.03, 0.15))[:, :, None]
    rough = _blurred(shape, longer * blur)
    drawn = (rough + strength * waves * (rough > 0.02) > level).float()
    drawn = torch.where(is_wide[:, :, None], (_blurred(drawn, longer * width) > 0.5).float(), drawn)
    both, either = (drawn * shape).sum((1, 2)), torch.maximum(drawn, shape).sum((1, 2))
    drawn = torch.where((both > 0.2 * either)[:, None, None], drawn, shape)
    low, high = _bounds(drawn)
    return *_in_frame(drawn, low, high), log_aspects + ((high - low)[:, 0] / (high - low)[:, 1]).log()


def _bounds(drawn: Float[Tensor, "B H H"]) -> tuple[Float[Tensor, "B 2"], Float[Tensor, "B 2"]]:
    """First and last edges, across and down, in [-1, 1] of the map."""
    places = torch.arange(HINT_PX, device=drawn.device, dtype=torch.float32)
    low, high = [], []
    for axis in (1, 2):
        there = drawn.amax(axis) > 0
        low.append(torch.where(there, places, float(HINT_PX - 1)).amin(1))
        high.append(torch.where(there, places, 0.0).amax(1) + 1)
    first, last = torch.stack(low, 1), torch.stack(high, 1)
    return first / HINT_PX * 2 - 1, torch.maximum(last, first + 1) / HINT_PX * 2 - 1


def _in_frame(
    drawn: Float[Tensor, "B H H"], low: Float[Tensor, "B 2"], high: Float[Tensor, "B 2"]
) -> tuple[Float[Tensor, "B G G"], Float[Tensor, "B 4"]]:
    finer = 2 * DRAWING_PX
    line = ((torch.arange(finer, device=drawn.device) + 0.5) / finer * 2 - 1) / (1 - 2 * _EDGE)
    middle, half = (low + high) / 2, (high - low) / 2
    points = middle[:, None] + half[:, None] * line[None, :, None]
    across = points[:, None, :, 0].expand(-1, finer, -1)
    down = points[:, :, None, 1].expand(-1, -1, finer)
    picked = functional.grid_sample(drawn[:, None], torch.stack([across, down], 3), align_corners=False)
    own = (1 - 2 * _EDGE) / HINT_FRAMES
    sides = 2 * half
    place = torch.cat([(-own - low) / sides, (own - high) / sides], 1)
    return functional.avg_pool2d(picked, 2)[:, 0], place


def _blurred(maps: Float[Tensor, "B H H"], deviation: Float[Tensor, "B 2"]) -> Float[Tensor, "B H H"]:
    """Gaussian blur of as many pixels across and down as each map has."""
    size = maps.shape[-1]
    across = torch.fft.rfftfreq(size, device=maps.device)
    down = torch.fft.fftfreq(size, device=maps.device)
    exponent = (deviation[:, 1, None, None] * down[:, None]) ** 2 + (
        deviation[:, 0, None, None] * across
    ) ** 2
    return torch.fft.irfft2(torch.fft.rfft2(maps) * torch.exp(-2 * math.pi**2 * exponent), s=(size, size))


class Dice:
    """Random numbers of a step, one or a row of them for each view."""

    def __init__(self, random: torch.Generator, count: int, device: str) -> None:
        self._random, self._count, self._device = random, count, device

    def share(self, *each: int) -> Tensor:
        """In [0, 1)."""
        return torch.rand(self._count, *each, generator=self._random, device=self._device)

    def between(self, low: float, high: float) -> Float[Tensor, "B 1"]:
        """In [low, high)."""
        return low + (high - low) * self.share(1)

    def uniform(self, each: int, limit: float) -> Float[Tensor, "B each"]:
        """In [-limit, limit)."""
        return (2 * self.share(each) - 1) * limit

    def whole(self, stop: int, *each: int) -> Int[Tensor, "B ..."]:
        """Whole numbers from 0 to stop - 1."""
        return torch.randint(stop, (self._count, *each), generator=self._random, device=self._device)

    def normal(self, *each: int) -> Tensor:
        """Of deviation 1."""
        return torch.randn(self._count, *each, generator=self._random, device=self._device)


def _whole(fields: Tensor) -> Tensor:
    return torch.round(fields.clamp(-1, 1) * 127).to(torch.int8)
