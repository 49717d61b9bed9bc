"""The rules of teaching a sorter by showing pieces, for the page and for the terminal."""

from typing import Final

from .errors import CalibrationError

FEWEST_PIECES: Final = 3  # of a class, to be sorted at all
ENOUGH_PIECES: Final = 10  # of a class, to tell strangers apart well

# One of five readings may be spoilt by a hand that comes too late. A piece is one of many, and its
# class knows how they differ.
READINGS_OF_A_CARD: Final = 5
READINGS_OF_A_PIECE: Final = 3

NOTHING: Final = "nothing"  # the label of the empty place
RESERVED: Final = (NOTHING, "unknown")  # what the sorter itself answers
_LONGEST_LABEL: Final = 24


def checked_label(label: str, reserved: tuple[str, ...] = RESERVED) -> str:
    """Return the name of a class. Raises CalibrationError for one that cannot be shown or stored.

    reserved: words with another meaning, in lower case.
    """
    if not label or label != " ".join(label.split()) or not label.isprintable():
        raise CalibrationError(
            f"{label[:40]!r} cannot be the name of a class: use letters, digits, single spaces"
        )
    if len(label) > _LONGEST_LABEL:
        raise CalibrationError(
            f"{label[:40]!r} is too long: a class name has up to {_LONGEST_LABEL} letters"
        )
    if label.casefold() in reserved:
        raise CalibrationError(
            f"{label!r} is an answer of the sorter itself: give the class another name"
        )
    return label
