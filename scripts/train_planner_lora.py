"""Fine-tune a vision-language model to plan scenes: LoRA, on a set that `smartmask data instructions` made.

A run that was cut short goes on from its folder.

    python scripts/train_planner_lora.py --base llava-hf/llava-1.5-7b-hf --instructions runs/instructions \
        --run runs/vlm
    accelerate launch --num_processes 8 scripts/train_planner_lora.py --instructions runs/instructions \
        --run runs/vlm
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from smartmask.data.instructions import read_instructions
from smartmask.errors import SmartMaskError
from smartmask.training.planner.lora import train_planner_lora
from smartmask.training.planner.lora_config import planner_lora


def main() -> None:
    """Train."""
    recipe = planner_lora()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default=recipe.base, help="folder or hub name of the model")
    parser.add_argument("--instructions", type=Path, required=True, help="folder of the instruction set")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run: state, log, adapter")
    parser.add_argument("--steps", type=int, default=recipe.steps, help="length of the whole run")
    parser.add_argument("--batch-size", type=int, default=recipe.batch_size, help="questions a step")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="length of this segment")
    parser.add_argument("--seed", type=int, default=recipe.seed)
    parser.add_argument("--dry-run", action="store_true", help="print the configuration and exit")
    arguments = parser.parse_args()

    try:
        config = replace(
            recipe,
            base=arguments.base,
            steps=arguments.steps,
            batch_size=arguments.batch_size,
            seed=arguments.seed,
        )
        if arguments.dry_run:
            json.dump(asdict(config), sys.stdout, indent=1)
            return
        started = time.monotonic()
        adapter = train_planner_lora(
            config,
            list(read_instructions(arguments.instructions, "train")),
            list(read_instructions(arguments.instructions, "validation")),
            arguments.run,
            should_stop=lambda step: time.monotonic() - started > arguments.minutes * 60,
            on_log=lambda record: print(" ".join(f"{name} {value:.4g}" for name, value in record.items())),
        )
    except (SmartMaskError, ValueError) as error:
        sys.exit(f"Error: {error}")
    print(f'{adapter}: plan with it: smartmask plan "..." --planner vlm:{adapter}')


if __name__ == "__main__":
    main()
