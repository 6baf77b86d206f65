"""Inpainters whose answer is known, kind and hostile."""

import numpy as np

from smartmask.protocols import InpaintTask


class Painting:
    """Paints what may change of the object in one colour, leaves the rest; keeps what it was told."""

    def __init__(
        self, colour: tuple[int, int, int] = (200, 30, 60), working_side: int | None = None, multiple: int = 1
    ) -> None:
        self._colour, self._side, self._multiple = colour, working_side, multiple
        self.tasks: list[InpaintTask] = []

    @property
    def working_side(self) -> int | None:
        return self._side

    @property
    def size_multiple(self) -> int:
        return self._multiple

    def inpaint(self, task: InpaintTask) -> np.ndarray:
        self.tasks.append(task)
        picture = task.image.copy()
        picture[task.layout.layers[task.layer_number].mask & task.mask] = self._colour
        return picture


class Noise(Painting):
    """Hostile: fills the whole window with noise of the task's seed."""

    def inpaint(self, task: InpaintTask) -> np.ndarray:
        self.tasks.append(task)
        return np.random.default_rng(task.seed).integers(0, 256, task.image.shape, np.uint8)


class Tinting(Painting):
    """Draws nothing, but shifts all colours, as an autoencoder does."""

    def inpaint(self, task: InpaintTask) -> np.ndarray:
        self.tasks.append(task)
        tint = np.array([12, -9, 15])
        return np.clip(task.image + tint, 0, 255).astype(np.uint8)
