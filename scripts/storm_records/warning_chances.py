"""Verification of stated chances: how often the event followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from storm_records.warning_hours import HourlyRecord

WITHIN_H = 12
_FEWEST_WINDS = 9
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.01)


@dataclass(frozen=True)
class Verification:
    """Stated chances (0..1), and whether the event followed each."""

    chances: tuple[float, ...]
    happened: tuple[bool, ...]

    def __add__(self, other: "Verification") -> "Verification":
        """Pool two stations."""
        return Verification((*self.chances, *other.chances), (*self.happened, *other.happened))

    @property
    def brier(self) -> float:
        """The Brier score: the mean square error of the chances; 0 is perfect."""
        return sum(
            (chance - it) ** 2 for chance, it in zip(self.chances, self.happened, strict=True)
        ) / max(1, len(self.chances))

    def bins(self) -> Iterator["Bin"]:
        """Yield the bins by stated chance that are not empty."""
        for low, high in pairwise(_EDGES):
            pairs = zip(self.chances, self.happened, strict=True)
            within = [(chance, it) for chance, it in pairs if low <= chance < high]
            if within:
                count = len(within)
                stated, happened = (sum(column) / count for column in zip(*within, strict=True))
                yield Bin(stated, happened, count)


@dataclass(frozen=True)
class Bin:
    """Hours of about the same stated chance: the mean chance, the observed share, their number."""

    stated: float
    happened: float
    hours: int


def verify(
    chances: Sequence[float], hours: HourlyRecord, wind_ms: float, calm_ms: float
) -> Verification:
    """Compare hourly chances (nan: none) with wind of wind_ms and more in the next twelve hours.

    Leave out hours with wind of calm_ms and more, and hours followed by too few known winds.
    """
    winds = hours.winds_ms
    stated, happened = [], []
    for hour, chance in enumerate(chances):
        after = winds[hour + 1 : hour + 1 + WITHIN_H]
        it = any(wind >= wind_ms for wind in after)
        known = sum(wind == wind for wind in after)
        if chance == chance and winds[hour] < calm_ms and (it or known >= _FEWEST_WINDS):
            stated.append(chance)
            happened.append(it)
    return Verification(tuple(stated), tuple(happened))
