"""Read damaged inputs of every kind for a while, and keep those that go wrong.

python scripts/fuzz.py --seconds 600 --seed 1 --out out/fuzz
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / place) for place in ("src", "tests/fuzz", "tests/parts", "tests/parts/tiny")]


def main() -> None:
    """Read, print what came of it; exit code 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, help="Inputs; instead of --seconds.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="Folder for findings.")
    given = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    from fuzz_runner import fuzz

    report = fuzz(given.seed, count=given.count, seconds=given.seconds, out=given.out)
    for what, message in report.findings.items():
        print(f"{what} (seed {given.seed}, input {message['number']})")
        print(message.get("trace", "").rstrip())
    kinds = len(report.inputs)
    total = sum(report.inputs.values())
    print(json.dumps(report.inputs, indent=1))
    print(
        f"seed {given.seed}: {total} inputs of {kinds} kinds, {len(report.findings)} findings, "
        f"{report.peak / 1e6:.0f} MB above the start at most"
    )
    sys.exit(bool(report.findings))


if __name__ == "__main__":
    main()
