"""Try an installed smartmask: draw a mask by box and by scribble; see that the sdist holds tests and docs.

python scripts/try_package.py SDIST
"""

import sys
import tarfile
from pathlib import Path

import numpy as np

import smartmask
from smartmask import Box, Layer, Layout, Scribble, SmartMask


def main(sdist: Path) -> None:
    """Draw, look, say so."""
    if (Path(__file__).parents[1] / "src") in Path(smartmask.__file__).parents:
        raise SystemExit(f"{smartmask.__file__}: is the checkout, not what was installed")
    floor = Layout((96, 128), (Layer("floor", np.ones((96, 128), bool)),))
    drawn = np.zeros((96, 128), bool)
    drawn[20:80, 30:90] = True
    library = SmartMask.load()
    for hint in (Box((20, 10, 100, 90)), Scribble(drawn)):
        found = library.suggest(floor, "a dog", guidance=hint, n=2)
        if len(found) != 2 or not all(one.mask.any() for one in found):
            raise SystemExit(f"no two masks came out for {type(hint).__name__}")
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    for needed in ("tests/conftest.py", "docs/MODEL_CARD.md", "LICENSE", "NOTICE"):
        if not any(name.endswith(f"/{needed}") for name in names):
            raise SystemExit(f"{sdist}: {needed} is missing")
    print(f"smartmask {smartmask.__version__}: installed and draws; {sdist.name} holds tests and docs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
