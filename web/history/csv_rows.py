"""The lines of the daily copies: rows of the history as plain text."""

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
# Values outside come from a garbled page or line.
PRESSURES_PA, TEMPERATURES_CENTI_C = (30_000, 120_000), (-6_000, 12_000)
_YEARS = range(1900, 2501)


class CsvRow(NamedTuple):
    """A line of a copy: boot, time in it, source of the time, and the values as stored."""

    ordinal: int
    boot_id: str
    trust: ClockTrust
    wall_ms: int
    monotonic_ms: int
    pressure_pa: int
    temperature_centi_c: int | None

    @property
    def line(self) -> str:
        centi_c = self.temperature_centi_c
        temperature = "" if centi_c is None else f"{centi_c / 100:.2f}"
        return (
            f"{iso(self.wall_ms / 1000)},{self.pressure_pa / 100:.2f},{temperature},"
            f"{self.ordinal},{self.boot_id},{self.monotonic_ms / 1000:.3f},"
            f"{self.trust.name.lower()}\n"
        )

    @property
    def boot(self) -> Boot:
        offset_ms = self.wall_ms - self.monotonic_ms
        return Boot(self.ordinal, self.boot_id, 0, offset_ms, self.trust)

    def stored_in(self, boot: Boot) -> tuple[int, int, int | None]:
        """Return the row of the table of samples."""
        return boot.number(self.monotonic_ms), self.pressure_pa, self.temperature_centi_c


def read_copies(folder: Path) -> Iterator[CsvRow | ValueError]:
    """Yield the lines of all copies, day by day; a ValueError in place of an invalid one."""
    for path in sorted(folder.glob("*.csv")):
        try:
            yield from read_copy(path)
        except OSError as error:
            yield ValueError(f"{path}: {error.strerror}")


def last_ordinal(folder: Path) -> int:
    """Return the number of the newest boot, by the last lines of the copies; 0 for none."""
    last = 0
    for path in folder.glob("*.csv"):
        with suppress(OSError, ValueError, KeyError, IndexError), path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LONGEST_LINE))
            lines = file.read().decode("ascii", errors="replace").splitlines()
            last = max(last, _row(lines[-1].split(",")).ordinal)
    return last


def boots_of(rows: Iterable[CsvRow]) -> dict[int, Boot]:
    """Return the boots of the lines, each with its most trusted time.

    Raises ValueError if one number stands for two boots, from two histories.
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
    """Yield the lines of one copy; a ValueError in place of an invalid one. Raises OSError."""
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
    """Return a number in the unit of the file. Raises ValueError if out of bounds."""
    number = float(text) * times
    if not bounds[0] <= number <= bounds[1]:
        raise ValueError(f"{what} is {text[:40]}, which cannot be")
    return round(number)
