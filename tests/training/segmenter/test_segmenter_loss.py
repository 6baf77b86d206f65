import math

import pytest
import torch
from torch.nn import functional

from smartmask.data.segment_classes import (
    ANYTHING,
    CLASSES,
    NOT_THE_FOUR,
    SOME_STUFF,
    STUFF,
    THE_FOUR,
    THINGS,
    allowed_classes,
)
from smartmask.training.segmenter.loss import centre_loss, class_set_loss, offset_loss

ALLOWED = torch.from_numpy(allowed_classes())
COUNT = len(CLASSES)


def constant(target: int) -> torch.Tensor:
    return torch.full((2, 3, 4), target, dtype=torch.uint8)


@pytest.fixture
def logits() -> torch.Tensor:
    return torch.randn(2, COUNT, 3, 4, generator=torch.Generator().manual_seed(0))


def test_with_one_class_possible_it_is_the_cross_entropy(logits: torch.Tensor) -> None:
    targets = torch.randint(0, COUNT, (2, 3, 4), generator=torch.Generator().manual_seed(1))
    found = class_set_loss(logits, targets.to(torch.uint8), ALLOWED)
    torch.testing.assert_close(found, functional.cross_entropy(logits, targets))


@pytest.mark.parametrize(
    ("target", "possible"),
    [(SOME_STUFF, len(STUFF)), (NOT_THE_FOUR, COUNT - len(THE_FOUR))],
    ids=["some stuff", "not one of the four"],
)
def test_with_equal_logits_a_set_costs_the_logarithm_of_its_share(target: int, possible: int) -> None:
    found = class_set_loss(torch.zeros(2, COUNT, 3, 4), constant(target), ALLOWED)
    assert found.item() == pytest.approx(math.log(COUNT / possible), rel=1e-5)


def test_some_stuff_says_only_that_it_is_no_thing(logits: torch.Tensor) -> None:
    logits.requires_grad_()
    class_set_loss(logits, constant(SOME_STUFF), ALLOWED).backward()
    gradient = logits.grad
    assert gradient is not None
    things, stuff = gradient[:, : len(THINGS)], gradient[:, len(THINGS) :]
    assert (things > 0).all()
    assert (stuff < 0).all()
    # Among the stuff the odds stay: each class is raised in proportion to its probability.
    shares = logits.detach()[:, len(THINGS) :].softmax(1)
    torch.testing.assert_close(stuff / stuff.sum(1, keepdim=True), shares)


def test_unknown_cells_cost_nothing_and_do_not_dilute_the_rest(logits: torch.Tensor) -> None:
    assert class_set_loss(logits, constant(ANYTHING), ALLOWED) == 0
    targets = constant(7)
    targets[:, 0] = ANYTHING
    found = class_set_loss(logits, targets, ALLOWED)
    torch.testing.assert_close(found, functional.cross_entropy(logits[:, :, 1:], targets[:, 1:].long()))


def test_the_centre_loss_is_the_focal_loss_by_hand() -> None:
    heat = torch.tensor([[[1.0, 0.5, 0.0]]])
    logits = torch.tensor([[[0.3, -0.2, 1.1]]])
    p = logits.sigmoid()[0, 0].tolist()
    expected = -(
        (1 - p[0]) ** 2 * math.log(p[0])
        + 0.5**4 * p[1] ** 2 * math.log(1 - p[1])
        + p[2] ** 2 * math.log(1 - p[2])
    )
    known = torch.ones(1, 1, 3, dtype=torch.bool)
    assert centre_loss(logits, heat, known).item() == pytest.approx(expected, rel=1e-5)
    known[0, 0, 2] = False
    assert centre_loss(logits, heat, known).item() < expected
    assert centre_loss(logits, 0 * heat, ~known & known).item() == 0


def test_the_offset_loss_counts_cells_of_things_only() -> None:
    truth = torch.zeros(1, 2, 1, 3)
    offsets = torch.tensor([[[[3.0, 9.0, 1.0]], [[1.0, 9.0, 1.0]]]])
    in_thing = torch.tensor([[[True, False, True]]])
    assert offset_loss(offsets, truth, in_thing).item() == (2 + 1) / 2
    assert offset_loss(offsets, truth, in_thing & ~in_thing).item() == 0
