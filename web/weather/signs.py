"""The signs of wind that a barometer has; what is to be expected of them, expectation.py tells."""

from typing import NamedTuple

from .barogram import Barogram
from .hours import Hours

# Farther from what is usual, it is the altitude that is wrong, or the depth says no more.
_FARTHEST_HPA = 40.0


class Signs(NamedTuple):
    """What the barometer shows now; hPa, without the tide where the position is known.

    change_*: over the last 2 and 3 hours. fall, rise: the steepest in 3 h of the last twelve
    hours. below: under what is usual here, by usual_days days of it. restless: the mean size of the
    3 h change in two days. winter: 1 in the depth of it, -1 at the height of summer, 0 where there
    is none or no position. None for what is not known.
    """

    change_2h_hpa: float | None
    change_3h_hpa: float
    fall_hpa: float
    rise_hpa: float
    below_hpa: float
    usual_days: float
    restless_hpa: float | None
    winter: float


def signs_of(barogram: Barogram, hours: Hours, change_3h_hpa: float, winter: float) -> Signs:
    """The signs at the newest value of a barogram, which must have one."""
    now = barogram.now
    assert now is not None
    below_hpa = hours.usual_hpa - (now.pressure_hpa + barogram.steps_hpa)
    return Signs(
        barogram.change_hpa(2 * 3600.0),
        change_3h_hpa,
        max(hours.steepest_fall_hpa, -change_3h_hpa),
        max(hours.steepest_rise_hpa, change_3h_hpa),
        max(-_FARTHEST_HPA, min(_FARTHEST_HPA, below_hpa)),
        hours.days_known,
        hours.restless_hpa,
        winter,
    )
