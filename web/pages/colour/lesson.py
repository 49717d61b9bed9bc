"""The lesson: references, cards and classes that the colour sensor was taught with. Frozen.

    dark -> white -> profile in use -> cards -> a better profile
                     pieces of classes -> sorter

Each step returns another lesson, so that a step is reading back by keeping the one before.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from calibration import CalibrationError, ColourProfile, ColourSorter, References
from calibration.colorimetry.arrays import Channels, as_channels
from calibration.profiles.cards import Card
from calibration.profiles.repeated_readings import MedianReading
from calibration.teaching import FEWEST_PIECES, checked_label

from .sensor_port import Surface

_MOST_CLASSES, _MOST_PIECES = 24, 100


class CardReading(NamedTuple):
    """A card that was read, by its name, its true colour and its reading."""

    name: str
    xyz: tuple[float, float, float]
    raw: Channels


class Piece(NamedTuple):
    """A piece that was shown, and what it is."""

    label: str
    raw: Channels


@dataclass(frozen=True)
class Lesson:
    """The readings that one sensor was taught with, and the profile and sorter they make.

    dark: a new dark reading whose white is still to come; until then the old references hold.
    saved: the profile without unsaved cards. cards: read under card_references. empty: the place
    without a piece.
    """

    simulated: bool
    white_reflectance: float = 0.9
    dark: MedianReading | None = None
    profile: ColourProfile | None = None
    saved: ColourProfile | None = None
    cards: tuple[CardReading, ...] = ()
    card_references: References | None = None
    pieces: tuple[Piece, ...] = ()
    empty: Channels | None = None
    sorter: ColourSorter | None = None

    @property
    def references(self) -> References | None:
        return self.profile.references if self.profile else None

    def with_dark(self, reading: MedianReading) -> "Lesson":
        return replace(self, dark=reading)

    def with_white(self, reading: MedianReading, reflectance: float) -> "Lesson":
        """Set white, after dark or by itself; the correction in use stays.

        Raises CalibrationError: there is no dark yet, or this is no white.
        """
        old = self.references
        if self.dark is not None:
            references = References.of(self.dark, reading, reflectance)
        elif old is None:
            raise CalibrationError("dark comes first: leave the place empty and tap Dark")
        elif reflectance == old.white_reflectance:
            references = old.with_white(reading)
        else:
            raise CalibrationError(
                "that is another white card than before: for another card begin with Dark"
            )
        return replace(
            self,
            dark=None,
            profile=self._under(references, self.profile),
            saved=self._under(references, self.saved),
            white_reflectance=reflectance,
        )._with_sorter()

    def with_card(self, card: Surface, reading: MedianReading) -> "Lesson":
        """Add a card, or replace its reading. Raises CalibrationError.

        The cards of a set were read under the same references: after another white a new set
        begins.
        """
        references = self.references
        if references is None:
            raise CalibrationError("dark and white come first: see step 1")
        old = self.cards if self.card_references == references else ()
        by_name = {other.name: other for other in old}
        by_name[card.name] = CardReading(card.name, card.xyz, reading.raw)
        cards = tuple(by_name.values())
        profile = ColourProfile.fit(
            references,
            [other.raw for other in cards],
            [other.xyz for other in cards],
            simulated=self.simulated,
            note=self._note,
        )
        return replace(self, profile=profile, cards=cards, card_references=references)

    def without_cards(self) -> "Lesson":
        """Use the shipped correction again. Raises CalibrationError without references."""
        references = self.references
        if references is None:
            raise CalibrationError("there are no cards to be forgotten")
        profile = ColourProfile.default(references, simulated=self.simulated, note=self._note)
        return replace(self, profile=profile, cards=(), card_references=None)

    def with_profile_saved(self) -> "Lesson":
        return replace(self, saved=self.profile)

    @property
    def is_saved(self) -> bool:
        return self.profile == self.saved

    def with_piece(self, label: str, reading: MedianReading) -> "Lesson":
        """Add a piece of a class. Raises CalibrationError."""
        self.check_label(label)
        pieces = (*self.pieces, Piece(label, reading.raw))
        return replace(self, pieces=pieces)._with_sorter()

    def with_empty(self, reading: MedianReading) -> "Lesson":
        """Set the reading of the place without a piece."""
        return replace(self, empty=reading.raw)._with_sorter()

    def without_class(self, label: str) -> "Lesson":
        """Remove a class and its pieces. Raises CalibrationError."""
        if label not in self.labels:
            raise CalibrationError(f"no class is called {label!r}")
        pieces = tuple(piece for piece in self.pieces if piece.label != label)
        return replace(self, pieces=pieces)._with_sorter()

    def check_label(self, label: str) -> None:
        """Raise CalibrationError when no piece of this class can be reading."""
        if label in self.labels:
            if self.counts[label] >= _MOST_PIECES:
                raise CalibrationError(f"{_MOST_PIECES} pieces of {label!r} are enough")
            return
        if len(self.labels) >= _MOST_CLASSES:
            raise CalibrationError(f"{_MOST_CLASSES} classes are the most: remove one first")
        checked_label(label)
        if label.casefold() in [other.casefold() for other in self.labels]:
            raise CalibrationError(f"there is a class of that name, in other letters: {label!r}")

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in the order of their first pieces."""
        return tuple(self.counts)

    @property
    def counts(self) -> Counter[str]:
        return Counter(piece.label for piece in self.pieces)

    def _under(self, references: References, profile: ColourProfile | None) -> ColourProfile:
        if profile is None or profile.cards is None:
            # The shipped correction asks white for the kind of lamp.
            return ColourProfile.default(references, simulated=self.simulated, note=self._note)
        return replace(profile, references=references)

    @property
    def _note(self) -> str:
        return self.profile.note if self.profile else ""

    def _with_sorter(self) -> "Lesson":
        """Fit the sorter to the classes that have pieces enough.

        Raises CalibrationError: these pieces and this dark make none.
        """
        counts = self.counts
        ready = [piece for piece in self.pieces if counts[piece.label] >= FEWEST_PIECES]
        if not ready:
            return replace(self, sorter=None)
        dark = self._dark_of_pieces
        sorter = ColourSorter.fit(
            [piece.raw for piece in ready],
            [piece.label for piece in ready],
            dark=dark,
            empty=self.empty or dark,
            simulated=self.simulated,
        )
        return replace(self, sorter=sorter)

    @property
    def _dark_of_pieces(self) -> Channels | None:
        """Without references, as after the loss of a profile, the dark that the sorter knows."""
        if self.references is not None:
            return self.references.dark
        return as_channels(self.sorter.dark.tolist()) if self.sorter else None


def lesson_of(
    profile: ColourProfile | None,
    sorter: ColourSorter | None,
    surfaces: Sequence[Surface],
    *,
    simulated: bool,
) -> Lesson:
    """Rebuild the lesson from a saved profile and a saved sorter."""
    lesson = Lesson(simulated)
    if profile is not None:
        lesson = replace(
            lesson,
            profile=profile,
            saved=profile,
            white_reflectance=profile.references.white_reflectance,
            cards=_card_readings(profile, surfaces),
            card_references=profile.cards.references if profile.cards else None,
        )
    if sorter is not None:
        readings = [as_channels(row) for row in sorter.raw.tolist()]
        lesson = replace(
            lesson,
            pieces=tuple(map(Piece, sorter.taught, readings)),
            empty=_empty(sorter),
            sorter=sorter,
        )
    return lesson


def _card_readings(profile: ColourProfile, surfaces: Sequence[Surface]) -> tuple[CardReading, ...]:
    if profile.cards is None:
        return ()
    named = profile.cards.named(Card(*surface) for surface in surfaces)
    readings = profile.cards.mean_readings()
    return tuple(CardReading(*card, raw) for card, raw in zip(named, readings, strict=True))


def _empty(sorter: ColourSorter) -> Channels | None:
    """Return the reading of the empty place; None where dark stood for it."""
    if sorter.empty is None:
        return None
    empty = np.median(sorter.empty, axis=0)
    return None if np.array_equal(empty, sorter.dark) else as_channels(empty.tolist())
