"""What a check of the doctor says: a mark, the words, and the cure of whatever is wrong."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from sensors import SensorError


class Mark(Enum):
    """How a check came out. A warning may be lived with; a fault may not."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    NOT_CHECKED = "not checked"


class Answer(NamedTuple):
    """One line of the doctor. cure: a sentence on what to do, for a warning or a fault."""

    mark: Mark
    words: str
    cure: str = ""


Check = Callable[[], Answer | Iterable[Answer]]

_BUG = "this is a machine the doctor does not know: please report this line with the one above it"


def answers_of(check: Check) -> Iterator[Answer]:
    """What a check says. One that breaks says so, and keeps no other from being made."""
    try:
        said = check()
        if isinstance(said, Answer):
            yield said
        else:
            yield from said
    except SensorError as error:  # these carry their cure with them
        yield Answer(Mark.FAULT, "no answer", str(error))
    except Exception as error:  # whatever it is, the next check may still help
        what = f"could not be checked: {type(error).__name__}: {error}"
        yield Answer(Mark.FAULT, what, _BUG)


def line(title: str, answer: Answer) -> str:
    """An answer as it is printed: mark, what was looked at, words; below it the cure."""
    words = f"{answer.mark.value:11}  {title:9}  {answer.words}"
    return f"{words}\n{'':24}{answer.cure}" if answer.cure else words


def verdict(answers: list[Answer]) -> str:
    """All answers in one sentence."""
    counted = {mark: sum(answer.mark is mark for answer in answers) for mark in Mark}
    faults, warnings = counted[Mark.FAULT], counted[Mark.WARNING]
    wrong = f"{_number(faults, 'fault')} to cure" if faults else "nothing is wrong"
    aside = f", {_number(warnings, 'warning')}" if warnings else ""
    unknown = counted[Mark.NOT_CHECKED]
    rest = f", {unknown} not checked" if unknown else ""
    return f"{wrong}{aside}{rest}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
