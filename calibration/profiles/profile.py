"""ColourProfile: one sensor's way from four frequencies to a colour and its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..colorimetry.arrays import FloatArray
from ..colorimetry.spaces import lab_of_xyz, xyz_to_srgb
from ..documents.json_file import now
from ..errors import CalibrationError
from ..naming.names import NamedColour, name_colours
from .cards import Cards, LeaveOneOut
from .correction import Correction
from .default_correction import shipped
from .doubts import doubts
from .profile_file import StoredProfile, read_profile, write_profile
from .references import References
from .repeated_readings import MedianReading


@dataclass(frozen=True)
class ColourProfile:
    """One sensor's way from four frequencies to a colour and its name.

    It holds references, a correction, and the cards it was fitted to (None: the shipped
    correction). ``fit``, ``default`` and ``load`` make one.

    Raw readings are red, green, blue, clear in Hz at 100 % output scaling, in an array of shape
    (..., 4); a RawColour will do. Every method that takes them raises CalibrationError for another
    shape, for numbers that are not finite, and for readings brighter than any surface can be.

    ``simulated``: no real sensor was read. ``note`` is for people: the distance, the LED. Two
    profiles are equal when they give equal answers from equal cards; ``created`` (UTC) and the note
    do not count.
    """

    references: References
    correction: Correction
    cards: Cards | None = None
    created: datetime = field(default_factory=now, compare=False)
    simulated: bool = False
    note: str = field(default="", compare=False)

    @classmethod
    def fit(
        cls,
        references: References,
        raw: ArrayLike,
        xyz: ArrayLike,
        *,
        simulated: bool = False,
        note: str = "",
    ) -> "ColourProfile":
        """Fit the correction to readings of cards.

        ``raw`` (n, 4) in Hz; ``xyz`` (n, 3) are the cards' true colours for D65 and the 2 degree
        observer, white Y = 1. Rows with equal xyz are repeats of one card; neither the order of
        the rows nor the number of repeats gives a card more weight. One card is enough to fit,
        six strong colours are enough to be good, and more than twelve add little.

        Raises CalibrationError: shapes that do not fit, numbers not finite, xyz on a scale of 100.
        """
        cards = Cards(references, raw, xyz)
        return cls(references, cards.correction(), cards, simulated=simulated, note=note)

    @classmethod
    def default(
        cls, references: References, *, simulated: bool = False, note: str = ""
    ) -> "ColourProfile":
        """Return the profile of a bare TCS3200 under a white LED, which needs no cards.

        How the white reference reads tells a cool lamp from a warm one.
        """
        correction = shipped().correction(references.balance)
        return cls(references, correction, simulated=simulated, note=note)

    def left_out(self) -> LeaveOneOut:
        """How well the correction does on colours that it has not seen.

        Each card in turn is left out of a fit and then looked at.

        Raises CalibrationError: fewer than two different cards.
        """
        if self.cards is None:
            raise CalibrationError("there are no cards to leave out: fit the profile to some")
        return self.cards.left_out()

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
        """Return the colour in sRGB (..., 3) for a screen, clipped to 0..1."""
        return np.clip(xyz_to_srgb(self.xyz(raw)), 0, 1)

    @overload
    def name(self, raw: Sequence[float]) -> NamedColour: ...
    @overload
    def name(self, raw: Sequence[Sequence[float]]) -> list[NamedColour]: ...
    @overload
    def name(self, raw: NDArray[Any]) -> NamedColour | list[NamedColour]: ...
    def name(self, raw: ArrayLike) -> NamedColour | list[NamedColour]:
        """Name one reading, or return a list of names for readings (n, 4).

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

    def doubts(self, raw: ArrayLike) -> tuple[str, ...]:
        """List what speaks against one reading (4 numbers in Hz), in words; empty if nothing does.

        Lost edges, light that saturates, darkness, and more light than white.
        """
        return doubts(self.references, raw)

    def with_white(self, white: ArrayLike | MedianReading) -> "ColourProfile":
        """Return the same correction with another white: 4 numbers in Hz, or a MedianReading.

        For the start of a day, another distance, or a lamp that has aged. The cards stay with the
        references they were read under.

        Raises CalibrationError: white is not brighter than dark in each channel; and one that was
        taken must be like the one before (``References.with_white``).
        """
        return replace(self, references=self.references.with_white(white))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save as versioned JSON, in one step: a power cut leaves the old file or the new one.

        Raises CalibrationError: the file cannot be written.
        """
        stored = StoredProfile(
            self.references, self.correction, self.cards, self.created, self.simulated, self.note
        )
        write_profile(path, stored)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ColourProfile":
        """Load a profile; it gives the same answers as the saved one, to the last bit.

        Raises CalibrationError: the file is missing, damaged, of a newer version or not a profile.
        """
        return cls(*read_profile(path))
