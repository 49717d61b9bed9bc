"""Square waves on a real kernel's GPIO lines, against the source's own count.

A wave's truth is what the source in the kernel module wrote down: when it made each rising edge.
"""

from typing import Any

import pytest
from machine import Guest


@pytest.fixture(scope="module")
def gpiod(guest: Guest) -> Any:
    return guest("frequencies.py")


@pytest.fixture(scope="module")
def rpi_gpio(guest: Guest, rpi_lgpio: str) -> Any:
    return guest("frequencies.py", rpi_lgpio)


def wave(results: Any, hz: float) -> Any:
    return next(result for result in results["waves"] if result["hz"] == hz)


def within_uncertainty(measured: Any, hz: float) -> bool:
    """By the source's timer, which keeps to whole nanoseconds a period.

    Its own count over a gate is a little off that, by how late its first and last edge were.
    """
    kept_hz = 1e9 / round(1e9 / hz)
    return bool(abs(measured["hz"] - kept_hz) <= 3 * measured["uncertainty_hz"])


@pytest.mark.parametrize("hz", [50, 120, 500, 1_100, 5_000, 12_000, 20_000])
def test_gpiod_agrees_with_the_source_within_100_ppm(gpiod: Any, hz: int) -> None:
    result = wave(gpiod, hz)
    true, measured = result["true"], result["measured"]
    assert true["hz"] == pytest.approx(hz, rel=1e-4)
    assert result["skipped"] == 0  # the source itself kept its time
    assert measured["hz"] == pytest.approx(true["hz"], rel=1e-4)
    assert within_uncertainty(measured, hz), measured
    assert measured["lost"] == true["rises"] - result["delivered"]


def test_a_queue_that_overflows_costs_no_truth(gpiod: Any) -> None:
    result = wave(gpiod, 40_000)
    true, measured = result["true"], result["measured"]
    assert measured["hz"] == pytest.approx(true["hz"], rel=1e-3)
    assert measured["lost"] > 500  # 2,000 edges, a queue of 1,024
    before_the_first = result["dropped_before"]
    assert measured["edges"] + measured["lost"] - before_the_first == true["rises"]


def test_a_slow_reader_of_a_short_queue_is_told_what_it_lost(gpiod: Any) -> None:
    result = gpiod["slow_reader"]
    true, measured = result["true"], result["measured"]
    assert result["delivered"] == 160
    assert measured["hz"] == pytest.approx(true["hz"], rel=1e-3)
    assert measured["lost"] == true["rises"] - result["delivered"] > 500


def test_edges_merged_by_a_late_interrupt_thread_are_found_and_counted(gpiod: Any) -> None:
    for result in gpiod["merged"]:
        true, measured = result["true"], result["measured"]
        truly_lost = true["rises"] - result["delivered"]
        assert truly_lost > 0.03 * true["rises"]
        assert measured["lost"] == pytest.approx(truly_lost, rel=0.1)
        assert measured["hz"] == pytest.approx(true["hz"], rel=1e-3)
        assert within_uncertainty(measured, result["hz"]), measured


def right_or_refused(result: Any) -> bool:
    if "refused" in result:
        return True
    return within_uncertainty(result["measured"], result["hz"])


def test_rpi_lgpio_is_right_or_refuses(rpi_gpio: Any) -> None:
    assert [wave for wave in rpi_gpio["waves"] if not right_or_refused(wave)] == []


@pytest.mark.parametrize("hz", [50, 120, 500, 1_100])
def test_rpi_lgpio_does_not_refuse_what_it_can_do(rpi_gpio: Any, hz: int) -> None:
    assert "refused" not in wave(rpi_gpio, hz)


def test_a_wave_as_fast_as_the_polling_does_not_pass_for_a_slow_one(rpi_gpio: Any) -> None:
    assert [beat for beat in rpi_gpio["beats"] if not right_or_refused(beat)] == []
