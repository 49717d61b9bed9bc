"""What is fuzzed: a part that takes something from outside, and what may come of it."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple


class Shape(Enum):
    """How an input is changed: as bytes, as a tree of JSON, or as lines of fields."""

    BYTES = "bytes"
    JSON = "json"
    LINES = "lines"


class WrongValueError(AssertionError):
    """What was taken for good, and cannot be."""


class Target(NamedTuple):
    """feed takes an input. expected: the errors that a bad one may come to, and no other."""

    feed: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    expected: tuple[type[BaseException], ...] = ()
    shape: Shape = Shape.BYTES


def check(is_so: bool, words: str) -> None:
    """Raise WrongValueError with these words where it is not so."""
    if not is_so:
        raise WrongValueError(words)
