"""An outage is told when it begins and when it is over, and not in between."""

import logging

import pytest

from web.system.outage_log import OutageLog

log = logging.getLogger("test")


def log_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_it_is_told_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    outage = OutageLog(log, "the buzzer")
    outage.works()
    outage.fails("busy")
    outage.fails("gone")
    outage.works()
    outage.works()
    outage.fails("gone")
    assert log_lines(caplog) == [
        "the buzzer fails: busy",
        "the buzzer works again",
        "the buzzer fails: gone",
    ]


def test_each_kind_is_told_once_an_outage(caplog: pytest.LogCaptureFixture) -> None:
    outage = OutageLog(log, "the plotter")
    for _ in range(3):
        outage.fails("gone")
        outage.fails("the password is wrong", kind="refused")
    outage.works()
    outage.fails("the password is wrong", kind="refused")
    assert log_lines(caplog) == [
        "the plotter fails: gone",
        "the plotter fails: the password is wrong",
        "the plotter works again",
        "the plotter fails: the password is wrong",
    ]


def test_what_comes_and_goes_is_one_outage(caplog: pytest.LogCaptureFixture) -> None:
    outage = OutageLog(log, "the sound", steady=3)
    for _ in range(5):
        outage.fails("busy")
        outage.works()
        outage.works()
    assert log_lines(caplog) == ["the sound fails: busy"]
    outage.works()
    assert log_lines(caplog)[1:] == ["the sound works again"]
