"""A month at sea, a reading a second: does the boat itself ring the alarm?

  .venv/bin/python tests/benchmarks/boat_month.py MERRA.csv [SEED]       two minutes

The weather: January and February 2014 off western Ireland, the stormiest on that record. Heave,
gusts, hatches, a glitch every 500 s, gaps and another sensor are added (virtual_boat.py), and the
live rule is run over it and over the same weather without them. Printed is how often each level
was raised in either; ends with 1 when the boat raises one more often than the weather does.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import figures
import numpy as np
from virtual_boat import Weather, at_sea, calm

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from storm_records.warning_hours import hours_of, read_rows

from web.weather import Sample, Station, StormLevel, StormWatch

BEGINS, DAYS = 1_388_707_200.0, 30  # 3 January 2014
BEFORE_DAYS = 31
STATION = Station(53.5, -8.0, 75.0)
LEVELS = (StormLevel.WATCH, StormLevel.WARNING, StormLevel.STORM)


def main() -> int:
    """Sail the month with and without the boat."""
    path, seed = Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1
    before, weather = month(path)
    raised = {}
    for name, samples in (("the weather", calm(weather)), ("the boat", at_sea(weather, seed))):
        print(f"{name} ...", file=sys.stderr, flush=True)
        watch = StormWatch(STATION)
        for sample in before:
            watch.update(sample)
        raised[name] = onsets(watch, samples)
    print(f"{'raised by':14}" + "".join(f"{level.name:>10}" for level in LEVELS))
    for name, counts in raised.items():
        print(f"{name:14}" + "".join(f"{counts[level]:10}" for level in LEVELS))
    more = [lvl for lvl in LEVELS if raised["the boat"][lvl] > raised["the weather"][lvl]]
    print("the boat raises more" if more else "the boat raises nothing of its own")
    rows = [[name, *(str(found[level]) for level in LEVELS)] for name, found in raised.items()]
    figures.table("Levels raised in thirty days", ["by", *(lvl.name for lvl in LEVELS)], rows)
    figures.figure(
        "false alarms by the boat",
        sum(max(0, raised["the boat"][lvl] - raised["the weather"][lvl]) for lvl in LEVELS),
    )
    figures.goals(not more, "the boat raises nothing of its own")
    return 1 if more else 0


def month(path: Path) -> tuple[list[Sample], Weather]:
    """The hours before the month, as samples, and the month."""
    hours = hours_of(read_rows(path))
    first = hours.since(BEGINS - BEFORE_DAYS * 86400, BEGINS)
    before = [Sample(*pair) for pair in zip(first.moments, first.pressures_hpa, strict=True)]
    part = hours.since(BEGINS, BEGINS + DAYS * 86400 + 1)
    return before, Weather(BEGINS, np.array(part.pressures_hpa), np.array(part.winds_ms) / 1.192)


def onsets(watch: StormWatch, samples: Iterable[Sample]) -> dict[StormLevel, int]:
    """How often each level was reached from below."""
    counts = dict.fromkeys(LEVELS, 0)
    level = StormLevel.CALM
    for sample in samples:
        outlook = watch.update(sample)
        if outlook is None or outlook.level is level:
            continue
        for each in LEVELS:
            counts[each] += level < each <= outlook.level
        level = outlook.level
    return counts


if __name__ == "__main__":
    sys.exit(main())
