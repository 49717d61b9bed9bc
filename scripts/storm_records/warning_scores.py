r"""How good warnings are: events, hits and false alarms, by the definition of docs/storms.md.

    wind   ______________/~~~~~\\_____       an event begins at T, in the first hour of the gale
    alarm  ______|########|__________       a hit: on an hour or more before T, and in the twelve
                 s   lead T                 hours before it; the lead is T - s, a day at the most

The measure that counts is CSI: hits divided by events and false alarms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import NamedTuple

from storm_records.warning_hours import HourlyRecord

_APART_H = 12  # gale hours no farther apart are one event
_TOGETHER_H = 6  # alarm hours no farther apart are one episode
_DAY_H = 24
_BEFORE_H = 12
_FEWEST_WINDS, _FEWEST_PRESSURES = 6, 9
_MONTH_H = 30 * 24


class Outcome(NamedTuple):
    """An event or a piece of an episode: its first hour, and whether it was a hit."""

    hour: int
    is_good: bool
    lead_h: int = 0


@dataclass(frozen=True)
class Score:
    """Outcomes of events and episodes. hours: of the record; alarm_hours: in alarm."""

    events: tuple[Outcome, ...]
    pieces: tuple[Outcome, ...]
    hours: int
    alarm_hours: int

    def __add__(self, other: "Score") -> "Score":
        """Pool two stations."""
        moved = [outcome._replace(hour=outcome.hour + self.hours) for outcome in other.events]
        pieces = [outcome._replace(hour=outcome.hour + self.hours) for outcome in other.pieces]
        return Score(
            (*self.events, *moved),
            (*self.pieces, *pieces),
            self.hours + other.hours,
            self.alarm_hours + other.alarm_hours,
        )

    @property
    def hits(self) -> int:
        """Events with an alarm in time."""
        return sum(event.is_good for event in self.events)

    @property
    def false(self) -> int:
        """Pieces of episodes that no gale followed."""
        return sum(not piece.is_good for piece in self.pieces)

    @property
    def detected(self) -> float:
        """POD: hits divided by events."""
        return self.hits / max(1, len(self.events))

    @property
    def false_share(self) -> float:
        """FAR: false pieces divided by all pieces."""
        return self.false / max(1, len(self.pieces))

    @property
    def success(self) -> float:
        """CSI: hits divided by events and false pieces."""
        return self.hits / max(1, len(self.events) + self.false)

    @property
    def lead_h(self) -> float:
        """The median lead of the hits."""
        return median(event.lead_h for event in self.events if event.is_good) if self.hits else 0.0

    @property
    def false_a_month(self) -> float:
        """False pieces in thirty days."""
        return self.false / max(1, self.hours) * _MONTH_H

    def ranges(self) -> "Ranges":
        """Return where 90 % of CSI and false alarms are in 1000 random draws of months."""
        months = {n // _MONTH_H: [0, 0, 0, 0] for n in range(0, self.hours, _MONTH_H)}
        for month in months:  # the last one may be a part
            months[month][3] = min(_MONTH_H, self.hours - month * _MONTH_H)
        for event in self.events:
            months[event.hour // _MONTH_H][0] += 1
            months[event.hour // _MONTH_H][1] += event.is_good
        for piece in self.pieces:
            months[piece.hour // _MONTH_H][2] += not piece.is_good
        counts, random = list(months.values()), Random(1)
        success, false = [], []
        for _ in range(1000):
            sample = random.choices(counts, k=len(counts))
            events, hits, wrong, hours = (sum(column) for column in zip(*sample, strict=True))
            success.append(hits / max(1, events + wrong))
            false.append(wrong / hours * _MONTH_H)
        return Ranges(_middle(success), _middle(false))


class Ranges(NamedTuple):
    """From and to, for CSI and false alarms in thirty days."""

    success: tuple[float, float]
    false_a_month: tuple[float, float]


def _middle(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values)
    out = round((1 - 0.9) / 2 * (len(ordered) - 1))
    return ordered[out], ordered[-1 - out]


def score(alarm: Sequence[bool], hours: HourlyRecord, wind_ms: float) -> Score:
    """Score hourly alarms against mean wind from wind_ms on; missing wind is no gale."""
    gale = [wind >= wind_ms for wind in hours.winds_ms]
    episodes = _episodes(alarm)
    events = tuple(_event(onset, episodes) for onset in _onsets(gale) if _is_counted(onset, hours))
    pieces = tuple(piece for begin, end in episodes for piece in _pieces(begin, end, gale, hours))
    return Score(events, pieces, len(hours), sum(alarm))


def _onsets(gale: Sequence[bool]) -> list[int]:
    onsets, last = [], -_APART_H - 1
    for hour, blows in enumerate(gale):
        if blows:
            if hour - last > _APART_H:
                onsets.append(hour)
            last = hour
    return onsets


def _is_counted(onset: int, hours: HourlyRecord) -> bool:
    before = slice(onset - _BEFORE_H, onset)
    return (
        onset >= _DAY_H
        and _known(hours.winds_ms[before]) >= _FEWEST_WINDS
        and _known(hours.pressures_hpa[before]) >= _FEWEST_PRESSURES
    )


def _known(values: Sequence[float]) -> int:
    return sum(value == value for value in values)


def _episodes(alarm: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the first and the last hour of each episode."""
    episodes: list[tuple[int, int]] = []
    for hour, is_on in enumerate(alarm):
        if not is_on:
            continue
        if episodes and hour - episodes[-1][1] <= _TOGETHER_H:
            episodes[-1] = (episodes[-1][0], hour)
        else:
            episodes.append((hour, hour))
    return episodes


def _event(onset: int, episodes: Sequence[tuple[int, int]]) -> Outcome:
    in_time = [b for b, e in episodes if b <= onset - 1 and e >= onset - _BEFORE_H]
    lead_h = min(onset - min(in_time), _DAY_H) if in_time else 0
    return Outcome(onset, bool(in_time), lead_h)


def _pieces(begin: int, end: int, gale: Sequence[bool], hours: HourlyRecord) -> list[Outcome]:
    """Cut an episode into days; skip those that begin on the first day or in a gale."""
    pieces = []
    for s in range(begin, end + 1, _DAY_H):
        e = min(s + _DAY_H - 1, end)
        if s < _DAY_H or any(gale[max(0, s - _BEFORE_H) : s + 1]):
            continue
        until = max(s + _DAY_H, e + _BEFORE_H)
        after = slice(s + 1, until + 1)
        if any(gale[after]):
            pieces.append(Outcome(s, is_good=True))
        elif _known(hours.winds_ms[after]) >= _FEWEST_WINDS:
            pieces.append(Outcome(s, is_good=False))
    return pieces
