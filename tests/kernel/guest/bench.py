"""The bench from the guest's side: wire the sensor, light it, and see what it and the pins did.

The files behind it are described in module/bench.c.
"""

import json
import os
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from struct import iter_unpack
from typing import NamedTuple

NAME = "storm-petrel-bench"
DEVICE = Path("/sys/devices/platform", NAME)
DRIVER = Path("/sys/bus/platform/drivers", NAME)
_RECORDS = Path("/sys/kernel/debug", NAME)

LET_GO = 2
LOW, HIGH = "L", "H"  # a pin strapped to ground or to the supply


class Source(NamedTuple):
    """The sensor's own count of its rising edges, and of half periods that it could not keep."""

    rises: int
    first_ns: int
    last_ns: int
    skipped: int


class Driven(NamedTuple):
    """A change of what the program drives; level LET_GO: it gave the line back."""

    ns: int
    line: int
    level: int


def wire(
    out: int,
    s0: int | str = HIGH,
    s1: int | str = HIGH,
    s2: int | str = LOW,
    s3: int | str = LOW,
    oe: int | str = LOW,
) -> None:
    """Put the sensor's pins on lines of the header, or strap them."""
    _write("wiring", f"{out} {s0} {s1} {s2} {s3} {oe}")


def shine(red_hz: float = 0, green_hz: float = 0, blue_hz: float = 0, clear_hz: float = 0) -> None:
    """Set what the sensor gives behind each filter at 100 % scaling; nothing is darkness."""
    mhz = [round(hz * 1000) for hz in (red_hz, blue_hz, clear_hz, green_hz)]
    _write("light", " ".join(map(str, mhz)))


def levels() -> str:
    """One letter a line: 0 and 1 driven, u and d pulled up and down, z floating."""
    return (DEVICE / "levels").read_text().strip()


def source() -> Source:
    """The sensor's own count since the last forget()."""
    return Source(*map(int, (DEVICE / "source").read_text().split()))


def forget() -> None:
    """Begin the count and the records anew."""
    _write("forget", "1")


def rises_ns() -> Sequence[int]:
    """When the sensor made each rising edge, by the clock that stamps edges; 65,536 at most."""
    stamps = array("Q")
    stamps.frombytes((_RECORDS / "rises").read_bytes())
    return stamps


def driven() -> list[Driven]:
    """What the program has driven, in order."""
    return [Driven(*change) for change in iter_unpack("QII", (_RECORDS / "driven").read_bytes())]


class Truth(NamedTuple):
    """What the source did from the first of some stamps to the last."""

    hz: float
    rises: int


def truth(stamps_ns: Sequence[int]) -> Truth:
    """The source's own count from the rise nearest the first of these stamps to that of the last.

    With fewer than two stamps, over all its time.
    """
    made_ns = rises_ns()
    first, last = 0, len(made_ns) - 1
    if len(stamps_ns) > 1:
        first, last = (_nearest(made_ns, stamps_ns[end]) for end in (0, -1))
    return Truth((last - first) * 1e9 / (made_ns[last] - made_ns[first]), last - first + 1)


def _nearest(made_ns: Sequence[int], stamp_ns: int) -> int:
    after = min(bisect_right(made_ns, stamp_ns), len(made_ns) - 1)
    before = max(after - 1, 0)
    return min(before, after, key=lambda i: abs(made_ns[i] - stamp_ns))


def report(result: object) -> None:
    """Hand this to the host."""
    Path(os.environ["RESULT"]).write_text(json.dumps(result))


def _write(attribute: str, text: str) -> None:
    (DEVICE / attribute).write_text(text)
