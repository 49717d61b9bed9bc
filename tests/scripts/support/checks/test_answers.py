"""What a check says, when it breaks too, and how that is printed."""

import errno
from collections.abc import Iterator

from support.checks.answers import Answer, Status, answers_of, line, verdict


def test_a_check_that_breaks_says_so_and_counts_as_a_fault() -> None:
    def broken() -> Answer:
        raise ZeroDivisionError("by a machine nobody thought of")

    (answer,) = list(answers_of(broken))
    assert answer.mark is Status.FAULT
    assert answer.words == (
        "could not be checked: ZeroDivisionError: by a machine nobody thought of"
    )
    assert answer.cure


def test_what_a_check_said_before_it_broke_is_not_lost() -> None:
    def breaks_later() -> Iterator[Answer]:
        yield Answer(Status.OK, "the bus is there")
        raise OSError(errno.EIO, "Input/output error")

    first, second = answers_of(breaks_later)
    assert first == Answer(Status.OK, "the bus is there")
    assert "could not be checked" in second.words


def test_an_answer_is_a_line_and_its_cure_an_indented_one() -> None:
    fault = Answer(Status.FAULT, "there is no bus", "switch it on")
    assert line("i2c", fault) == (
        "fault        i2c        there is no bus\n                        switch it on"
    )
    assert verdict([fault, Answer(Status.OK, "fine")]) == "1 fault to cure"
    assert verdict([Answer(Status.WARNING, "low", "free some")]) == "nothing is wrong, 1 warning"
