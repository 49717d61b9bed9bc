"""The entries of a document one by one, as other programs and hands have left them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ..errors import CalibrationError

_Value = TypeVar("_Value")


def entry(document: Any, name: str) -> Any:
    """Return an entry of a document. Raises CalibrationError if it is missing."""
    if not isinstance(document, dict) or name not in document:
        raise CalibrationError(f'the entry "{name}" is missing')
    return document[name]


def field(document: Any, name: str, understand: Callable[[Any], _Value]) -> _Value:
    """Return what `understand` makes of an entry. Raises CalibrationError, with the name."""
    value = entry(document, name)
    with place(name):
        return understand(value)


def number(value: Any) -> float:
    """Check a number. Raises CalibrationError: not a number, or above 1e9."""
    if type(value) not in (int, float) or not abs(value) <= 1e9:  # true and false are no numbers
        raise CalibrationError(f"expected a number, found {value!r:.60}")
    return float(value)


def text(value: Any) -> str:
    """Check a text. Raises CalibrationError."""
    if not isinstance(value, str):
        raise CalibrationError(f"expected a text, found {value!r:.60}")
    return value


def yes_or_no(value: Any) -> bool:
    """Check a truth value. Raises CalibrationError."""
    if not isinstance(value, bool):
        raise CalibrationError(f"expected true or false, found {value!r:.60}")
    return value


def expect(value: Any, expected: list[str]) -> None:
    """Raise CalibrationError for anything else than this list."""
    if value != expected:
        raise CalibrationError(f"expected {expected}, found {value!r:.200}")


@contextmanager
def place(name: str) -> Iterator[None]:
    """Say in which entry of the file an error is."""
    try:
        yield
    except CalibrationError as error:
        raise CalibrationError(f'in "{name}": {error}') from error
