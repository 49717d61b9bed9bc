"""The local clock: the moments that are ruled, and when it is put forward or back."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from ...display.times import zone_name

_DAY_S = 86400


def local(moment: float, zone: tzinfo) -> datetime:
    """A moment (Unix seconds) as the clock of the zone shows it."""
    return datetime.fromtimestamp(moment, zone)


def clock_moments(start: float, end: float, every_min: int, zone: tzinfo) -> list[float]:
    """The moments when the clock shows a multiple of so many minutes since midnight, in order.

    An hour that is skipped has none, one that comes twice has them twice; each day has one first
    moment, whatever the clock shows at it.
    """
    found = set()
    for day in _days(start, end, zone):
        found.add(_first_moment(day, zone))
        for minute in range(every_min, 24 * 60, every_min):
            wall = datetime.combine(day, time(*divmod(minute, 60)))
            for fold in (0, 1):
                moment = wall.replace(tzinfo=zone, fold=fold).timestamp()
                if local(moment, zone).replace(tzinfo=None) == wall:
                    found.add(moment)
    return sorted(moment for moment in found if start <= moment <= end)


def date_moments(
    start: float, end: float, is_wanted: Callable[[date], bool], zone: tzinfo
) -> list[float]:
    """The first moments of the wanted dates, in order."""
    firsts = (_first_moment(day, zone) for day in _days(start, end, zone) if is_wanted(day))
    return [moment for moment in firsts if start <= moment <= end]


def offsets(start: float, end: float, zone: tzinfo) -> list[tuple[int, int, str]]:
    """From when (Unix seconds), how far ahead of UTC (minutes), and the name of that time.

    The first is in force at `start`; each further one is a change before `end`.
    """
    in_force = _offset_min(start, zone)
    found = [(int(start), in_force, zone_name(start, zone))]
    before = int(start)
    while before < end:
        after = min(before + _DAY_S, int(end) + 1)  # nobody puts a clock twice in a day
        if _offset_min(after, zone) != in_force:
            changed = _change(before, after, zone)
            in_force = _offset_min(changed, zone)
            found.append((changed, in_force, zone_name(changed, zone)))
        before = after
    return found


def _change(before: int, after: int, zone: tzinfo) -> int:
    """The first second of another offset."""
    old = _offset_min(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_min(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _offset_min(moment: float, zone: tzinfo) -> int:
    ahead = local(moment, zone).utcoffset() or timedelta()
    return int(ahead.total_seconds()) // 60


def _first_moment(day: date, zone: tzinfo) -> float:
    # Where midnight is skipped, this is the moment of the skip; where it comes twice, the first.
    return datetime.combine(day, time(), zone).timestamp()


def _days(start: float, end: float, zone: tzinfo) -> Iterator[date]:
    day, last = local(start, zone).date(), local(end, zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
