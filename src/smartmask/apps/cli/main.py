"""`smartmask`: the group of commands, and how any failure ends in one line.

Exit codes: 0 done, 1 a file that cannot be used (photo, layout, weights, output), 2 a wrong option or value.
"""

import os
from collections.abc import Sequence

import click

from smartmask import __version__
from smartmask.apps.cli.bench import bench
from smartmask.apps.cli.camera import camera
from smartmask.apps.cli.convert import convert
from smartmask.apps.cli.datasets.data import data
from smartmask.apps.cli.edit import edit
from smartmask.apps.cli.evaluation.evaluate import evaluate
from smartmask.apps.cli.insertion.insert import insert
from smartmask.apps.cli.lines import print_line
from smartmask.apps.cli.memory import memory
from smartmask.apps.cli.planning.plan import plan
from smartmask.apps.cli.render import render
from smartmask.apps.cli.segmenting.segment import segment
from smartmask.apps.cli.serve import serve
from smartmask.apps.cli.suggest import suggest
from smartmask.apps.cli.training.train import train
from smartmask.errors import SmartMaskError

EXTRAS = {
    **dict.fromkeys(("pyarrow", "cv2", "pycocotools", "trimesh"), "data"),
    **dict.fromkeys(("fastapi", "uvicorn", "starlette", "pydantic", "threadpoolctl"), "web"),
    **dict.fromkeys(
        ("torch", "onnx", "onnxscript", "transformers", "diffusers", "accelerate", "peft", "scipy"), "torch"
    ),
    "psd_tools": "psd",
    "ray": "ray",
}
"""The extra that brings each package which the core leaves out."""


LONGEST_MESSAGE = 1000
"""Characters of an error; of a longer one the middle is left out."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smartmask")
def commands() -> None:
    """Draw the precise mask of an object that is not in a photo yet.

    \b
    Examples:
      smartmask suggest room.jpg "a sleeping dog"
      smartmask insert room.jpg "a dog" --inpainter reference:dog.png
      smartmask segment room.jpg --out room
    """


commands.add_command(suggest)
commands.add_command(insert)
commands.add_command(segment)
commands.add_command(convert)
commands.add_command(edit)
commands.add_command(camera)
commands.add_command(plan)
commands.add_command(serve)
commands.add_command(memory)
commands.add_command(render)
commands.add_command(train)
commands.add_command(data)
commands.add_command(evaluate)
commands.add_command(bench)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (by default the process's own) and return its exit code."""
    try:
        os.getcwd()
    except OSError as error:
        return _fail(f"the current folder is gone ({error.strerror or error}); go to another one first", 1)
    try:
        code = commands.main(arguments, prog_name="smartmask", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)  # a help text of many lines
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except SmartMaskError as error:
        return _fail(str(error), 1)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        return _fail(
            f"this needs {package}, which the installed core leaves out; run: "
            f'pip install "smartmask-open[{EXTRAS[package]}]"',
            1,
        )
    except OSError as error:  # a name that no system takes, a disk that fails
        return _fail(f"{error.filename or 'a file'}: cannot be used ({error.strerror or error})", 1)
    except MemoryError:
        return _fail(
            "not enough memory for images of this size; shrink the photo or ask for fewer suggestions", 1
        )
    except click.Abort:
        return _fail("stopped before the end; nothing was written", 130)


def _fail(message: str, code: int) -> int:
    text = " ".join(message.split())
    if len(text) > LONGEST_MESSAGE:  # as when it quotes a number of thousands of digits
        half = LONGEST_MESSAGE // 2
        text = f"{text[:half]} ... {text[-half:]}"
    print_line(f"Error: {text}", err=True)
    return code
