"""The report's pictures: each of what one or two parts handed over, and none when they did not."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from report.lines_picture import Axis, lines_picture
from report.ranges_picture import Row, ranges_picture
from report.results import Comparison, Result

_OURS = "Storm Petrel"
_LEAST_ERROR = 0.01  # %
_HZ = ((100.0, "100"), (1000.0, "1000"), (10_000.0, "10 000"))
_MOST_RULES = 7


class Picture(NamedTuple):
    """A file, the part it belongs to, what it shows in words, and the drawing."""

    name: str
    part: str
    words: str
    svg: str


def pictures(results: Mapping[str, Result]) -> Iterator[Picture]:
    """Those of the parts that ran; results by the name of the part."""
    for draw in (_frequency, _barometer, _colours, _naming, _storms):
        yield from draw(results)


def _frequency(results: Mapping[str, Result]) -> Iterator[Picture]:
    curves = results["frequency"].curves.get("frequency") if "frequency" in results else None
    if not curves:
        return
    errors = [y for points in curves.values() for _, y in points]
    title = "Error of a frequency: 50 ms, edges of a Pi 4"
    svg = lines_picture(
        curves,
        title,
        (Axis(100, 20_000, is_log=True, ticks=_HZ), "Hz"),
        (Axis.decades(_LEAST_ERROR, max(errors)), "99th percentile of the error, %"),
    )
    yield Picture("benchmarks-frequency.svg", "frequency", f"{title}, by frequency", svg)


def _barometer(results: Mapping[str, Result]) -> Iterator[Picture]:
    survived = _comparison(results, "faults", "barometer faults survived")
    cost = _comparison(results, "cost", "processor time of a reading, beside all")
    if survived is None or cost is None:
        return
    both = set(survived.others) & set(cost.others)
    rows = [Row(_OURS, cost.ours, round(survived.ours.value), 8)]
    rows += [
        Row(name, cost.others[name], round(survived.others[name].value), 8)
        for name in sorted(both, key=lambda name: -survived.others[name].value)
    ]
    highest = max(row.measured.high for row in rows)
    title = "Barometer drivers: faults survived, and what a reading costs"
    svg = ranges_picture(
        rows,
        title,
        _doubling(0.5, highest),
        "processor time, 1 = the least that a forced reading can cost",
        {_OURS: None},
        "of eight",
    )
    yield Picture("benchmarks-barometer.svg", "faults", title, svg)


def _colours(results: Mapping[str, Result]) -> Iterator[Picture]:
    curves = results["colours"].curves.get("colours, White LEDs") if "colours" in results else None
    if not curves:
        return
    # In even steps: the first cards are those that matter.
    counts = [x for x, _ in next(iter(curves.values()))]
    place = {count: float(number) for number, count in enumerate(counts)}
    ticks = tuple((place[count], f"{count:.0f}") for count in counts)
    highest = max(y for points in curves.values() for _, y in points)
    title = "Colours off by, under white LEDs, by the number of cards"
    svg = lines_picture(
        {name: [(place[x], y) for x, y in points] for name, points in curves.items()},
        title,
        (Axis(0, len(counts) - 1, is_log=False, ticks=ticks), "cards read"),
        (Axis.even(highest, 2.0), "mean ΔE00 of surfaces not seen"),
    )
    yield Picture("benchmarks-colours.svg", "colours", title, svg)


def _naming(results: Mapping[str, Result]) -> Iterator[Picture]:
    one = _comparison(results, "naming", "processor time of a word for one reading")
    if one is None:
        return
    rows = [Row(_OURS, one.ours), *(Row(name, each) for name, each in one.others.items())]
    highest = max(row.measured.high for row in rows)
    title = "What a word for one reading costs"
    axis = Axis.decades(1, highest)
    svg = ranges_picture(rows, title, axis, "processor time, 1 = ours", {_OURS: None})
    yield Picture("benchmarks-naming.svg", "naming", title, svg)


def _storms(results: Mapping[str, Result]) -> Iterator[Picture]:
    if "storms" not in results:
        return
    for compared in results["storms"].comparisons:
        if not compared.what.startswith("CSI of WATCH for near gales, western Ireland"):
            continue
        best = sorted(compared.others.items(), key=lambda pair: -pair[1].value)[:_MOST_RULES]
        rows = [Row(f"{_OURS}, WATCH", compared.ours), *(Row(n, each) for n, each in best)]
        rows.sort(key=lambda row: -row.measured.value)
        title = "Near gales off western Ireland, 2009 to 2017"
        svg = ranges_picture(
            rows,
            title,
            Axis.even(0.5, 0.1),
            "CSI, and where 90 % of draws of months lie: more is better",
            {f"{_OURS}, WATCH": None},
        )
        words = f"{title}: CSI of WATCH and of the best rules of thumb"
        yield Picture("benchmarks-storms.svg", "storms", words, svg)


def _comparison(results: Mapping[str, Result], part: str, what: str) -> Comparison | None:
    if part not in results:
        return None
    found = (each for each in results[part].comparisons if each.what == what and each.others)
    return next(found, None)


def _doubling(low: float, high: float) -> Axis:
    """A logarithmic axis with a tick at each doubling."""
    ticks = [low]
    while ticks[-1] < high:
        ticks.append(2 * ticks[-1])
    labels = tuple((tick, f"{tick:g}") for tick in ticks)
    return Axis(low, ticks[-1], is_log=True, ticks=labels)
