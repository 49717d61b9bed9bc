"""The jump of a squall: told as what is now, never as a forecast, and never from a step alone."""

from collections.abc import Callable

import pytest

from tests.web.weather.conftest import MINUTE, made
from web.weather import Outlook, StormLevel, StormWatch


def seen(pressure_at_hour: Callable[[float], float], step_s: float = 1.0) -> list[Outlook]:
    watch = StormWatch()
    samples = made(pressure_at_hour, 5, step_s)
    return [outlook for sample in samples if (outlook := watch.update(sample)) is not None]


def jump(rise_hpa: float, minutes: float) -> Callable[[float], float]:
    """At four hours, after a slow fall."""
    return lambda hour: (
        1010.0 - 0.3 * min(hour, 4.0) + rise_hpa * min(1.0, max(0.0, (hour - 4) * 60 / minutes))
    )


@pytest.mark.parametrize("step_s", [1.0, 10.0, MINUTE])
def test_a_gust_front_is_told_at_once_and_for_a_while(step_s: float) -> None:
    found = seen(jump(2.2, 6), step_s)
    shown = ["squall or gust front now" in outlook.reasons[0] for outlook in found]
    first = shown.index(True) * step_s / MINUTE
    assert 4 * 60 + 3 <= first <= 4 * 60 + 10
    assert not shown[-1]
    assert "no forecast" in found[shown.index(True)].reasons[0]
    minutes = {
        int(r.split(" hPa in ")[1].split()[0]) for o in found for r in o.reasons if "squ" in r
    }
    assert minutes <= {4, 5, 6, 7}
    assert {outlook.level for outlook in found} == {StormLevel.CALM}


@pytest.mark.parametrize(
    ("rise_hpa", "minutes"),
    [(1.2, 6.0), (2.2, 0.1), (2.2, 60.0), (-2.2, 6.0)],
    ids=["small", "a hatch", "slow", "a fall"],
)
def test_what_is_none_is_not_told(rise_hpa: float, minutes: float) -> None:
    for outlook in seen(jump(rise_hpa, minutes)):
        assert not any("squall" in reason for reason in outlook.reasons)


def test_a_slow_record_cannot_see_one() -> None:
    for outlook in seen(jump(2.2, 6), 10 * MINUTE):
        assert not any("squall" in reason for reason in outlook.reasons)
