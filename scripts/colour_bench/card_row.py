"""The cards that a calibration has read so far, saved after each card.

colours-unfinished.json    from the white card on; ctrl-C, a lost connection or a power cut
                           leave it, and the next run can continue it
colours.json               written at the end
colours-before.json        the previous profile
"""

from collections.abc import Sequence
from pathlib import Path

from support.command import say

from calibration import CalibrationError, ColourProfile, References
from calibration.colorimetry.arrays import Channels
from calibration.profiles.cards import Card
from calibration.profiles.repeated_readings import MedianReading


class CardRow:
    """References and the cards read so far. path: of the final profile.

    is_kept: whether to save after each card; an automatic simulated row does not.
    """

    def __init__(
        self, references: References, path: Path, *, simulated: bool, is_kept: bool
    ) -> None:
        self.references = references
        self.cards: list[Card] = []
        self.raw: list[Channels] = []
        self._path = path
        self._simulated = simulated
        self._is_kept = is_kept

    def add(self, card: Card, reading: MedianReading) -> None:
        self.cards.append(card)
        self.raw.append(reading.raw)
        self.keep()

    def check(self, card: Card, reading: MedianReading) -> None:
        """Raise CalibrationError for a reading that no fit with the other cards can use."""
        self._fit([*self.cards, card], [*self.raw, reading.raw])

    def keep(self) -> None:
        """Save the unfinished row beside the profile."""
        if self._is_kept:
            self.profile().save(unfinished_path(self._path))

    def profile(self) -> ColourProfile:
        """Return the profile of the cards so far; without cards, the shipped correction."""
        if not self.cards:
            return ColourProfile.default(self.references, simulated=self._simulated)
        return self._fit(self.cards, self.raw)

    def finish(self) -> ColourProfile:
        """Save the profile, and keep the previous one beside it."""
        profile = self.profile()
        old = replaceable(self._path, simulated=self._simulated)
        if old is not None and not old.simulated:
            before = beside(self._path, "before")
            before.write_bytes(self._path.read_bytes())
            say(f"The profile that was in {self._path} is kept as {before}.")
        profile.save(self._path)
        if self._is_kept:
            unfinished_path(self._path).unlink(missing_ok=True)
        return profile

    def _fit(self, cards: Sequence[Card], raw: Sequence[Sequence[float]]) -> ColourProfile:
        xyz = [card.xyz for card in cards]
        return ColourProfile.fit(self.references, raw, xyz, simulated=self._simulated)


def unfinished(path: Path, known: Sequence[Card], *, simulated: bool) -> CardRow | None:
    """Return the row that an earlier run has left, or None.

    Raises CalibrationError for a row of another kind of sensor.
    """
    left = unfinished_path(path)
    if not left.exists():
        return None
    try:
        profile = ColourProfile.load(left)
    except CalibrationError as error:
        say(f"An unfinished row cannot be gone on with: {error}.")
        return None
    check_source(profile.simulated, left, simulated=simulated)
    row = CardRow(profile.references, path, simulated=simulated, is_kept=True)
    if profile.cards is not None:
        row.cards = profile.cards.named(known)
        row.raw = profile.cards.mean_readings()
    return row


def replaceable(path: Path, *, simulated: bool) -> ColourProfile | None:
    """Return the profile that is going to be replaced, or None.

    Raises CalibrationError for a file that must not be replaced: not a profile, or of a real sensor
    in a simulated run.
    """
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return None
    try:
        old = ColourProfile.load(path)
    except CalibrationError as error:
        raise CalibrationError(
            f"{path} would be replaced, and it is no profile that can be read: move it away, or"
            f" give another --output ({error})"
        ) from error
    if simulated and not old.simulated:
        raise CalibrationError(
            f"{path} is the profile of a real sensor, {in_words(old)}; a simulated run does not"
            " replace it: give another --output"
        )
    return old


def check_source(of_file: bool, path: Path, *, simulated: bool) -> None:
    """Refuse a file of another kind of sensor. Raises CalibrationError."""
    if of_file and not simulated:
        raise CalibrationError(
            f"{path} is SIMULATED: it is only for the simulated sensor; give another --output, or"
            " move it away"
        )
    if simulated and not of_file:
        raise CalibrationError(
            f"{path} is of a real sensor, and this one is simulated: give another --output"
        )


def in_words(profile: ColourProfile) -> str:
    """Say when a profile was made, and from how many cards."""
    count = 0 if profile.cards is None else len(profile.cards)
    made = profile.created.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"made {made} from {count_of(count, 'card')}"


def count_of(count: int, what: str) -> str:
    """Format a number of things: "no cards", "1 card", "6 cards"."""
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def unfinished_path(path: Path) -> Path:
    """Return the path of the unfinished row."""
    return beside(path, "unfinished")


def beside(path: Path, what: str) -> Path:
    """Return a path with a suffix to its name in the same folder."""
    return path.with_name(f"{path.stem}-{what}{path.suffix}")
