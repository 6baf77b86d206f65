"""The real network, at a width of 16."""

import pytest
import torch

from smartmask.model.backbone import BackboneConfig, CompactBackbone
from smartmask.model.condition import SPECIAL_ROWS
from smartmask.model.denoiser import denoising_loss

TINY = BackboneConfig(resolution=16, text_width=8, label_channels=4, stem_widths=(8, 8), width=16, depth=2)
NAMES = (
    "noisy", "t", "regions", "label_table", "guidance", "guidance_kind", "object_text", "scene_text", "zoom",
)  # fmt: skip


@pytest.fixture(scope="module")
def network() -> CompactBackbone:
    """A network with every parameter moved a little, so that no gate or modulation is zero."""
    torch.manual_seed(0)
    network = CompactBackbone(TINY).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    return network


def inputs(batch: int = 3, rows: int = 5) -> dict[str, torch.Tensor]:
    size, generator = TINY.resolution, torch.Generator().manual_seed(1)
    return {
        "noisy": torch.randn(batch, 1, size, size, generator=generator),
        "t": torch.rand(batch, generator=generator),
        "regions": torch.randint(0, rows + SPECIAL_ROWS, (batch, size, size), generator=generator),
        "label_table": torch.randn(batch, rows, TINY.text_width, generator=generator),
        "guidance": torch.rand(batch, 1, size, size, generator=generator),
        "guidance_kind": torch.arange(batch) % 4,
        "object_text": torch.randn(batch, TINY.text_width, generator=generator),
        "scene_text": torch.randn(batch, TINY.text_width, generator=generator),
        "zoom": -torch.rand(batch, generator=generator),
    }


@torch.no_grad()
def run(network: CompactBackbone, values: dict[str, torch.Tensor]) -> torch.Tensor:
    result: torch.Tensor = network(*(values[name] for name in NAMES))
    return result


def test_the_output_has_the_shape_of_the_noisy_field(network):
    assert run(network, inputs()).shape == (3, 1, 16, 16)


@pytest.mark.parametrize("number", range(3), ids="item {}".format)
def test_an_item_alone_equals_itself_in_a_batch(network, number):
    values = inputs()
    together = run(network, values)[number]
    alone = run(network, {name: value[number : number + 1] for name, value in values.items()})[0]
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)


def test_padding_rows_of_the_label_table_have_no_effect(network):
    values = inputs()
    padding = torch.randn(3, 4, TINY.text_width)
    padded = values | {"label_table": torch.cat([values["label_table"], padding], 1)}
    torch.testing.assert_close(run(network, padded), run(network, values), rtol=0, atol=1e-6)


def test_special_pixels_do_not_read_the_label_table(network):
    values = inputs()
    values["regions"] %= SPECIAL_ROWS
    other = values | {"label_table": torch.randn(3, 5, TINY.text_width)}
    torch.testing.assert_close(run(network, other), run(network, values), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_each_input_changes_the_output(network, name):
    values = inputs()
    other = {
        "regions": lambda value: value.flip(2),
        "guidance_kind": lambda value: (value + 1) % 4,
    }.get(name, lambda value: value + 0.3)(values[name])
    difference = (run(network, values | {name: other}) - run(network, values)).abs().amax((1, 2, 3))
    assert (difference > 1e-5).all()


def test_a_change_at_one_corner_reaches_the_opposite_one(network):
    values = inputs(batch=1)
    other = values["noisy"].clone()
    other[..., :4, :4] += 1
    change = (run(network, values | {"noisy": other}) - run(network, values)).abs()
    assert change[..., 12:, 12:].max() > 1e-6


def test_every_parameter_gets_a_gradient():
    torch.manual_seed(0)
    network = CompactBackbone(TINY)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    values = inputs(batch=8)
    condition = tuple(values[name] for name in NAMES[2:])
    noise, clean = values["noisy"], values["noisy"].flip(2)
    inside = torch.ones_like(clean, dtype=torch.bool)
    denoising_loss(network, clean, inside, noise, values["t"], condition).backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param({"resolution": 20}, id="a resolution that 8 does not divide"),
        pytest.param({"stem_widths": (12, 16)}, id="a stem width that 8 does not divide"),
        pytest.param({"width": 60}, id="a width that 8 does not divide"),
        pytest.param({"width": 200}, id="a width that its heads do not divide"),
    ],
)
def test_sizes_that_cannot_be_built_are_an_error_at_once(sizes):
    with pytest.raises(ValueError, match="multiple"):
        BackboneConfig(**sizes)


@pytest.mark.parametrize(("width", "heads"), [(16, 1), (64, 1), (128, 2), (256, 4)])
def test_heads_are_64_channels_wide(width, heads):
    assert BackboneConfig(width=width).heads == heads
