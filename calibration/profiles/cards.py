"""Coloured cards of known colour, and the readings that a correction is fitted to."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..colorimetry.arrays import Channels, FloatArray, as_channels, real_numbers, within
from ..colorimetry.delta_e import delta_e_2000
from ..colorimetry.spaces import xyz_to_lab
from ..errors import CalibrationError
from .correction import Correction
from .default_correction import shipped
from .references import References

_LARGEST_XYZ: Final = 1.5  # white is 1; glossy or fluorescent cards may lie a little above
_LARGEST_REFLECTANCE: Final = 10.0

COLORCHECKER: Final = Path(__file__).parents[1] / "data" / "colorchecker_24.csv"

Colour = tuple[float, float, float]


class Card(NamedTuple):
    """A card and its true colour: XYZ under D65, white Y = 1."""

    name: str
    xyz: Colour


def colorchecker() -> list[Card]:
    """Return the 24 patches of a ColorChecker in their order on the card, six in a row."""
    with COLORCHECKER.open(encoding="utf-8", newline="") as lines:
        return [
            Card(row["name"], (float(row["x"]), float(row["y"]), float(row["z"])))
            for row in csv.DictReader(lines)
        ]


class LeaveOneOut(NamedTuple):
    """CIEDE2000 of cards that a fit had not seen, in the order of their first readings.

    ``worst`` is how far off the worst card is, ``worst_card`` its number and ``worst_row`` the row
    of its first reading. It is the one that neither the others explain nor what is known without
    cards: where two cards were exchanged, the fits that have both may miss a good one by more.
    """

    delta_e: FloatArray
    mean: float
    worst: float
    worst_card: int
    worst_row: int


@dataclass(frozen=True, init=False)
class Cards:
    """Readings ``raw`` (n, 4) in Hz of cards with true colours ``xyz`` (n, 3), D65, white Y = 1.

    Rows with equal ``xyz`` are repeats of one card. Each card counts once however often it was
    read: its repeats are averaged, since repeats kept apart would teach the fit to treat the
    sensor's noise as colour. Cards are numbered in the order of their first reading.

    Raises CalibrationError: no rows, shapes that do not fit, numbers not finite, xyz negative or on
    a scale of 100, or a card far brighter than white.
    """

    references: References
    raw: tuple[Channels, ...]
    xyz: tuple[Colour, ...]

    def __init__(self, references: References, raw: ArrayLike, xyz: ArrayLike) -> None:
        readings = np.atleast_2d(real_numbers(raw, 4, "raw readings of the cards"))
        colours = np.atleast_2d(real_numbers(xyz, 3, "xyz of the cards"))
        if readings.ndim != 2 or colours.ndim != 2 or len(readings) != len(colours):
            raise CalibrationError(
                f"raw has shape {readings.shape} and xyz {colours.shape}; "
                "expected (n, 4) and (n, 3): one row of each for every reading"
            )
        if not len(readings):
            raise CalibrationError("there are no card readings; read at least one coloured card")
        _check_scale(colours)
        within(references.reflectance(readings), _LARGEST_REFLECTANCE, "card, as a share of white")
        object.__setattr__(self, "references", references)
        object.__setattr__(self, "raw", tuple(map(as_channels, readings.tolist())))
        object.__setattr__(self, "xyz", tuple((x, y, z) for x, y, z in colours.tolist()))

    def __len__(self) -> int:
        return len(self._card_xyz)

    def named(self, known: Iterable[Card]) -> list[Card]:
        """List the cards; one that is not among the known ones gets a number."""
        names = {card.xyz: card.name for card in known}
        colours = dict.fromkeys(self.xyz)
        return [Card(names.get(xyz, f"card {n}"), xyz) for n, xyz in enumerate(colours, 1)]

    def mean_readings(self) -> list[Channels]:
        """List the reading of each card in Hz: the mean of its repeats."""
        return list(map(as_channels, self._means(np.array(self.raw)).tolist()))

    def correction(self) -> Correction:
        """Return the correction fitted to all the cards."""
        return self._fit(np.full(len(self), True))

    def delta_e(self, correction: Correction) -> FloatArray:
        """Return CIEDE2000 of each card under ``correction``: the mean over its readings."""
        measured = xyz_to_lab(correction.xyz(self._reflectance))
        return self._mean_of_repeats(delta_e_2000(measured, xyz_to_lab(np.array(self.xyz))))

    def left_out(self) -> LeaveOneOut:
        """Tell how far off each card is under the correction fitted to all the others.

        Raises CalibrationError: fewer than two cards.
        """
        count = len(self)
        if count < 2:
            raise CalibrationError("leaving one card out needs at least two different cards")
        left_out = np.empty(count)
        for card in range(count):
            others = np.arange(count) != card
            left_out[card] = self.delta_e(self._fit_or_default(others))[card]
        unexplained = np.minimum(left_out, self.delta_e(shipped().correction(self._balance)))
        worst = int(unexplained.argmax())
        row = int(np.flatnonzero(self._card == worst)[0])
        return LeaveOneOut(left_out, float(left_out.mean()), float(left_out[worst]), worst, row)

    def _fit_or_default(self, chosen: NDArray[np.bool_]) -> Correction:
        """Fit these cards; where they give none, as when two are exchanged, do without cards."""
        try:
            return self._fit(chosen)
        except CalibrationError:
            return shipped().correction(self._balance)

    def _fit(self, chosen: NDArray[np.bool_]) -> Correction:
        try:
            return shipped().fit(
                self._card_reflectance[chosen], self._card_xyz[chosen], self._balance
            )
        except CalibrationError as error:
            raise CalibrationError(
                "no correction takes these readings to these colours; were the cards read in "
                f"another order than their xyz are given? ({error})"
            ) from error

    @property
    def _balance(self) -> FloatArray:
        return self.references.balance

    @cached_property
    def _card(self) -> NDArray[np.intp]:
        """The number of the card that each row belongs to."""
        numbers: dict[tuple[float, ...], int] = {}
        return np.array([numbers.setdefault(xyz, len(numbers)) for xyz in self.xyz])

    @cached_property
    def _reflectance(self) -> FloatArray:
        return self.references.reflectance(self.raw)

    @cached_property
    def _card_reflectance(self) -> FloatArray:
        return self._means(self._reflectance)

    @cached_property
    def _card_xyz(self) -> FloatArray:
        return np.array(list(dict.fromkeys(self.xyz)))

    def _means(self, of_rows: FloatArray) -> FloatArray:
        """Return the means for each card of rows (n, 4)."""
        return np.stack([self._mean_of_repeats(column) for column in of_rows.T], axis=1)

    def _mean_of_repeats(self, of_rows: FloatArray) -> FloatArray:
        """Return the mean for each card of a number for each row."""
        mean: FloatArray = np.bincount(self._card, of_rows) / np.bincount(self._card)
        return mean


def _check_scale(xyz: FloatArray) -> None:
    if (xyz < 0).any():
        raise CalibrationError("xyz of the cards: a number is negative, which no surface has")
    if xyz[:, 1].max() > _LARGEST_XYZ:
        raise CalibrationError(
            f"xyz of the cards: the largest Y is {xyz[:, 1].max():g}, but white is Y = 1 here; "
            "divide the numbers by 100"
        )
    if xyz.max() > 2 * _LARGEST_XYZ:
        raise CalibrationError(f"xyz of the cards: {xyz.max():g} is beyond any surface under D65")
