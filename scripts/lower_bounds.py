"""The oldest releases that pyproject.toml allows, with their patches, as constraints for pip.

python scripts/lower_bounds.py > constraints.txt
pip install --constraint constraints.txt ".[data,psd,web]"
"""

import re
import tomllib
from pathlib import Path


def lower_bounds(project: dict) -> list[str]:
    """A line `NAME==VERSION` for each package of the core and the extras, by name.

    >>> lower_bounds({"dependencies": ["b>=1.2,<3"], "optional-dependencies": {"x": ["a[y]==2.*", "own[x]"]}})
    ['a==2.*', 'b==1.2.*']
    """
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    found = (re.match(r"([A-Za-z0-9_.-]+)(?:\[.*?\])?(?:>=|==)([0-9.]*[0-9])", one) for one in wanted)
    return sorted({f"{match[1]}=={match[2]}.*" for match in found if match})


if __name__ == "__main__":
    content = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    print("\n".join(lower_bounds(content["project"])))
