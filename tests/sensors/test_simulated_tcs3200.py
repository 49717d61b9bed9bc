"""The TCS3200 twin and its scene, held against the data sheet without the driver."""

import pytest

from sensors import ConfigError
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200

BASIC_WORDS = "black white grey red orange yellow green blue purple pink brown"


def twin(surface: str = "white") -> SimulatedTCS3200:
    return SimulatedTCS3200(
        Scene(surface), out=25, s2=23, s3=24, s0=17, s1=27, oe=22, sleep=lambda seconds: None
    )


def test_there_is_a_surface_for_each_basic_word() -> None:
    assert sorted(surfaces()) == sorted(BASIC_WORDS.split())


def test_the_scaling_pins_divide_as_table_2_says() -> None:
    pins = twin()
    at = {}
    for s0, s1 in [(False, False), (False, True), (True, False), (True, True)]:
        pins.drive({23: True, 24: False, 17: s0, 27: s1})
        at[s0, s1] = pins.output_hz()
    assert at[False, False] == 0.0
    assert at[False, True] == pytest.approx(at[True, True] * 0.02)
    assert at[True, False] == pytest.approx(at[True, True] * 0.2)


def test_output_enable_is_active_low() -> None:
    pins = twin()
    pins.drive({17: True, 27: True, 22: True})
    assert pins.output_hz() == 0.0
    assert pins.rising_edges(25, 0.01).timestamps_ns == []


def test_white_is_brightest_in_clear_and_the_colours_share_it() -> None:
    """A white LED gives R:G:B:C of about .45:.40:.30:1, and R + G + B about 1.15 C."""
    light = Scene("white").light
    assert light.clear == max(light)
    assert (light.red + light.green + light.blue) / light.clear == pytest.approx(1.15, abs=0.05)


def test_darkness_is_the_dark_frequency_alone() -> None:
    pins = twin()
    pins.scene.dark()
    pins.drive({17: True, 27: True})
    assert 0.0 < pins.output_hz() <= 10.0  # 2 Hz typical, 10 Hz maximum at 100 %


def test_a_line_that_is_not_out_shows_nothing() -> None:
    assert twin().rising_edges(4, 0.05).timestamps_ns == []


def test_edges_are_in_order_and_numbered_on() -> None:
    pins = twin()
    pins.drive({17: True, 27: False, 23: True, 24: False})
    first, second = pins.rising_edges(25, 0.05), pins.rising_edges(25, 0.05)
    assert list(first.timestamps_ns) == sorted(set(first.timestamps_ns))
    assert first.sequence_numbers is not None
    assert second.sequence_numbers is not None
    assert second.sequence_numbers[0] == first.sequence_numbers[-1] + 1


def test_an_unknown_surface_is_refused_with_the_words_there_are() -> None:
    with pytest.raises(ConfigError, match=r"turquoise.*there are .*orange"):
        Scene("turquoise")
