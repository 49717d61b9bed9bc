"""A chip pulled out, a line that is taken, a user without rights: the error and its cure."""

from typing import Any

import pytest
from machine import Guest


@pytest.fixture(scope="module")
def gpiod(guest: Guest) -> Any:
    return guest("faults.py")


@pytest.fixture(scope="module")
def rpi_gpio(guest: Guest, rpi_lgpio: str) -> Any:
    return guest("faults.py", rpi_lgpio)


def test_a_busy_line_names_its_holder(gpiod: Any) -> None:
    assert gpiod["busy"][0] == "PinError"
    assert "GPIO25" in gpiod["busy"][-1]
    assert "lamp-dimmer" in gpiod["busy"][-1]


def test_a_user_who_may_not_is_told_the_group(gpiod: Any) -> None:
    assert gpiod["not_in_group"][0] == "PinError"
    assert "usermod -aG gpio" in gpiod["not_in_group"][-1]


def test_a_user_in_the_group_needs_no_root(gpiod: Any) -> None:
    assert gpiod["in_group"] == []


@pytest.mark.parametrize("when", ["during", "after"])
def test_a_chip_pulled_out_is_a_pin_error(gpiod: Any, when: str) -> None:
    assert gpiod["unplugged"]["before"] == []
    assert gpiod["unplugged"][when][0] == "PinError"
    assert "gone" in gpiod["unplugged"]["during"][-1]


def test_closing_after_the_chip_is_gone_is_quiet(gpiod: Any) -> None:
    assert gpiod["unplugged"]["closing_sensor"] == []
    assert gpiod["unplugged"]["closing_pins"] == []


def test_rpi_lgpio_says_that_a_line_is_busy(rpi_gpio: Any) -> None:
    assert rpi_gpio["busy"][0] == "PinError"
    assert "GPIO25" in rpi_gpio["busy"][-1]
    assert "busy" in rpi_gpio["busy"][-1]


def test_rpi_lgpio_tells_a_user_who_may_not_the_group(rpi_gpio: Any) -> None:
    assert rpi_gpio["not_in_group"][0] == "PinError"
    assert "usermod -aG gpio" in rpi_gpio["not_in_group"][-1]
    assert rpi_gpio["in_group"] == []


def test_rpi_lgpio_raises_nothing_but_sensor_errors_when_the_chip_goes(rpi_gpio: Any) -> None:
    unplugged = rpi_gpio["unplugged"]
    assert unplugged["before"] == []
    assert "SensorError" in unplugged["during"]
    assert "SensorError" in unplugged["after"]
    for words in unplugged.values():
        assert not words or "SensorError" in words
