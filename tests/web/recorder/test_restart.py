"""The storm rule after a restart, on real records: that of a program that was never stopped."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from sensors.simulated.record import PressureRecord
from web.history.clock_trust import ClockReading, ClockTrust
from web.history.reader import HistoryReader
from web.history.writer import History
from web.recorder.warm_start import warm_start
from web.weather import Outlook, Sample, Station, StormLevel, StormWatch

HOUR, DAY = 3600.0, 86_400.0
IRELAND, JFK = Station(53.5, -8.0), Station(40.64, -73.78, 4.0)
DONGJI = Station(23.257, 119.667, 43.0)
# Sixteen years: the history takes no time from before the program was made.
LATER_S = 5844 * DAY
# The month of the rule is of medians, that of the history of means; its hours begin with the boot.
# At the edge of a threshold this moves a level by minutes.
NEARLY_MS, NEARLY_S = 0.002, 300.0
RESTARTS = 8
Row = tuple[float, float]


class Restarted:
    """A rule that was started from the history, and how far it is from the one never stopped."""

    def __init__(self, watch: StormWatch, until: float) -> None:
        self.watch, self.until = watch, until
        self._differs_since: float | None = None

    def compare(self, sample: Sample, never_stopped: Outlook) -> None:
        outlook = self.watch.update(sample)
        assert outlook is not None
        assert outlook.tendency == never_stopped.tendency
        assert outlook.changes == never_stopped.changes
        if never_stopped.wind_ms is not None:
            assert outlook.wind_ms == pytest.approx(never_stopped.wind_ms, abs=NEARLY_MS)
        if outlook.level is never_stopped.level:
            self._differs_since = None
            assert outlook.since == pytest.approx(never_stopped.since, abs=NEARLY_S)
            return
        self._differs_since = self._differs_since or sample.taken_at
        assert sample.taken_at - self._differs_since < NEARLY_S


class Voyage:
    """A program that records and is never stopped, and others that start from its history."""

    def __init__(self, path: Path, station: Station) -> None:
        self.path, self.station = path, station
        self.watch = StormWatch(station)
        self.restarted: list[Restarted] = []
        self.levels: set[StormLevel] = set()
        self._boots, self._random = 1, Random(7)

    def sail(self, samples: list[Sample], restarts: list[float], follow_s: float) -> None:
        due, index = sorted(restarts), 0
        while index < len(samples):
            with self._boot(samples[index].taken_at) as history:
                while index < len(samples) and not (due and samples[index].taken_at >= due[0]):
                    self._take(samples[index], history)
                    index += 1
                history.commit()
                if due:
                    self._start_again(history, due.pop(0) + follow_s)
            if due and self._random.random() < 0.5:  # the power was off
                self._boots += 1
                off_until = samples[index].taken_at + 10 * 1000 ** self._random.random()
                while samples[index].taken_at < off_until:
                    index += 1

    def _boot(self, moment: float) -> History:
        history = History(self.path, f"b{self._boots:07d}")
        if history.boot is None:
            begin_ms = round(moment * 1000) - 20_000
            history.set_clock(ClockReading(begin_ms, ClockTrust.SYNCHRONISED), 0)
        return history

    def _start_again(self, history: History, until: float) -> None:
        with HistoryReader(self.path) as reader:
            watch = warm_start(reader, self.station, history.boot, is_start=True)
        self.restarted.append(Restarted(watch, until))

    def _take(self, sample: Sample, history: History) -> None:
        outlook = self.watch.update(sample)
        history.queue(sample, outlook.level if outlook else None)
        if history.waiting >= 5000:
            history.commit()
        for restarted in self.restarted:
            if sample.taken_at <= restarted.until:
                assert outlook is not None
                self.levels.add(outlook.level)
                restarted.compare(sample, outlook)


def rows_of(path: Path, begin: str, days: float) -> list[Row]:
    """The rows of a record from a day on, many years later."""
    first = datetime.fromisoformat(begin).replace(tzinfo=UTC).timestamp()
    return [
        (moment + LATER_S, hpa)
        for moment, hpa in PressureRecord.read(path).rows
        if first <= moment <= first + days * DAY
    ]


def sampled(rows: list[Row], early_s: float, period_s: float, late_days: float) -> Iterator[Sample]:
    """Samples between the rows, with the noise of a sensor, in whole pascals.

    period_s: in the last days; early_s: in those before, which make the month.
    """
    chance, moment = Random(5), rows[0][0] + 3.217
    late = rows[-1][0] - late_days * DAY
    for (begin, before), (end, after) in pairwise(rows):
        while moment < end:
            share = (moment - begin) / (end - begin)
            pressure_hpa = before + share * (after - before) + chance.gauss(0, 0.02)
            yield Sample(round(moment * 1000) / 1000, round(pressure_hpa * 100) / 100)
            moment += period_s if moment >= late else early_s


@pytest.mark.long("weeks, minute by minute, and days at a second")
@pytest.mark.parametrize(
    ("name", "begin", "station", "period_s", "late_days", "levels"),
    [
        ("merra2_ireland_sw_2000_2017.csv", "2013-11-26", IRELAND, 60.0, 6.0, 3),
        ("merra2_ireland_sw_2000_2017.csv", "2013-11-12 16:00", IRELAND, 2.0, 2.4, 3),
        ("merra2_ireland_sw_2000_2017.csv", "2013-12-01", IRELAND, 3600.0, 9.0, 4),
        ("nyc_jfk_2013.csv", "2013-02-01", JFK, 600.0, 12.0, 2),
        ("stations/tw_dongji.csv", "2021-06-14", DONGJI, 300.0, 12.0, 2),
    ],
)
def test_the_outlook_is_that_of_a_program_that_was_never_stopped(
    path: Path,
    record: Callable[[str], Path],
    name: str,
    begin: str,
    station: Station,
    period_s: float,
    late_days: float,
    levels: int,
) -> None:
    rows = rows_of(record(name), begin, 42)
    samples = list(sampled(rows, max(900.0, period_s), period_s, late_days))
    end, last_s = rows[-1][0] - HOUR, (late_days - 2.2) * DAY
    restarts = [end - Random(n).random() * last_s for n in range(RESTARTS)]
    voyage = Voyage(path, station)
    voyage.sail(samples, restarts, min(last_s, 8 * HOUR))
    assert len(voyage.restarted) == RESTARTS
    assert len(voyage.levels) >= levels


def windy_storm(history: History) -> StormLevel:
    """Ten hours with a fall that alone is no storm; but it blows already."""
    watch, begin = StormWatch(), 1.8e9
    for minute in range(600):
        pressure_hpa = 1010.0 - max(0, minute - 400) / 60 + 0.01 * (minute % 3)
        outlook = watch.update(Sample(begin + 60 * minute, pressure_hpa), 19.0)
        history.queue(Sample(begin + 60 * minute, pressure_hpa), outlook and outlook.level)
    history.commit()
    assert outlook is not None
    return outlook.level


@pytest.mark.parametrize("is_start", [True, False])
def test_a_level_that_a_known_wind_had_raised_outlasts_a_restart(
    path: Path, history: History, is_start: bool
) -> None:
    """But not a clock that was set: it may have been raised by a wrong one."""
    level = windy_storm(history)
    assert level is StormLevel.STORM
    with HistoryReader(path) as reader:
        watch = warm_start(reader, Station(), history.boot, is_start=is_start)
    assert watch.outlook is not None
    assert (watch.outlook.level is level) is is_start
