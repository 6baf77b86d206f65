"""The real network, at a width of 16."""

import pytest
import torch
from tiny_model import SIZES

from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.model.denoiser import denoising_loss

NAMES = ("noisy", "t", "hint", "layout", "extent", "guidance_kind", "object_text", "scene_text", "is_whole")


@pytest.fixture(scope="module")
def network() -> CompactBackbone:
    """A network with every parameter moved a little, so that no gate or modulation is zero."""
    return perturbed().eval()


def perturbed() -> CompactBackbone:
    torch.manual_seed(0)
    network = CompactBackbone(SIZES)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    return network


def inputs(batch: int = 3) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {
        "noisy": torch.randn(batch, SIZES.components, generator=generator),
        "t": torch.rand(batch, generator=generator),
        "hint": torch.randn(batch, SIZES.components, generator=generator),
        "layout": torch.randn(batch, SIZES.layout_numbers, generator=generator),
        "extent": torch.randn(batch, 2, generator=generator),
        "guidance_kind": torch.arange(batch) % 4,
        "object_text": torch.randn(batch, SIZES.text_width, generator=generator),
        "scene_text": torch.randn(batch, SIZES.text_width, generator=generator),
        "is_whole": torch.arange(batch) % 2 == 0,
    }


@torch.no_grad()
def run(network: CompactBackbone, values: dict[str, torch.Tensor]) -> torch.Tensor:
    result: torch.Tensor = network(*(values[name] for name in NAMES))
    return result


@pytest.mark.parametrize("number", range(3), ids="item {}".format)
def test_an_item_alone_equals_itself_in_a_batch(network, number):
    values = inputs()
    together = run(network, values)
    assert together.shape == (3, SIZES.components)
    alone = run(network, {name: value[number : number + 1] for name, value in values.items()})[0]
    torch.testing.assert_close(alone, together[number], rtol=1e-4, atol=1e-5)


def test_one_condition_serves_several_shapes(network):
    values = inputs()
    told = {name: value[:1] for name, value in values.items() if name != "noisy"}
    repeated = {name: value.expand(3, *value.shape[1:]) for name, value in told.items()}
    noisy = {"noisy": values["noisy"]}
    torch.testing.assert_close(run(network, noisy | told), run(network, noisy | repeated))


@pytest.mark.parametrize("name", NAMES)
def test_each_input_changes_the_output(network, name):
    values = inputs()
    other = {
        "guidance_kind": lambda value: (value + 1) % 4,
        "is_whole": lambda value: ~value,
    }.get(name, lambda value: value + 0.3)(values[name])
    difference = (run(network, values | {name: other}) - run(network, values)).abs().amax(1)
    assert (difference > 1e-5).all()


def test_whole_objects_are_asked_for_where_nothing_is_said(network):
    values = inputs()
    whole = run(network, values | {"is_whole": torch.ones(3, dtype=torch.bool)})
    with torch.no_grad():
        unsaid = network(*(values[name] for name in NAMES[:-1]))
    assert torch.equal(unsaid, whole)


def test_a_change_of_one_number_reaches_every_other(network):
    values = inputs(batch=1)
    other = values["noisy"].clone()
    other[0, 0] += 1
    change = (run(network, values | {"noisy": other}) - run(network, values)).abs()
    assert change.min() > 1e-6


def test_every_parameter_gets_a_gradient():
    network = perturbed()
    values = inputs(batch=8)
    condition = tuple(values[name] for name in NAMES[2:-1])
    noise, clean = values["noisy"], values["noisy"].flip(1)
    denoising_loss(network, clean, noise, values["t"], condition, values["is_whole"]).backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param({"resolution": 20}, id="a resolution that the cells do not divide"),
        pytest.param({"width": 0}, id="no width"),
        pytest.param({"depth": -1}, id="less than no depth"),
    ],
)
def test_sizes_that_cannot_be_built_are_an_error_at_once(sizes):
    with pytest.raises(ValueError, match="sizes must be 1 or more, and the resolution a multiple of 8"):
        BackboneConfig(**sizes)
