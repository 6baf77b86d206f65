"""A step's items are the same however they are split."""

from itertools import islice

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import Dataset

from smartmask.training.base.step_parts import StepParts, load_parts


class Squares(Dataset):
    def __getitem__(self, number: int) -> int:
        return number**2


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 5))
def test_all_processes_together_work_on_the_items_of_each_step(processes, per_step, items, first_step):
    step_items = processes * per_step * items
    steps: list[list[int]] = [[], []]
    for process in range(processes):
        parts = StepParts(step_items=step_items, items=items, process=process, processes=processes)
        assert parts.per_step == per_step
        numbers = parts.numbers(first_step)
        for step in steps:
            for part in islice(numbers, per_step):
                assert len(part) == items
                step.extend(part)
    start = first_step * step_items
    assert sorted(steps[0]) == list(range(start, start + step_items))
    assert sorted(steps[1]) == list(range(start + step_items, start + 2 * step_items))


def test_a_part_is_the_whole_share_unless_its_items_are_given():
    assert StepParts.of(12, None, 1, 3).items == 4
    assert StepParts.of(12, 2, 1, 3).per_step == 2


@pytest.mark.parametrize(
    ("step_items", "items", "processes"), [(8, 3, 1), (8, 1, 3), (8, None, 3), (2, None, 4)]
)
def test_unequal_parts_are_refused(step_items, items, processes):
    with pytest.raises(ValueError, match=f"a batch of {step_items} does not fall into equal parts of"):
        StepParts.of(step_items, items, 0, processes)


@pytest.mark.parametrize("workers", [0, 2], ids=["in this process", "in two others"])
def test_batches_come_in_order_from_any_step_on(workers):
    parts = StepParts(step_items=4, items=2, process=1, processes=2)
    found = list(islice(load_parts(Squares(), torch.tensor, parts, 3, workers), 3))
    assert [batch.tolist() for batch in found] == [[14**2, 15**2], [18**2, 19**2], [22**2, 23**2]]
