"""Text from outside, in one line of a log."""

import logging

import pytest

from web.system.outage_log import OutageLog
from web.system.printable import printable


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Zürich 1013 hPa", "Zürich 1013 hPa"),
        ("\x1b[2J\x1b[31mred", "[2J[31mred"),
        ("one\r\ntwo\x00", "onetwo"),
        ("a\u2028b\u2029c\u0085d", "abcd"),  # line ends of Unicode
        ("\u202egnp.exe\u2066", "gnp.exe"),  # from right to left
        ("\ud800half", "half"),
        (OSError("no\nroute"), "noroute"),
    ],
)
def test_what_a_terminal_or_a_log_would_take_for_more_is_left_out(text: object, clean: str) -> None:
    assert printable(text) == clean


def test_it_is_cut() -> None:
    assert printable("x" * 10_000_000) == "x" * 199 + "…"
    assert printable("\x1b" * 10_000_000) == ""
    assert len(printable("x" * 90, 50)) == 50


def test_an_outage_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    OutageLog(logging.getLogger("test"), "it").fails("\x1b[31m" + 1000 * "why\n")
    (message,) = caplog.messages
    assert message.isprintable()
    assert len(message) < 600
