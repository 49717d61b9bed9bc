"""A BMP280 on real I2C buses: through smbus2 and the kernel, as it should be and with faults."""

from typing import Any

import pytest
from machine import Guest

# 25.08 degrees C and 100653.27 Pa (BST-BMP280-DS001, section 3.12)
EXAMPLE = pytest.approx([1006.5327, 25.0825], abs=0.0005)
# The chip that Pimoroni's library for it is tested with, by the formula of section 8.1.
OTHER_CHIP = pytest.approx([1006.61518, 24.78949], abs=0.0005)


@pytest.fixture(scope="module")
def seen(guest: Guest) -> Any:
    return guest("barometer.py")


def test_the_data_sheets_example_through_the_kernel(seen: Any) -> None:
    assert seen["stub"][:2] == EXAMPLE
    assert seen["steady"]["reading"][:2] == EXAMPLE


def test_a_reading_is_two_transfers(seen: Any) -> None:
    assert seen["steady"]["transfers"] == 2


def test_a_chip_at_the_other_address_is_found_there(seen: Any) -> None:
    assert seen["absent"]["elsewhere"][0] == "DeviceNotFound"
    assert "no chip answers at 0x77, but at 0x76" in seen["absent"]["elsewhere"][-1]


def test_a_chip_that_is_not_there(seen: Any) -> None:
    assert seen["absent"]["chip"][0] == "DeviceNotFound"
    assert "no chip answers at address 0x77 of /dev/i2c-2" in seen["absent"]["chip"][-1]


def test_a_bus_that_is_not_there_and_those_that_are(seen: Any) -> None:
    assert seen["absent"]["bus"][0] == "DeviceNotFound"
    assert "there is no /dev/i2c-9 (only /dev/i2c-0, " in seen["absent"]["bus"][-1]


def test_a_user_who_may_not_is_told_the_group(seen: Any) -> None:
    assert seen["permission"]["not_in_group"][0] == "DeviceNotFound"
    assert "usermod -aG i2c" in seen["permission"]["not_in_group"][-1]
    assert seen["permission"]["in_group"] == []


def test_a_chip_pulled_out_is_told_and_back_again_is_read(seen: Any) -> None:
    for told in seen["pulled_out"]["gone"]:
        assert told[0] == "DeviceNotFound"
        assert "no chip answers" in told[-1]
    assert seen["pulled_out"]["back"][:2] == EXAMPLE


def test_a_chip_that_was_exchanged_is_read_by_its_own_trimming_parameters(seen: Any) -> None:
    assert seen["pulled_out"]["other"][:2] == OTHER_CHIP


def test_transfers_that_fail_twice_are_ridden_out_and_counted(seen: Any) -> None:
    assert [(case["told"], case["retries"]) for case in seen["passing"]] == [([], 2)] * 3


def test_a_chip_that_stays_away_is_told_after_three_attempts(seen: Any) -> None:
    assert seen["lasting"]["told"][0] == "DeviceNotFound"
    assert seen["lasting"]["retries"] == 2
    assert seen["lasting"]["next"][:2] == EXAMPLE


def test_a_bus_that_hangs_is_told_at_once(seen: Any) -> None:
    assert seen["hanging"]["told"][0] == "BusError"
    assert "Take the power away" in seen["hanging"]["told"][-1]
    assert seen["hanging"]["retries"] == 0
    assert seen["hanging"]["next"][:2] == EXAMPLE


def test_a_supply_that_dips_is_recovered_from_within_the_reading(seen: Any) -> None:
    assert len(seen["dips_under_way"]) == 2  # before each transfer of a reading
    for dip in seen["dips_under_way"]:
        assert [reading[:2] for reading in dip["readings"]] == [EXAMPLE] * 2
        assert dip["recoveries"] == 1


def test_a_supply_that_dips_while_the_chip_starts_up_gives_no_wrong_number(seen: Any) -> None:
    firsts = [dip["readings"][0] for dip in seen["dips_at_start_up"]]
    assert all(first[:2] == EXAMPLE for first in firsts if not isinstance(first, str))
    for dip in seen["dips_at_start_up"]:
        assert dip["readings"][1][:2] == EXAMPLE
        assert dip["suspect"] == ""


def test_an_address_held_by_the_kernel_names_the_driver_and_how_to_take_it_back(seen: Any) -> None:
    assert seen["held"]["told"][0] == "BusError"
    words = seen["held"]["told"][-1]
    assert "held by the kernel's driver dummy" in words
    assert "echo 2-0077 | sudo tee /sys/bus/i2c/drivers/dummy/unbind" in words
    assert seen["held"]["freed"][:2] == EXAMPLE
