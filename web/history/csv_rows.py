"""A line of the daily copies: what a row of the history is, in plain numbers and words."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from ..display.times import iso
from .boots import MOST_BOOTS, MOST_MS, Boot
from .clock_trust import ClockTrust

HEADER = "time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock"
_LONGEST_LINE = 200
# What no barometer says comes from a garbled page, or a garbled line.
PRESSURES_PA, TEMPERATURES_CENTI_C = (30_000, 120_000), (-6_000, 12_000)
_YEARS = range(1900, 2501)


class CsvRow(NamedTuple):
    """A line of a copy: which boot, when in it and by which clock, and the numbers as stored."""

    ordinal: int
    boot_id: str
    trust: ClockTrust
    wall_ms: int
    monotonic_ms: int
    pressure_pa: int
    temperature_centi_c: int | None

    @property
    def line(self) -> str:
        """The line itself."""
        centi_c = self.temperature_centi_c
        temperature = "" if centi_c is None else f"{centi_c / 100:.2f}"
        return (
            f"{iso(self.wall_ms / 1000)},{self.pressure_pa / 100:.2f},{temperature},"
            f"{self.ordinal},{self.boot_id},{self.monotonic_ms / 1000:.3f},"
            f"{self.trust.name.lower()}\n"
        )

    @property
    def boot(self) -> Boot:
        """The boot, as this line has it."""
        offset_ms = self.wall_ms - self.monotonic_ms
        return Boot(self.ordinal, self.boot_id, 0, offset_ms, self.trust)


def read_copies(folder: Path) -> Iterator[CsvRow | ValueError]:
    """The lines of all copies, day by day; a ValueError in place of what is none."""
    for path in sorted(folder.glob("*.csv")):
        try:
            yield from read_copy(path)
        except OSError as error:
            yield ValueError(f"{path}: {error.strerror}")


def last_ordinal(folder: Path) -> int:
    """The number of the newest boot that the copies know of, by their last lines; 0: of none."""
    last = 0
    for path in folder.glob("*.csv"):
        with suppress(OSError, ValueError, KeyError, IndexError), path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LONGEST_LINE))
            lines = file.read().decode("ascii", errors="replace").splitlines()
            last = max(last, _row(lines[-1].split(",")).ordinal)
    return last


def boots_of(rows: Iterable[CsvRow]) -> dict[int, Boot]:
    """The boots that the lines are of; of those that differ on a boot's time the best is believed.

    Raises ValueError where one number stands for two boots: these are of two histories.
    """
    known: dict[int, Boot] = {}
    for row in rows:
        before = known.get(row.ordinal)
        if before is not None and before.boot_id != row.boot_id:
            raise ValueError(
                f"boot {row.ordinal} is {before.boot_id} here and {row.boot_id} there: the copies"
                " are of two histories; put one of them elsewhere"
            )
        if before is None or row.trust >= before.trust:
            known[row.ordinal] = row.boot
    return known


def read_copy(path: Path) -> Iterator[CsvRow | ValueError]:
    """The lines of one copy; a ValueError in place of one that is none. Raises OSError."""
    import csv

    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        lines = csv.reader(file)
        for number in count(1):
            try:
                fields = next(lines, None)
                if fields is None:
                    return
                if number > 1 and fields:
                    yield _row(fields)
            except (ValueError, KeyError, csv.Error) as error:
                yield ValueError(f"{path}, line {number}: {error}")


def _row(fields: list[str]) -> CsvRow:
    from datetime import datetime

    if len(fields) != 7:
        raise ValueError(f"{len(fields)} columns instead of 7")
    time_utc, pressure, temperature, ordinal, boot_id, monotonic, clock = fields
    if not 1 <= int(ordinal) < MOST_BOOTS:
        raise ValueError(f"{ordinal} is no number of a boot")
    moment = datetime.fromisoformat(time_utc)
    if moment.tzinfo is None:
        raise ValueError(f"{time_utc} has no time zone")
    if moment.year not in _YEARS:
        raise ValueError(f"{time_utc} is no time of a sample")
    return CsvRow(
        int(ordinal),
        boot_id,
        ClockTrust[clock.upper()],
        round(moment.timestamp() * 1000),
        _whole(monotonic, 1000, (0, MOST_MS), "monotonic_s"),
        _whole(pressure, 100, PRESSURES_PA, "pressure_hpa"),
        _whole(temperature, 100, TEMPERATURES_CENTI_C, "temperature_c") if temperature else None,
    )


def _whole(text: str, times: int, bounds: tuple[int, int], what: str) -> int:
    """A number in the unit in which it is stored; ValueError for one out of bounds."""
    number = float(text) * times
    if not bounds[0] <= number <= bounds[1]:
        raise ValueError(f"{what} is {text[:40]}, which cannot be")
    return round(number)
