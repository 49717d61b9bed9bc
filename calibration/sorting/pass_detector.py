"""PassDetector: pieces on a moving belt, each decided once, from all the readings of its pass.

light   ____        .--------.         A pass leaves the empty state and returns to it. On the
            ____.--'          '--.___  slopes the piece is partly covered and its colour mixes
counted  - - - - - x x x x x x - - -   with the belt's: readings that still change do not count.

                .-----.
              .'       '.....          Two pieces that touch: another class, as steady as the
counted  - - x x x x - - x x x x -     first and another light, is the next piece.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..colorimetry.arrays import FloatArray
from ..errors import CalibrationError
from ..teaching import NOTHING
from .sorter import ColourSorter, Sorted

# Times what is steady: two pieces differ by more light than a piece does from end to end, and a
# plateau is flatter than the slope of a slow belt, whose readings are steady too.
_ANOTHER_LIGHT: Final = 2.0
_FLAT: Final = 0.25


class _Observation(NamedTuple):
    light: FloatArray
    sorted: Sorted


@dataclass
class _Piece:
    """What a pass has shown so far: all readings, those that were steady, one of its plateau."""

    readings: list[_Observation] = field(default_factory=list)
    steady: list[_Observation] = field(default_factory=list)
    plateau: _Observation | None = None
    is_decided: bool = False


class PassDetector:
    """Watches a belt through a sorter and says once for each piece what it was.

    sorter: one that was taught what the empty belt looks like.
    agree: the share of the steady readings that must name one class, else the piece is unknown;
    above 0.5, so that a tie always is.
    steady: the largest change of light from one reading to the next, in any channel and as a
    share, for the two to count; 0.1 is 10 %. Where none is steady, all count.
    fewest: with fewer readings than this a piece is unknown.
    plateau: this many readings in a row of another class, alike to a quarter of ``steady``, are
    another piece that touches. Pieces of one class that touch are one piece.
    longest: after this many readings a piece is decided even though it has not left; what goes on
    lying there is not reported again.

    Raises CalibrationError: a sorter without the empty place, or numbers out of range.
    """

    def __init__(
        self,
        sorter: ColourSorter,
        *,
        agree: float = 0.6,
        steady: float = 0.1,
        fewest: int = 2,
        plateau: int = 3,
        longest: int = 60,
    ) -> None:
        if sorter.empty is None:
            raise CalibrationError(
                "this sorter was not taught what the empty belt looks like, so that it cannot see "
                "a piece come and go; fit it with empty=, some readings of the belt"
            )
        if not (0.5 < agree <= 1 and 0 < steady < 1 and 1 <= fewest <= longest and plateau >= 2):
            raise CalibrationError(
                f"agree={agree!r}, steady={steady!r}, fewest={fewest!r}, plateau={plateau!r}, "
                f"longest={longest!r}: agree is above 0.5 and at most 1, steady between 0 and 1, "
                "fewest at least 1 and at most longest, plateau at least 2"
            )
        self._sorter = sorter
        self._agree = agree
        self._steady = steady
        self._fewest = fewest
        self._plateau = plateau
        self._longest = longest
        self._piece: _Piece | None = None

    @property
    def is_passing(self) -> bool:
        """Whether something is before the sensor."""
        return self._piece is not None

    def add(self, raw: ArrayLike) -> Sorted | None:
        """Take the next reading; the piece that it decides, or None as long as it decides none.

        The decision comes with the first empty reading behind a piece, with the first steady
        readings of another piece that touches it, or after ``longest`` readings. Its label is
        None for an unknown piece. Confidence is the share of all the evidence that speaks for
        it, distance the median of the readings that do.

        Raises CalibrationError: not a reading as the sorter was taught, or not finite.
        """
        result = self._sorter.sort(raw)
        if result.label == NOTHING:
            leaving, self._piece = self._piece, None
            return self._tell(leaving)
        observation = _Observation(self._sorter.light(raw), result)
        piece = self._piece = self._piece or _Piece()
        self._count(piece, observation)
        following = self._following(piece)
        if following:
            del piece.steady[-len(following) :]
            self._piece = _Piece(list(following), following, following[-1])
            return self._tell(piece)
        decided = self._tell(piece) if len(piece.readings) >= self._longest else None
        if piece.is_decided:
            self._forget(piece)
        return decided

    def _count(self, piece: _Piece, observation: _Observation) -> None:
        before = piece.readings[-1] if piece.readings else None
        piece.readings.append(observation)
        if before is None or _change(before.light, observation.light) > self._steady:
            return
        if not piece.steady or piece.steady[-1] is not before:
            piece.steady.append(before)
        piece.steady.append(observation)

    def _following(self, piece: _Piece) -> list[_Observation]:
        """Return the first readings of another piece's plateau; empty if none follows."""
        end = piece.steady[-self._plateau :]
        label = end[0].sorted.label if end else None
        if len(end) < self._plateau or any(
            observation.sorted.label != label for observation in end
        ):
            return []
        light = np.array([observation.light for observation in end])
        if np.expm1(np.ptp(light, axis=0).max()) > _FLAT * self._steady:
            return []  # a slope of a slow belt
        if piece.plateau is None or piece.plateau.sorted.label == label:
            piece.plateau = end[-1]
            return []
        apart = _change(piece.plateau.light, end[-1].light)
        return end if apart > _ANOTHER_LIGHT * self._steady else []

    def _tell(self, piece: _Piece | None) -> Sorted | None:
        if piece is None or piece.is_decided:
            return None
        piece.is_decided = True
        return self._decide([observation.sorted for observation in piece.steady or piece.readings])

    def _forget(self, piece: _Piece) -> None:
        """Of a piece that is decided, keep only what shows whether another one follows it."""
        del piece.readings[:-1]
        del piece.steady[: -self._plateau]

    def _decide(self, readings: list[Sorted]) -> Sorted:
        """By the evidence of all, when enough of them agree."""
        best = _most(readings)
        agreeing = [one for one in readings if one.label == best]
        confidence = sum(one.confidence for one in agreeing) / len(readings)
        enough = len(readings) >= self._fewest
        if best is None or not enough or len(agreeing) < self._agree * len(readings):
            nearest = _most(_nearest(readings))
            distance = median(one.distance for one in readings)
            sure = confidence if best is None else 1 - confidence
            return Sorted(None, sure, nearest, distance)
        others = [one for one in readings if one.label not in (best, None)]
        runner_up = _most(others) if others else _most(_next(agreeing))
        return Sorted(best, confidence, runner_up, median(one.distance for one in agreeing))


def _change(one: FloatArray, other: FloatArray) -> float:
    """Return the largest change of light in any channel, as a share."""
    return float(np.expm1(np.abs(other - one).max()))


def _most(readings: Iterable[Sorted]) -> str | None:
    """Return the label with most evidence: each reading adds its confidence."""
    evidence: dict[str | None, float] = {}
    for one in readings:
        evidence[one.label] = evidence.get(one.label, 0.0) + one.confidence
    return max(evidence, key=evidence.__getitem__, default=None)


def _nearest(readings: Iterable[Sorted]) -> Iterator[Sorted]:
    """Yield the readings, the unknown ones with their nearest class."""
    for one in readings:
        yield one if one.label is not None else one._replace(label=one.runner_up)


def _next(readings: Iterable[Sorted]) -> Iterator[Sorted]:
    for one in readings:
        yield one._replace(label=one.runner_up)
