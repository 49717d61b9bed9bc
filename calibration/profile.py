"""ColourProfile: one sensor's way from four frequencies to a colour and its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import FloatArray
from .cards import Cards
from .correction import Correction, default_correction
from .errors import CalibrationError
from .names import NamedColour, name_colours
from .profile_file import StoredProfile, read_profile, write_profile
from .references import References
from .spaces import lab_of_xyz, xyz_to_srgb


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class ColourProfile:
    """References, a correction, and the cards it was fitted to (None: the shipped correction).

    Raw readings are red, green, blue, clear in Hz at 100 % output scaling, in an array of shape
    (..., 4); a RawColour will do. Every method that takes them raises CalibrationError for another
    shape, for numbers that are not finite, and for readings brighter than any surface can be.

    Two profiles are equal when they give equal answers from equal cards; ``created`` (UTC) does
    not count.
    """

    references: References
    correction: Correction
    cards: Cards | None = None
    created: datetime = field(default_factory=_now, compare=False)

    @classmethod
    def fit(cls, references: References, raw: ArrayLike, xyz: ArrayLike) -> "ColourProfile":
        """Fit the correction to readings of cards.

        ``raw`` (n, 4) in Hz; ``xyz`` (n, 3) are the cards' true colours for D65 and the 2 degree
        observer, white Y = 1. Rows with equal xyz are repeats of one card; neither the order of
        the rows nor the number of repeats gives a card more weight. One card is enough to fit,
        about six strong colours are enough to be good.

        Raises CalibrationError: shapes that do not fit, numbers not finite, xyz on a scale of 100.
        """
        cards = Cards(references, raw, xyz)
        return cls(references, cards.correction(), cards)

    @classmethod
    def default(cls, references: References) -> "ColourProfile":
        """The profile of a bare TCS3200 with a cool white LED, for when there are no cards."""
        return cls(references, default_correction())

    @staticmethod
    def leave_one_out(references: References, raw: ArrayLike, xyz: ArrayLike) -> FloatArray:
        """How well the correction does on colours it has not seen.

        Each card in turn is left out of the fit and then looked at. The arguments are those of
        ``fit``; the result is CIEDE2000 for each card, in the order of their first readings.

        Raises CalibrationError: as ``fit``, and for fewer than two different cards.
        """
        return Cards(references, raw, xyz).leave_one_out()

    @property
    def residuals(self) -> FloatArray:
        """CIEDE2000 left at each card after the fit, in the order of their first readings.

        Empty for the default profile, which has no cards.
        """
        return np.empty(0) if self.cards is None else self.cards.delta_e(self.correction)

    def xyz(self, raw: ArrayLike) -> FloatArray:
        """CIE XYZ (..., 3) for D65, white Y = 1; proportional to the light above dark."""
        return self.correction.xyz(self.references.reflectance(raw))

    def lab(self, raw: ArrayLike) -> FloatArray:
        """CIELAB (..., 3) for D65."""
        return lab_of_xyz(self.xyz(raw))

    def srgb(self, raw: ArrayLike) -> FloatArray:
        """SRGB (..., 3) for a screen, clipped to 0..1."""
        return np.clip(xyz_to_srgb(self.xyz(raw)), 0, 1)

    @overload
    def name(self, raw: Sequence[float]) -> NamedColour: ...
    @overload
    def name(self, raw: Sequence[Sequence[float]]) -> list[NamedColour]: ...
    @overload
    def name(self, raw: NDArray[Any]) -> NamedColour | list[NamedColour]: ...
    def name(self, raw: ArrayLike) -> NamedColour | list[NamedColour]:
        """The name of one reading, or a list of names for readings (n, 4).

        Raises CalibrationError: also for more than two dimensions.
        """
        lab = self.lab(raw)
        if lab.ndim > 2:
            raise CalibrationError(
                f"names are given for one reading or for (n, 4), not for {np.shape(raw)}; "
                "reshape the readings to (-1, 4)"
            )
        named = name_colours(np.atleast_2d(lab))
        return named[0] if lab.ndim == 1 else named

    def with_white(self, white: ArrayLike) -> "ColourProfile":
        """The same correction with the white card (4 numbers in Hz) read again.

        For another distance, a lamp that has aged or a new sensor. The cards stay with the
        references they were read under.

        Raises CalibrationError: white is not brighter than dark in each channel.
        """
        old = self.references
        return replace(self, references=References(old.dark, white, old.white_reflectance))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save as versioned JSON, in one step: a power cut leaves the old file or the new one.

        Raises CalibrationError: the file cannot be written.
        """
        stored = StoredProfile(self.references, self.correction, self.cards, self.created)
        write_profile(path, stored)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ColourProfile":
        """The profile that was saved; it gives the same answers to the last bit.

        Raises CalibrationError: the file is missing, damaged, of a newer version or not a profile.
        """
        return cls(*read_profile(path))
