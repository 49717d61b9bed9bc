"""The traces of WMO code table 0200, against what the table says of each."""

import re
from xml.etree import ElementTree

import pytest

from web.pages.chart import wmo_symbol

# WMO Manual on Codes, table 0200: the sign of the change over the 3 h, and over its two halves.
# "Steady or falling, then rising" may have either first half; "Increasing, then steady" is 0 after.
TABLE = {
    0: (1, 1, -1),  # increasing, then decreasing; the same or higher than 3 h ago
    1: (1, 1, 0),  # increasing, then steady; or increasing, then increasing more slowly
    2: (1, 1, 1),  # increasing (steadily or unsteadily)
    3: (1, -1, 1),  # decreasing or steady, then increasing
    4: (0, 0, 0),  # steady
    5: (-1, -1, 1),  # decreasing, then increasing; the same or lower than 3 h ago
    6: (-1, -1, 0),  # decreasing, then steady; or decreasing, then decreasing more slowly
    7: (-1, -1, -1),  # decreasing (steadily or unsteadily)
    8: (-1, 1, -1),  # steady or increasing, then decreasing
}


def trace(characteristic: int) -> list[tuple[float, float]]:
    svg = ElementTree.fromstring(wmo_symbol(characteristic))
    (path,) = svg.iter("{http://www.w3.org/2000/svg}path")
    numbers = [float(number) for number in re.findall(r"[\d.]+", path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def sign(value: float) -> int:
    return (value > 0) - (value < 0)


@pytest.mark.parametrize("characteristic", TABLE)
def test_the_trace_goes_as_the_table_says(characteristic: int) -> None:
    (x, y), (x2, y2), (x3, y3) = trace(characteristic)
    assert x < x2 < x3
    # On a screen y grows downwards.
    assert (sign(y - y3), sign(y - y2), sign(y2 - y3)) == TABLE[characteristic]


def test_they_differ_from_each_other_and_stay_in_their_box() -> None:
    traces = [trace(characteristic) for characteristic in TABLE]
    assert len({tuple(one) for one in traces}) == 9
    assert all(2 <= number <= 22 for one in traces for point in one for number in point)


def test_words_are_told_as_text() -> None:
    svg = wmo_symbol(3, "falling <then> rising")
    root = ElementTree.fromstring(svg)
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "falling <then> rising"
    assert (root.get("role"), root.get("aria-hidden")) == ("img", None)
    assert 'stroke="currentColor"' in svg
    assert ElementTree.fromstring(wmo_symbol(3)).get("aria-hidden") == "true"


@pytest.mark.parametrize("characteristic", [-1, 9])
def test_other_numbers_are_refused(characteristic: int) -> None:
    with pytest.raises(ValueError, match="0 to 8"):
        wmo_symbol(characteristic)
