"""The widened U-Net: it begins as the one it came from, and learns to hear all that it is told."""

import pytest
import torch
from base_parts import SIDE, base_checkpoint
from diffusers import UNet2DConditionModel

from smartmask.backends.base.backbone import BaseBackbone, BaseConfig
from smartmask.backends.base.checkpoint import BaseModel, initial_base
from smartmask.model.diffusion.condition import SPECIAL_ROWS

CELLS, TOKENS, WIDTH, LABELS = SIDE // 2, 5, 8, 6
BOTH = pytest.mark.parametrize("encoding", ["channels", "blend"])


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Stable Diffusion with random weights."""
    return base_checkpoint(tmp_path_factory.mktemp("sd"))


def model_of(checkpoint, encoding: str) -> BaseModel:
    return initial_base(checkpoint, BaseConfig(guidance_encoding=encoding, text_width=LABELS))


def random_inputs(batch: int = 2) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "noisy": torch.randn(batch, 4, CELLS, CELLS, generator=generator),
        "timestep": torch.tensor([3, 700][:batch]),
        "object_tokens": torch.randn(batch, TOKENS, WIDTH, generator=generator),
        "scene_tokens": torch.randn(batch, TOKENS, WIDTH, generator=generator),
        "regions": torch.randint(0, SPECIAL_ROWS + 3, (batch, SIDE, SIDE), generator=generator),
        "label_table": torch.randn(batch, 3, LABELS, generator=generator),
        "guidance": torch.rand(batch, 1, SIDE, SIDE, generator=generator),
        "guidance_kind": torch.tensor([1, 3][:batch]),
        "zoom": torch.tensor([-0.3, -1.0][:batch]),
    }


def perturb(backbone: BaseBackbone) -> BaseBackbone:
    """Give all that begins at zero a weight."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in (backbone.unet.conv_in.weight, backbone.text_roles):
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return backbone.eval()


@BOTH
@torch.no_grad()
def test_untrained_it_answers_exactly_as_the_u_net_it_came_from(checkpoint, encoding):
    original = UNet2DConditionModel.from_pretrained(checkpoint, subfolder="unet").eval()
    backbone, given = model_of(checkpoint, encoding).backbone.eval(), random_inputs()
    texts = torch.cat([given["object_tokens"], given["scene_tokens"]], 1)
    expected = original(given["noisy"], given["timestep"], texts).sample
    # The convolution has more channels to sum over, all of them zero: only the order of additions differs.
    torch.testing.assert_close(backbone(**given), expected, atol=1e-6, rtol=1e-5)
    added = backbone.unet.config["in_channels"] - original.config["in_channels"]
    assert added == backbone.layout.channels == (13 if encoding == "channels" else 4)


@BOTH
@torch.no_grad()
@pytest.mark.parametrize(
    ("name", "told_by"),
    [
        ("object_tokens", {"channels", "blend"}),
        ("scene_tokens", {"channels", "blend"}),
        ("regions", {"channels", "blend"}),
        ("label_table", {"channels", "blend"}),
        ("guidance", {"channels", "blend"}),
        ("guidance_kind", {"channels"}),
        ("zoom", {"channels"}),
    ],
)
def test_once_the_weights_are_not_zero_it_hears_all_it_is_told(checkpoint, encoding, name, told_by):
    backbone, given = perturb(model_of(checkpoint, encoding).backbone), random_inputs()
    other = {**given, name: given[name].flip(0)}
    assert (not torch.equal(backbone(**given), backbone(**other))) == (encoding in told_by)


@torch.no_grad()
def test_the_two_texts_are_told_apart_by_their_vectors_alone(checkpoint):
    backbone, given = model_of(checkpoint, "channels").backbone.eval(), random_inputs()
    swapped = {**given, "object_tokens": given["scene_tokens"], "scene_tokens": given["object_tokens"]}
    torch.testing.assert_close(backbone(**given), backbone(**swapped), atol=1e-5, rtol=1e-4)
    perturb(backbone)
    assert (backbone(**given) - backbone(**swapped)).abs().max() > 1e-3


@BOTH
def test_every_weight_learns_and_checkpointing_changes_no_gradient(checkpoint, encoding):
    gradients = []
    for checkpointing in (False, True):
        backbone = perturb(model_of(checkpoint, encoding).backbone).train()
        if checkpointing:
            backbone.checkpoint_gradients()
        backbone(**random_inputs()).square().mean().backward()
        gradients.append({name: value.grad for name, value in backbone.named_parameters()})
    assert [name for name, value in gradients[0].items() if value is None or not value.any()] == []
    for name, value in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], value, atol=1e-6, rtol=1e-4, msg=name)


@torch.no_grad()
def test_an_item_alone_equals_itself_in_a_batch(checkpoint):
    backbone, given = perturb(model_of(checkpoint, "channels").backbone), random_inputs()
    alone = backbone(**{name: value[1:] for name, value in given.items()})
    torch.testing.assert_close(alone, backbone(**given)[1:], atol=1e-5, rtol=1e-4)


@pytest.mark.usefixtures("no_type_check")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"guidance_encoding": "both"}, "guidance_encoding must be 'blend' or 'channels', not 'both'"),
        ({"label_channels": 0}, "must be at least 1"),
        ({"text_width": 0}, "must be at least 1"),
    ],
)
def test_settings_that_cannot_be_built_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        BaseConfig(**wrong)
