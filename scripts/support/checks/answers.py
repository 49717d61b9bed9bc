"""The answers of the checks: a mark, the words, and the cure."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from sensors import SensorError


class Status(Enum):
    """The result of a check. A fault must be mended; a warning need not be."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    NOT_CHECKED = "not checked"


class Answer(NamedTuple):
    """One line of the doctor. cure: what to do about a warning or a fault."""

    mark: Status
    words: str
    cure: str = ""


Check = Callable[[], Answer | Iterable[Answer]]

_BUG = "this is a machine the doctor does not know: please report this line with the one above it"


def answers_of(check: Check) -> Iterator[Answer]:
    """Yield the answers of a check. A check that fails yields a fault, and the others still run."""
    try:
        result = check()
        if isinstance(result, Answer):
            yield result
        else:
            yield from result
    except SensorError as error:  # the message of a SensorError has the cure
        yield Answer(Status.FAULT, "no answer", str(error))
    except Exception as error:  # the next check may still help
        what = f"could not be checked: {type(error).__name__}: {error}"
        yield Answer(Status.FAULT, what, _BUG)


def line(title: str, answer: Answer) -> str:
    """Format an answer: mark, title, words; below it the cure."""
    words = f"{answer.mark.value:11}  {title:9}  {answer.words}"
    return f"{words}\n{'':24}{answer.cure}" if answer.cure else words


def verdict(answers: list[Answer]) -> str:
    """Summarise all answers in one sentence."""
    counted = {mark: sum(answer.mark is mark for answer in answers) for mark in Status}
    faults, warnings = counted[Status.FAULT], counted[Status.WARNING]
    wrong = f"{_number(faults, 'fault')} to cure" if faults else "nothing is wrong"
    aside = f", {_number(warnings, 'warning')}" if warnings else ""
    unknown = counted[Status.NOT_CHECKED]
    rest = f", {unknown} not checked" if unknown else ""
    return f"{wrong}{aside}{rest}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
