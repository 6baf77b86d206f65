"""Runs damaged inputs in child processes with little memory, and keeps what goes wrong, made smaller.

Input `number` of a seed is a pure function of both. A finding is an error that the reader's documentation
does not promise, more than `SECONDS` of the processor for one input or `ASLEEP` in all, more than `BYTES` of
memory for it, or the child's end.
"""

import json
import os
import random
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fuzz_mutations import damaged
from fuzz_seeds import Seed, seeds
from fuzz_targets import run, warm

SECONDS = 10
ASLEEP = 120
BYTES = 10**9
A_CHILD = 400
"""Inputs that one child reads."""
TRIES = 60
"""Inputs tried to make a finding smaller."""


class Slow(BaseException):
    """An input takes too long; no reader catches this."""


@dataclass(slots=True)
class Report:
    """What came of a run: inputs of each kind, findings by their place, the highest memory in bytes."""

    inputs: dict[str, int] = field(default_factory=dict)
    findings: dict[str, Any] = field(default_factory=dict)
    peak: int = 0


def case(known: list[Seed], seed: int, number: int) -> tuple[Seed, dict[str, bytes]]:
    """An input of a run."""
    rng = random.Random(f"{seed}:{number}")
    kinds = sorted({one.kind for one in known})
    kind = kinds[number % len(kinds)]
    chosen = rng.choice([one for one in known if one.kind == kind])
    name = rng.choice(sorted(chosen.files))
    return chosen, chosen.files | {name: damaged(chosen.files[name], rng)}


def fuzz(seed: int, *, count: int | None = None, seconds: float = 0, out: Path | None = None) -> Report:
    """Read so many inputs, or for so long.

    Args:
        seed: Which inputs.
        count: How many; None = as many as there is time for.
        seconds: How long, where no count is given.
        out: Where findings are kept; None = nowhere.
    """
    known, report, begun = seeds(), Report(), time.monotonic()
    number = 0
    while number < count if count is not None else time.monotonic() - begun < seconds:
        end = number + A_CHILD if count is None else min(number + A_CHILD, count)
        number = _child(known, seed, number, end, report, out)
    return report


def _child(known: list[Seed], seed: int, start: int, end: int, report: Report, out: Path | None) -> int:
    """Read some inputs in a child; the number of the first one that was not read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            with os.fdopen(writing, "w") as told:
                _read(known, seed, start, end, told, out)
        finally:
            os._exit(0)
    os.close(writing)
    last: int | None = None
    with os.fdopen(reading) as lines:
        for line in lines:
            message = json.loads(line)
            if "begin" in message:
                last = message["begin"]
                kind = case_kind(known, last)
                report.inputs[kind] = report.inputs.get(kind, 0) + 1
                continue
            report.peak = max(report.peak, message.get("peak", 0))
            if "finding" in message:
                report.findings.setdefault(message["finding"], message)
            last = None
    os.waitpid(child, 0)
    if last is None:
        return end
    where = f"{case_kind(known, last)}: the process ended"
    report.findings.setdefault(where, {"finding": where, "number": last})
    return last + 1


def case_kind(known: list[Seed], number: int) -> str:
    """The kind of an input."""
    kinds = sorted({one.kind for one in known})
    return kinds[number % len(kinds)]


def _read(known: list[Seed], seed: int, start: int, end: int, told: Any, out: Path | None) -> None:
    def say(**message: Any) -> None:
        told.write(json.dumps(message) + "\n")
        told.flush()

    warm()  # here, since a server's threads do not survive a fork
    # What NumPy, zipfile and libtiff say on the way is of no interest.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.simplefilter("ignore")
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + BYTES, mapped + BYTES))
    for clock in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(clock, _too_slow)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(start, end):
        say(begin=number)
        chosen, files = case(known, seed, number)
        fault = _fault(chosen, files)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        if fault is None:
            say(peak=grown)
            continue
        if out is not None:
            _keep(out, fault[0], chosen, _smaller(chosen, files, fault[0]))
        say(peak=grown, finding=fault[0], number=number, trace=fault[1])


def _too_slow(*_: Any) -> None:
    raise Slow


def _fault(chosen: Seed, files: dict[str, bytes]) -> tuple[str, str] | None:
    """What goes wrong, and where; None if nothing does."""
    with TemporaryDirectory() as place:
        # What a reader catches is raised again, so an alarm that is swallowed rings later.
        signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)
        signal.setitimer(signal.ITIMER_REAL, ASLEEP, 1)
        try:
            run(chosen, files, Path(place))
        except BaseException as error:
            frames = [
                frame
                for frame in traceback.extract_tb(error.__traceback__)
                if "/smartmask/" in frame.filename
            ]
            last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.name}"
            return f"{chosen.kind}: {type(error).__name__} in {where}", "".join(
                traceback.format_exception(error)
            )
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _smaller(chosen: Seed, files: dict[str, bytes], what: str) -> dict[str, bytes]:
    """Files of the same finding, with as much left out as some tries allow."""
    tries = 0
    for name, content in _by_size(files):
        size = len(content) // 2
        while size >= 1 and tries < TRIES and "Slow" not in what:
            place = 0
            while place < len(content) and tries < TRIES:
                tried = files | {name: content[:place] + content[place + size :]}
                tries += 1
                fault = _fault(chosen, tried)
                if fault is not None and fault[0] == what:
                    files, content = tried, tried[name]
                else:
                    place += size
            size //= 2
    return files


def _by_size(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield from sorted(files.items(), key=lambda item: -len(item[1]))


def _keep(out: Path, what: str, chosen: Seed, files: dict[str, bytes]) -> None:
    folder = out / "".join(letter if letter.isalnum() else "_" for letter in what)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "finding.txt").write_text(f"{what}\ngiven: {chosen.given}\n", "utf-8")
