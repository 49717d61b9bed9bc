"""A day at sea in a minute or two: one reading a second, and everything that goes wrong with it.

.venv/bin/python tests/benchmarks/barometer_soak.py           24 simulated hours
.venv/bin/python tests/benchmarks/barometer_soak.py 1         one

Driver, recorder and history are the real ones, before a twin in the air of 12 February 2014. On
it fall supply glitches between any two transfers, NACKs one at a time and in bursts, minutes
without the chip, with a stuck bit, or without a conversion; and the chip is swapped once. Ends
with 1 unless every stored pressure is within 0.2 hPa of the air and every gap is in the log, once.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path
from random import Random
from typing import NamedTuple

import figures

import sensors
from sensors import Barometer
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.record import PressureRecord, parse_time_utc
from sensors.simulated.weather import Weather
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.pacing import RecordPace
from web.recorder.recorder import Instruments, Recorder
from web.recorder.sensor_health import SensorHealth
from web.weather import Sample, Station

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
BEGIN = parse_time_utc("2014-02-12T00:00:00Z")
OTHER_CHIP = (27700, 26100, -1000, 36900, -10500, 3024, 4000, 100, -7, 15500, -14600, 6000)
GOAL_HPA = 0.2
# Outages take a tenth of the time; an outage may be of several kinds: nobody, then stuck, say.
LEAST_STORED, MOST_KINDS = 0.8, 4
# What fails again so soon is one outage for the log, which says that it comes and goes.
STEADY_S = 11

# Mean seconds from one to the next.
GLITCH_EVERY_S, NACK_EVERY_S, OUTAGE_EVERY_S = 300, 120, 3000


class Clock:
    """Time that passes when somebody sleeps."""

    seconds = BEGIN

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class Boat:
    """A barometer to which things happen. `happened` counts them."""

    def __init__(self, hours: float, seed: int) -> None:
        self.weather = Weather(PressureRecord.read(STORM))
        self.clock = Clock()
        self.happened = dict.fromkeys(("glitches", "NACKs", "outages", "swaps"), 0)
        self._random = Random(seed)
        self._chip = SimulatedBMP280(self.weather, clock=self.clock)
        self._bus = SimulatedI2C({0x77: self._chip})
        self._swap_at = BEGIN + 0.55 * hours * 3600
        self._repaired_at: float | None = None
        self.barometer = Barometer(self._bus)

    def read(self, moment: float) -> Sample:
        """Take the sample of a moment, with whatever happens before and under way."""
        self.clock.seconds = max(self.clock.seconds, moment)
        self.weather.move_to(moment)
        self._let_happen(moment)
        reading = self.barometer.read()
        return Sample(moment, reading.pressure_hpa, reading.temperature_c)

    def _let_happen(self, moment: float) -> None:
        random = self._random
        if self._repaired_at is not None and moment >= self._repaired_at:
            self._repair()
        if moment >= self._swap_at:
            self._swap_at = float("inf")
            self._chip = SimulatedBMP280(
                self.weather, trimming=OTHER_CHIP, seed=281, clock=self.clock
            )
            self._bus.chips[0x77] = self._chip
            self.happened["swaps"] += 1
        if random.random() < 1 / GLITCH_EVERY_S:
            self._bus.glitch(after=random.randrange(12))
            self.happened["glitches"] += 1
        if random.random() < 1 / NACK_EVERY_S:
            self._bus.nack(random.choice((1, 1, 1, 2, 3, 8)), after=random.randrange(12))
            self.happened["NACKs"] += 1
        if self._repaired_at is None and random.random() < 1 / OUTAGE_EVERY_S:
            self._break()
            self._repaired_at = moment + random.randrange(5, 600)
            self.happened["outages"] += 1

    def _break(self) -> None:
        what = self._random.randrange(4)
        if what == 0:
            del self._bus.chips[0x77]
        elif what == 1:
            self._chip.stuck = 0x08
        elif what == 2:
            self._chip.stuck = 0x01
            self._chip.power_on()
        else:
            self._chip.converts = False
            self._chip.power_on()

    def _repair(self) -> None:
        self._repaired_at = None
        self._chip.stuck, self._chip.converts = 0, True
        self._bus.chips[0x77] = self._chip


class Log(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record's words."""
        self.words.append(record.getMessage())


class Outcome(NamedTuple):
    """What became of the day. near: gaps that began soon after the one before, of one outage."""

    stored: int
    missing: int
    gaps: int
    near: int
    worst_hpa: float
    log: list[str]
    recoveries: int
    suspect: str


_BACK = "reading the barometer works again"


def live(boat: Boat, hours: float, path: Path) -> Outcome:
    """Record these hours and compare what is stored with the air."""
    log = Log()
    logging.getLogger().addHandler(log)
    moments = [BEGIN + second for second in range(round(hours * 3600))]
    pace = RecordPace(moments, moments[-1], 1.0)
    trust = SensorHealth(boat.barometer)
    with (
        History(path) as history,
        Recorder(
            HistoryMaintainer(history), Station(), pace, Instruments(boat.read, trust.remark)
        ) as recorder,
    ):
        recorder.join()
    worst_hpa, gaps, near, before, back = 0.0, 0, 0, BEGIN - 1, -inf
    with HistoryReader(path) as reader:
        stored = list(reader.samples())
    for sample in stored:
        boat.weather.move_to(sample.taken_at)
        worst_hpa = max(worst_hpa, abs(sample.pressure_hpa - boat.weather.pressure_pa / 100))
        if sample.taken_at - before > 1.5:
            gaps += 1
            near += before - back <= STEADY_S
            back = sample.taken_at
        before = sample.taken_at
    gaps += moments[-1] > before
    barometer = boat.barometer
    return Outcome(
        len(stored),
        len(moments) - len(stored),
        gaps,
        near,
        worst_hpa,
        log.words,
        barometer.recoveries,
        barometer.suspect,
    )


def main() -> int:
    """Live the day and say how it went."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    boat = Boat(hours, seed=2014)
    time.sleep = boat.clock.sleep  # type: ignore[assignment]
    began = time.monotonic()
    print(f"{hours:g} simulated hours ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        day = live(boat, hours, Path(folder) / "history.sqlite")
    print(f"{hours:g} h in {time.monotonic() - began:.0f} s; happened: {boat.happened}")
    print(f"stored {day.stored}, missing {day.missing} in {day.gaps} gaps")
    print(f"worst stored pressure off by {day.worst_hpa:.3f} hPa (goal {GOAL_HPA})")
    print(f"recovered within the reading {day.recoveries} times; suspect: {day.suspect or 'no'}")
    back = day.log.count(_BACK)
    kinds = {words[:70] for words in day.log}
    print(f"log: {len(day.log)} lines, {back} times {_BACK!r}; kinds:")
    for kind in sorted(kinds):
        print(f"    {sum(words.startswith(kind) for words in day.log):4} {kind}")
    missed = list(shortfalls(day, boat))
    figures.table(
        "A bad day at sea, a reading a second",
        ["hours", *boat.happened, "stored", "missing", "recovered", "worst error hPa"],
        [
            [
                f"{hours:g}",
                *map(str, boat.happened.values()),
                f"{day.stored:,d}",
                f"{day.missing:,d}",
                str(day.recoveries),
                f"{day.worst_hpa:.3f}",
            ]
        ],
    )
    figures.goals(not missed, "; ".join(missed))
    print("\n".join(f"NOT REACHED: {what}" for what in missed) or "reached")
    return 1 if missed else 0


def shortfalls(day: Outcome, boat: Boat) -> Iterator[str]:
    """What is not as it should be."""
    if day.worst_hpa > GOAL_HPA:
        yield f"a stored pressure is off by {day.worst_hpa:.2f} hPa"
    if day.stored < LEAST_STORED * (day.stored + day.missing):
        yield f"only {day.stored} samples are stored"
    if day.recoveries == 0 or boat.happened["swaps"] != 1:
        yield "no glitch was recovered from, or the chip was not swapped: nothing is shown"
    outages = outages_of(day.log)
    if not day.gaps - day.near - 1 <= len(outages) <= day.gaps:
        yield f"{day.gaps} gaps, but {len(outages)} outages in the log"
    for outage in outages:
        if len(set(outage)) != len(outage) or len(outage) > MOST_KINDS:
            yield f"an outage is told in {len(outage)} lines: {outage[:5]}"


def outages_of(log: list[str]) -> list[list[str]]:
    """What the log says of each outage, up to its end; what differs is the kind."""
    outages: list[list[str]] = []
    ended = True
    for words in log:
        if words.startswith("reading the barometer fails"):
            if ended:
                outages.append([])
            outages[-1].append(words)
            ended = False
        ended = ended or words == _BACK
    return outages


if __name__ == "__main__":
    sys.exit(main())
