"""A small boat in a real storm, a reading a second: it rings no alarm of its own."""

import csv
from pathlib import Path

import numpy as np
import pytest
from boat_month import LEVELS, onsets
from virtual_boat import Weather, at_sea, calm, smooth

import sensors
from sensors.simulated.record import parse_time_utc
from web.weather import Sample, Station, StormWatch

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"
BEGINS = parse_time_utc("2014-02-11T18:00:00Z")
ENDS = parse_time_utc("2014-02-13T00:00:00Z")


def storm() -> tuple[list[Sample], Weather]:
    """What was before, hour by hour, and the storm."""
    with STORM.open(newline="", encoding="utf-8") as lines:
        rows = [
            (parse_time_utc(row["time_utc"]), float(row["pressure_hpa"]), float(row["wind_ms"]))
            for row in csv.DictReader(lines)
        ]
    before = [Sample(at, hpa) for at, hpa, _ in rows if at < BEGINS]
    part = [(hpa, wind / 1.192) for at, hpa, wind in rows if BEGINS <= at <= ENDS]
    pressures, winds = (np.array(column) for column in zip(*part, strict=True))
    return before, Weather(BEGINS, pressures, winds)


def test_the_smooth_curve_goes_through_the_hours_and_overshoots_nowhere() -> None:
    hours = np.array([1010.0, 1008.0, 1001.0, 1001.0, 1004.0, 1003.0])
    curve = smooth(hours)
    assert curve[::3600].tolist() == pytest.approx(hours[:-1].tolist())
    assert curve.min() >= 1001.0 - 1e-9
    assert curve.max() <= 1010.0 + 1e-9


@pytest.mark.long("days at a sample a second")
def test_heave_gusts_hatches_and_glitches_raise_nothing_more_than_the_storm_does() -> None:
    before, weather = storm()
    counts = []
    for samples in (calm(weather), at_sea(weather, seed=7)):
        watch = StormWatch(Station(53.5, -8.0, 75.0))
        for sample in before:
            watch.update(sample)
        counts.append(onsets(watch, samples))
    perfect, boat = counts
    assert all(perfect.values())
    for level in LEVELS:
        assert boat[level] == perfect[level]
