"""The settings of runs through accelerate."""

import dataclasses
import json
from pathlib import Path

import pytest
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import ResnetBlock2D

from smartmask.training.base.config import base_sd15, base_sd15_paper
from smartmask.training.local_run import as_json

EXAMPLE = Path(__file__).parents[3] / "examples" / "accelerate_fsdp.yaml"


def test_the_papers_recipe_differs_in_the_hint_and_the_data_only():
    ours, paper = as_json(base_sd15("x")), as_json(base_sd15_paper("x"))
    assert {name for name in ours if ours[name] != paper[name]} == {"network", "mixture"}
    assert (ours["network"]["guidance_encoding"], paper["network"]["guidance_encoding"]) == (
        "channels",
        "blend",
    )
    assert set(paper["mixture"]) == {"ade20k", "cocoa"}
    assert sum(ours["mixture"].values()) == pytest.approx(1)


def test_settings_are_json():
    values = as_json(base_sd15("owner/model"))
    assert json.loads(json.dumps(values)) == values
    assert values["init"] == "owner/model"
    assert values["loop"]["precision"] == "bf16"


@pytest.mark.usefixtures("no_type_check")
def test_settings_that_cannot_be_are_refused():
    config = base_sd15("x")
    with pytest.raises(ValueError, match=r"drop_text and drop_layout must be in \[0, 1\)"):
        dataclasses.replace(config, drop_layout=1.0)
    with pytest.raises(ValueError, match="precision must be 'no' or 'bf16', not 'fp8'"):
        dataclasses.replace(config.loop, precision="fp8")


def test_the_shipped_file_shards_blocks_that_there_are():

    config = load_config_from_file(str(EXAMPLE))
    assert config.distributed_type.value == "FSDP"
    assert config.mixed_precision == "bf16"
    wrapped = yaml.safe_load(EXAMPLE.read_text())["fsdp_config"]["fsdp_transformer_layer_cls_to_wrap"]
    assert wrapped.split(",") == [BasicTransformerBlock.__name__, ResnetBlock2D.__name__]
