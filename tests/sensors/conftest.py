"""A cabin whose time is virtual: sleeping moves the clock that the twins live by."""

import time

import pytest

from tests.support.virtual_air import Cabin, Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    return clock


@pytest.fixture
def cabin(clock: Clock) -> Cabin:
    return Cabin(clock)
