"""TCS3200 on a real kernel: the light that falls on the bench's sensor, and the pins' levels.

The sensor on the bench works by the data sheet's tables alone: a reading that names the light
behind each filter has put the right levels on S0 to S3 and OE. Beside it the levels are looked at
from outside, as with a logic analyser.
"""

from itertools import groupby, pairwise
from typing import Any

import pytest
from machine import Guest

# By the levels of S2 and S3 (data sheet TAOS099, table 2).
FILTERS = {(0, 0): "red", (0, 1): "blue", (1, 0): "clear", (1, 1): "green"}
COLOURS = tuple(FILTERS.values())
# By those of S0 and S1 (table 1); the undivided output is never asked for.
SCALINGS = {(0, 1): 0.02, (1, 0): 0.2}
LET_GO = 2
SECOND_LIBRARY = pytest.mark.slow("a boot more, through the same port as the first library")


@pytest.fixture(scope="module", params=["gpiod", pytest.param("rpi-lgpio", marks=SECOND_LIBRARY)])
def seen(request: pytest.FixtureRequest, guest: Guest) -> Any:
    library = request.param
    arguments = [] if library == "gpiod" else [request.getfixturevalue("rpi_lgpio")]
    return {"library": library, **guest("colours.py", *arguments)}


def states(seen: Any) -> list[tuple[float, dict[str, int]]]:
    """How long each combination of levels stood, in seconds, and which it was."""
    pin_of = {line: pin for pin, line in seen["wiring"].items()}
    levels: dict[str, int] = {}
    history = []
    changes = [*seen["driven"], [seen["driven"][-1][0] + 10**9, None, None]]
    for (ns, line, level), (next_ns, _, _) in pairwise(changes):
        levels[pin_of[line]] = level
        history.append(((next_ns - ns) / 1e9, dict(levels)))
    return history


def test_read_gives_the_light(seen: Any) -> None:
    for reading in seen["read"]:
        light = {colour: seen["light"][f"{colour}_hz"] for colour in reading}
        assert reading == pytest.approx(light, rel=2e-3)


def within_uncertainty(reading: Any, light: Any) -> bool:
    errors = {colour: abs(reading[colour]["hz"] - light[f"{colour}_hz"]) for colour in COLOURS}
    return all(error <= 3 * reading[c]["uncertainty_hz"] for c, error in errors.items())


def test_each_channel_is_within_its_uncertainty(seen: Any) -> None:
    (reading,) = seen["readings"]
    assert within_uncertainty(reading, seen["light"]), reading
    for colour in COLOURS:
        assert reading[colour]["uncertainty_hz"] < 0.005 * reading[colour]["hz"]


def test_a_busy_thread_makes_no_reading_wrong(seen: Any) -> None:
    for reading in seen["beside_busy_thread"]:
        if "refused" in reading:
            assert seen["library"] == "rpi-lgpio"  # polling needs the processor; the kernel has it
        else:
            assert within_uncertainty(reading, seen["light"]), reading


def gates(seen: Any) -> list[dict[str, int]]:
    """The levels while the gates were open: they stood for long, with the output on."""
    return [
        levels
        for seconds, levels in states(seen)
        if seconds > 0.01 and (levels["s0"] or levels["s1"]) and not levels["oe"]
    ]


def test_the_filters_are_selected_as_the_data_sheet_says(seen: Any) -> None:
    filters = [FILTERS[levels["s2"], levels["s3"]] for levels in gates(seen)]
    in_turn = [colour for colour, _ in groupby(filters)]
    assert len(in_turn) == 4 * len(seen["read"])
    for first in range(0, len(in_turn), 4):
        assert sorted(in_turn[first : first + 4]) == sorted(COLOURS)


def test_the_scaling_is_selected_as_the_data_sheet_says(seen: Any) -> None:
    scalings = [SCALINGS[levels["s0"], levels["s1"]] for levels in gates(seen)]
    first: dict[tuple[int, int], float] = {}
    for levels, scaling in zip(gates(seen), scalings, strict=True):
        first.setdefault((levels["s2"], levels["s3"]), scaling)
    assert list(first.values()) == [0.02] * 4  # each filter begins carefully
    if seen["library"] == "gpiod":  # how much room polling has is for the processor to say
        assert scalings[:4] == [0.02] * 4
        assert scalings[4:] == [0.2] * (len(scalings) - 4)


def test_only_one_select_line_changes_between_filters(seen: Any) -> None:
    selections = [
        (levels["s2"], levels["s3"]) for _, levels in states(seen) if {"s2", "s3"} <= set(levels)
    ]
    for (s2, s3), (next_s2, next_s3) in pairwise(selections):
        assert abs(next_s2 - s2) + abs(next_s3 - s3) <= 1


def test_a_closed_sensor_lets_go_of_the_line_that_others_may_share(seen: Any) -> None:
    # High-Z: nobody drives OUT, so it follows the pull.
    assert seen["pulled"] == {"true": True, "false": False}


def test_closed_pins_leave_no_output_behind(seen: Any) -> None:
    left = {pin: seen["levels_closed"][line] for pin, line in seen["wiring"].items()}
    assert not set(left.values()) & {"0", "1"}, left


def test_darkness_is_a_reading_with_a_bound(guest: Guest) -> None:
    """Through gpiod alone: a second of darkness polled for each filter shows nothing new."""
    darkness = guest("colours.py")["darkness"]
    for colour in COLOURS:
        assert darkness[colour]["hz"] == 0.0
        assert darkness[colour]["uncertainty_hz"] <= 5.0
