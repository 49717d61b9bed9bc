"""Wrong tokens: slowed by address, told once, and no hindrance to the right one."""

import logging

import pytest

from web.pages.security.wrong_tokens import WrongTokens

MONDAY = 1_795_836_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def happened() -> list[str]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wrong(happened: list[str], clock: Clock) -> WrongTokens:
    return WrongTokens(happened.append, clock)


def test_an_address_waits_longer_and_longer_but_for_a_minute_at_most(wrong: WrongTokens) -> None:
    waits = [wrong.count("192.168.1.77") for _ in range(2000)]
    assert waits[:5] == [0] * 5
    assert 0 < waits[5] < waits[6] < waits[7] < 60
    assert max(waits) == waits[-1] == 60
    assert wrong.count("192.168.1.78") == 0


def test_after_a_pause_it_begins_again(wrong: WrongTokens, clock: Clock) -> None:
    for _ in range(10):
        wrong.count("192.168.1.77")
    clock.now += 61.0
    assert wrong.count("192.168.1.77") == 60
    clock.now += 3600.0
    assert wrong.count("192.168.1.77") == 0


def test_they_are_told_once(
    wrong: WrongTokens, happened: list[str], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for _ in range(500):
            wrong.count("192.168.1.77")
            wrong.count("fe80::1%wlan0")
    (words,) = happened
    assert words.startswith("5 wrong tokens from 192.168.1.77 since 20")
    assert "4 from other addresses" in words
    assert caplog.text.count("wrong tokens") == 1
    clock.now += 3599.0
    wrong.count("192.168.1.77")
    assert len(happened) == 1


def test_who_goes_on_is_told_of_each_hour(
    wrong: WrongTokens, happened: list[str], clock: Clock
) -> None:
    for _ in range(121):
        wrong.count("192.168.1.77")
        clock.now += 60.0
    assert [words.split(" wrong")[0] for words in happened] == ["5", "65"]


def test_a_mistyped_one_is_no_news(wrong: WrongTokens, happened: list[str]) -> None:
    for n in range(4):
        wrong.count("192.168.1.77")
        wrong.count(f"192.168.1.{n}")
    assert happened == []


def test_of_very_many_addresses_the_newest_are_known(wrong: WrongTokens) -> None:
    for _ in range(10):
        wrong.count("192.168.1.77")
    for n in range(255):
        wrong.count(f"10.0.0.{n}")
    assert wrong.count("192.168.1.77") == 60
    for n in range(100_000):
        wrong.count(f"10.{n}")
    assert wrong.count("192.168.1.77") == 0
