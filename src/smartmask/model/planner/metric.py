"""How high things come out where they stand: metres of their kind, through the camera of the layout.

A thing on the ground is as large as the ground at its foot says; one on a table, on a seat or in front of
another thing as the ground under *that* says; one on a wall as the foot of the wall below it. What hangs from
above or flies has no ground, and no size that could be told; but nothing flies nearer than `FLIGHT_M`.
Close-ups often show no ground either, but cups and bottles, beside which another one has a size.

Source: D. Hoiem, A. Efros, M. Hebert, "Putting Objects in Perspective", IJCV 80 (2008), section 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32

from smartmask.language.kinds import Kind, kind_of
from smartmask.language.surfaces import MOST_CARRIED_M, SURFACES
from smartmask.model.planner.footprints import DEPTH_SHARE, LEAST_BELOW, Footprints
from smartmask.model.planner.support import Surfaces, coarse
from smartmask.perspective.scales import scale_of
from smartmask.scene.boxes import box_of
from smartmask.scene.camera import Camera
from smartmask.scene.layout import Layout

LENGTH_SLACK = 1.3
"""A thing may come out so much longer than the largest horizontal extent of its kind: with arms spread."""
VIEW_SPREAD = 0.12
"""Deviation of ln(height) by pose and view."""
BESIDE_SPREAD = 0.35
"""Deviation of ln(scale) between two things on tables: one may be nearer than the other."""
END_SHARE = 0.4
"""Of its largest horizontal extent, which a thing seen from its end still shows: tents, sofas, cars."""
LONGEST_UPRIGHT = 3.5
"""Length over height of things that stand rather than lie."""
ON_END = 0.5
"""Width over height below which what is longer than that is set on end: a surfboard in the sand."""
ENDLESS = frozenset(
    ("fence", "hedge", "railing", "curtain", "rug", "carpet", "shelf", "train", "bridge", "food")
)
"""What comes in any length."""
WATER_BELOW_M = 2.0
"""Who takes a photo of water stands on a shore or a quay, unless water fills the lower border; an estimated
camera's height counts from there."""
STANDING = 0.5
"""Width over height up to which people stand for sure."""
NOWHERE = -1.0
"""The foot of a table that the canvas cuts off."""
CUT = 0.97
"""Share of the canvas's height below which a thing's foot is taken to be cut off by its border."""
CLOSE_UP_WIDTH = 0.6
"""Share of the canvas's width that such a thing fills at least; a narrower one stands on the border."""
CLOSE_UP_GROUND = 0.05
"""Share of the lower border from which on ground that is seen there says that it is a room, no close-up."""
CLOSE_UP_M, CLOSE_UP_SPREAD = 0.9, 0.5
"""Metres across a photo whose table is cut off, and the deviation of their logarithm."""
TRUSTED = 0.6
"""Deviation of ln(height) in what the network draws: what is known better than so goes first."""
FLIGHT_M = 3.0
"""Nobody comes nearer to what flies."""
MOST_CHANCE = 0.3
"""The largest deviation of ln(height) that chance adds to a thing's size."""


@dataclass(frozen=True, slots=True, eq=False)
class MetricScene:
    """A layout's camera, and which ground belongs to each place.

    Attributes:
        camera: That the layout is seen by.
        carrier_feet: For each cell where a thing carries others the lower edge of that thing, as a share of
            the canvas; elsewhere NaN.
        wall_feet: For each column of cells the upper edge of the ground, likewise.
        tabletop: Of each whole thing that belongs on tables ln(pixels a metre), and its deviation.
        footprints: The ground that things cover.
        water_below_m: How far the water lies below what an estimated camera stands on.
    """

    camera: Camera
    carrier_feet: Float[np.ndarray, "C C"]
    wall_feet: Float[np.ndarray, " C"]
    tabletop: Float[np.ndarray, "T 2"]
    footprints: Footprints
    water_below_m: float

    @staticmethod
    def of(
        layout: Layout,
        is_region: Sequence[bool],
        surfaces: Surfaces,
        camera: Camera,
        kind: Callable[[str], Kind | None],
    ) -> "MetricScene":
        """Look at a layout.

        Args:
            layout: What is there, all of it shown.
            is_region: For each layer, whether it is a region rather than a thing.
            surfaces: Of the same layout.
            camera: Of the same.
            kind: That of a label.
        """
        cells, (height, width) = len(surfaces.ground), layout.size_hw
        boxes = [box_of(layer.mask) for layer in layout.layers]
        kinds = [
            None if region else kind(layer.label)
            for layer, region in zip(layout.layers, is_region, strict=True)
        ]
        border = np.full(cells, "", object)  # what is seen along the lower one
        for layer in layout.layers:
            border[coarse(layer.mask, cells)[-1]] = layer.label
        ground, water = (np.isin(border, SURFACES[name]).mean() for name in ("ground", "water"))
        feet, is_cut = np.full((cells, cells), np.nan), np.zeros((cells, cells), bool)
        for layer, region, box in zip(layout.layers, is_region, boxes, strict=True):
            mask: Bool[np.ndarray, "C C"] = coarse(layer.mask, cells)
            foot = box[3] / height
            feet[mask] = np.nan if region else foot
            is_cut[mask] = (
                not region
                and foot >= CUT
                and bool((mask & surfaces.top).any())
                and bool(mask.any(0).mean() >= CLOSE_UP_WIDTH)
                and bool(ground < CLOSE_UP_GROUND)
            )
        feet[~(surfaces.top | surfaces.seat)] = np.nan
        feet[is_cut] = NOWHERE
        first = np.where(surfaces.ground.any(0), surfaces.ground.argmax(0) / cells, np.nan)
        tabletop = [
            (np.log((y1 - y0) / found.height_m), np.hypot(found.spread, BESIDE_SPREAD))
            for found, (x0, y0, x1, y1) in zip(kinds, boxes, strict=True)
            if found is not None and found.hold == "top"
            if min(x0, y0) > 0 and x1 < width and y1 < height
        ]
        if is_cut.any():
            tabletop.append((np.log(width / CLOSE_UP_M), CLOSE_UP_SPREAD))
        shares = np.array(boxes, np.float32).reshape(-1, 4) / np.array([width, height] * 2, np.float32)
        covered = Footprints.of(camera, kinds, shares)
        water_below_m = 0.0 if water > 0.5 else WATER_BELOW_M
        return MetricScene(
            camera, feet, first, np.array(tabletop, float).reshape(-1, 2), covered, water_below_m
        )

    def heights(
        self, kind: Kind, boxes: Float32[np.ndarray, "K 4"]
    ) -> tuple[Float[np.ndarray, " K"], Float[np.ndarray, " K"]]:
        """What the logarithm of each box's height should be, as a share of the canvas, and its deviation.

        Args:
            kind: What the thing is.
            boxes: As shares of the canvas.

        Returns:
            Both; where nothing is known the deviation is infinite.
        """
        height, width = self.camera.size_hw
        horizon, focal = self.camera.horizon, self.camera.focal_px
        below = self._ground_rows(kind, boxes) * height - horizon
        is_known = below > LEAST_BELOW * height
        below = np.where(is_known, below, 1.0)
        is_lower = kind.hold == "water" and self.camera.spread is not None
        scales = np.log(below / (self.camera.height_m + self.water_below_m * is_lower))
        certain = np.where(is_known, 1 / np.maximum(self.camera.log_scale_deviations(below), 1e-3) ** 2, 0.0)
        if kind.hold == "top":
            weights = self.tabletop[:, 1] ** -2.0
            scales = scales * certain + weights @ self.tabletop[:, 0]
            certain = certain + weights.sum()
            scales = scales / np.maximum(certain, 1e-9)
        distance, depth = focal * np.exp(-scales), DEPTH_SHARE * kind.length_m
        slope = np.maximum(boxes[:, 3] * height - horizon, 0) / focal * (kind.hold != "wall")
        aspects = (boxes[:, 2] - boxes[:, 0]) * width / ((boxes[:, 3] - boxes[:, 1]) * height)
        posed = posed_heights(kind, aspects)
        is_on_end = (kind.length_m > LONGEST_UPRIGHT * kind.height_m) & (aspects < ON_END)
        heights = np.where(is_on_end, kind.length_m, kind.height_m)
        heights = np.where(np.isnan(posed), heights, posed)
        upwards = (heights + depth * slope) * distance / (distance + depth)
        longest = max(kind.length_m, kind.height_m if kind.hold == "top" else 0.0) * LENGTH_SLACK
        widest = np.where(np.isnan(posed), longest / aspects, np.inf)
        metres = np.minimum(np.maximum(heights, upwards), widest)
        deviations = np.sqrt(kind.spread**2 + VIEW_SPREAD**2 + 1 / np.maximum(certain, 1e-9))
        return np.log(metres / height) + scales, np.where(certain > 0, deviations, np.inf)

    def _ground_rows(self, kind: Kind, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """The row of the ground that each box's thing stands on or hangs over, as a share; NaN = none."""
        if kind.hold in ("ceiling", "air"):
            return np.full(len(boxes), np.nan)
        cells = len(self.wall_feet)
        columns = np.clip(((boxes[:, 0] + boxes[:, 2]) / 2 * cells).astype(int), 0, cells - 1)
        if kind.hold == "wall":
            return np.where(self.wall_feet[columns] > boxes[:, 3], self.wall_feet[columns], np.nan)
        own = boxes[:, 3].astype(float)
        if kind.hold not in ("top", "seat") or kind.height_m > MOST_CARRIED_M:
            return own  # people sit down, but more often stand before or behind a seat
        rows = np.clip((boxes[:, 3] * cells).astype(int) - 1, 0, cells - 1)
        carried = self.carrier_feet[rows, columns]
        rows = np.where(np.isnan(carried), own, np.maximum(carried, own))
        return np.where(carried == NOWHERE, np.nan, rows)


def posed_heights(kind: Kind, aspects: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """Metres from foot to top by width over height, as who is as wide as high sits; NaN = no pose known."""
    usual, scale = kind_of(kind.label), scale_of(kind.label)
    if usual is None or scale is None:
        return np.full(len(aspects), np.nan)
    poses = [(scale.pose(aspect), aspect) for aspect in aspects.tolist()]
    metres = np.array([pose.height(aspect) if pose else np.nan for pose, aspect in poses])
    return metres * (kind.height_m / usual.height_m)


@dataclass(frozen=True, slots=True, eq=False)
class MetricSize:
    """The size of one thing in a scene.

    Attributes:
        scene: Where it comes.
        kind: What it is.
    """

    scene: MetricScene
    kind: Kind

    def shared_ground(self, boxes: Float32[np.ndarray, "K 4"]) -> Float[np.ndarray, " K"]:
        """How much of its ground it would share with another solid thing, from 0 to 1."""
        return self.scene.footprints.shared(self.kind, boxes)

    def is_too_high(self, boxes: Float32[np.ndarray, "K 4"]) -> Bool[np.ndarray, " K"]:
        """Whether a box is higher than such a thing can be where its foot is."""
        return self.scene.footprints.is_too_high(self.kind, boxes)

    def widest(self) -> float:
        """Width over height, both as shares of the canvas, that such a thing has at the most."""
        if self.kind.label.split()[-1] in ENDLESS:
            return np.inf
        height, width = self.scene.camera.size_hw
        scale = scale_of(self.kind.label)
        aspect = LENGTH_SLACK * self.kind.length_m / self.kind.height_m
        return (max(pose.aspects[1] for pose in scale.poses) if scale else aspect) * height / width

    def narrowest(self) -> float:
        """Width over height, both as shares of the canvas, that such a thing has at the least: seen from its
        end. What lies flat is as high as the camera looks down on it, so nothing is said of it.
        """
        aspect = self.kind.length_m / self.kind.height_m
        if aspect > LONGEST_UPRIGHT or scale_of(self.kind.label) is not None:
            return 0.0
        height, width = self.scene.camera.size_hw
        return END_SHARE * aspect * height / width

    def sits(self, boxes: Float32[np.ndarray, "K 4"]) -> Bool[np.ndarray, " K"]:
        """Whether somebody as wide as a box sits, kneels or rides."""
        scale, usual = scale_of(self.kind.label), scale_of("person")
        if scale is None or scale is not usual:
            return np.zeros(len(boxes), bool)
        height, width = self.scene.camera.size_hw
        aspects = (boxes[:, 2] - boxes[:, 0]) * width / ((boxes[:, 3] - boxes[:, 1]) * height)
        return np.asarray(aspects >= STANDING)

    def resized(
        self, boxes: Float32[np.ndarray, "K 4"], rng: np.random.Generator
    ) -> Float32[np.ndarray, "K 4"]:
        """Boxes as high as things of the kind come out there, their feet and proportions kept.

        Where little is known of the height it stays as it is, where all is known it goes; between the two it
        goes as far as a mean weighted by certainty does. One thing is smaller than another: chance says so.
        What flies may be anywhere, but not before one's nose.
        """
        targets, deviations = self.scene.heights(self.kind, boxes)
        logs = np.log(boxes[:, 3] - boxes[:, 1])
        if self.kind.hold == "air":
            camera = self.scene.camera
            nearest = self.kind.height_m * camera.focal_px / FLIGHT_M / camera.size_hw[0]
            targets, deviations = (
                np.minimum(logs, np.log(nearest)),
                np.where(logs > np.log(nearest), 0.0, np.inf),
            )
        share = TRUSTED**2 / (TRUSTED**2 + np.minimum(deviations, 1e6) ** 2)
        wanted = logs + share * (targets - logs)
        wanted += share * rng.normal(0, min(self.kind.spread, MOST_CHANCE), len(boxes))
        factors = np.exp(wanted - logs).astype(np.float32)
        middles, feet = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]
        half = (boxes[:, 2] - boxes[:, 0]) / 2 * factors
        tops = feet - (feet - boxes[:, 1]) * factors
        return np.stack([middles - half, tops, middles + half, feet], 1).astype(np.float32)
