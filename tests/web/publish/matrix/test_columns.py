"""Pressures become columns: newest right, gaps dark, at least 6 hPa from bottom to top."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.publish.matrix.columns import Columns, heights

HOUR = 3600.0
NOON = 1_392_206_400.0  # 12 February 2014, 12:00 UTC


def hourly(*pressures_hpa: float, last: float = NOON) -> Columns:
    columns = Columns(HOUR)
    for n, hpa in enumerate(pressures_hpa, 1 - len(pressures_hpa)):
        columns.add(last + n * HOUR, hpa)
    return columns


def test_nothing_known_is_seventeen_gaps() -> None:
    assert Columns(HOUR).pressures(NOON) == (None,) * 17
    assert heights((None,) * 17) == (None,) * 17


def test_the_newest_is_right() -> None:
    assert hourly(1010.0, 1009.0, 1008.0).pressures(NOON)[-4:] == (None, 1010.0, 1009.0, 1008.0)


def test_a_column_shows_the_newest_sample_of_its_hour() -> None:
    columns = hourly(1010.0)
    columns.add(NOON + 1800, 1008.5)
    columns.add(NOON + 3599, 1008.0)
    assert columns.pressures(NOON + 3599)[-2:] == (None, 1008.0)


def test_the_picture_stands_until_the_hour_is_over() -> None:
    columns = hourly(1010.0, 1009.0)
    assert columns.pressures(NOON + 3599) == columns.pressures(NOON)
    assert columns.pressures(NOON + 3600)[-3:] == (1010.0, 1009.0, None)


def test_hours_without_a_sample_stay_gaps() -> None:
    columns = hourly(1010.0)
    columns.add(NOON + 3 * HOUR, 1005.0)
    assert columns.pressures(NOON + 3 * HOUR)[-5:] == (None, 1010.0, None, None, 1005.0)


def test_the_eighteenth_hour_pushes_the_first_out() -> None:
    shown = hourly(*(1000.0 + n for n in range(18))).pressures(NOON)
    assert shown == tuple(1001.0 + n for n in range(17))


def test_what_a_clock_that_was_ahead_has_left_is_not_shown_later() -> None:
    columns = hourly(1010.0)
    columns.add(NOON + 5 * HOUR, 990.0)  # and then the clock is set
    columns.add(NOON + 1 * HOUR, 1009.0)
    columns.add(NOON + 6 * HOUR, 1004.0)
    assert columns.pressures(NOON + 6 * HOUR)[-7:] == (1010.0, 1009.0, *[None] * 4, 1004.0)


@pytest.mark.parametrize(
    ("later_s", "continues"), [(0, True), (HOUR, True), (2 * HOUR, False), (-HOUR, False)]
)
def test_it_tells_a_gap_and_a_clock_that_was_set(later_s: float, continues: bool) -> None:
    assert not Columns(HOUR).continues(NOON)
    assert hourly(1010.0).continues(NOON + later_s) == continues


@pytest.mark.parametrize("hpa", [950.0, 1013.25, 1060.0])
def test_flat_or_single_values_lie_in_the_middle(hpa: float) -> None:
    assert heights([hpa] * 17) == (3,) * 17
    assert heights([None, hpa]) == (None, 3)


def test_noise_of_the_sensor_does_not_move_a_flat_line() -> None:
    assert set(heights([1013.25, 1013.22, 1013.31, 1013.19])) == {3}


def test_a_row_is_one_hpa_as_long_as_six_hold_the_record() -> None:
    assert heights([1010.0, 1011.0, 1012.0, 1013.0, 1014.0]) == (1, 2, 3, 4, 5)
    assert heights([1010.0, 1016.0]) == (0, 6)


def test_a_longer_fall_fills_the_rows_and_no_more() -> None:
    assert heights([1060.0, 1005.0, 950.0]) == (6, 3, 0)
    assert heights([1000.0, 997.0, 994.0, 991.0, 988.0, 985.0, 982.0]) == (6, 5, 4, 3, 2, 1, 0)


pressures = st.lists(st.none() | st.floats(870, 1085), min_size=17, max_size=17)


@given(pressures)
def test_any_record_stays_on_the_board_and_in_its_order(shown: list[float | None]) -> None:
    rows = heights(shown)
    assert [row is None for row in rows] == [hpa is None for hpa in shown]
    known = sorted(
        (hpa, row) for hpa, row in zip(shown, rows, strict=True) if hpa and row is not None
    )
    assert all(0 <= row <= 6 for _, row in known)
    assert [row for _, row in known] == sorted(row for _, row in known)
    if known and known[-1][0] - known[0][0] >= 6:
        assert (known[0][1], known[-1][1]) == (0, 6)
    elif known:  # never more rows apart than hPa, rounded up
        assert known[-1][1] - known[0][1] <= ceil(known[-1][0] - known[0][0]) + 1
