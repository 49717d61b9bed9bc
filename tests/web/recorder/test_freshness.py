"""How fresh a sample is, by its age in periods, and what may then still be given."""

import pytest

from web.recorder.conditions import Conditions
from web.recorder.freshness import Freshness, FreshnessRule
from web.weather import Outlook, Sample, StormLevel

OUTLOOK = Outlook(StormLevel.STORM, 0.0, ("falling",), 0.6, 0.3, None)
STORM = Conditions(Sample(1000.0, 980.0), OUTLOOK)
NONE, FRESH, LATE, LOST = Freshness


@pytest.mark.parametrize(
    ("period_s", "age_s", "freshness"),
    [
        (60, -61, LOST),
        (60, -60, FRESH),
        (60, 0, FRESH),
        (60, 180, FRESH),
        (60, 181, LATE),
        (60, 600, LATE),
        (60, 601, LOST),
        (1, 10, FRESH),
        (1, 11, LATE),
        (1, 30, LATE),
        (1, 31, LOST),
        (3600, 3 * 3600, FRESH),
        (3600, 10 * 3600, LATE),
        (3600, 10 * 3600 + 1, LOST),
    ],
)
def test_an_age_has_one_word(period_s: float, age_s: float, freshness: Freshness) -> None:
    rule = FreshnessRule(period_s)
    assert rule.freshness(STORM, 1000.0 + age_s) is freshness
    present, live = (each(STORM, 1000.0 + age_s) for each in (rule.present, rule.live))
    assert (present.sample is None) is (present.outlook is None) is (freshness is LOST)
    assert (live.sample is None) is (live.outlook is None) is (freshness is not FRESH)


def test_what_is_lost_says_since_when_with_the_date() -> None:
    rule = FreshnessRule(60.0)
    assert "since 1 Jan 1970 00:16 UTC" in rule.present(STORM, 1e6).outage
    broken = Conditions(STORM.sample, OUTLOOK, outage="no answer at 0x77")
    assert rule.present(broken, 1e6).outage == "no answer at 0x77"


def test_a_failed_reading_is_late_at_once() -> None:
    rule, failed = FreshnessRule(60.0), Conditions(STORM.sample, OUTLOOK, is_gap=True)
    assert rule.freshness(failed, 1000.0) is LATE
    assert rule.present(failed, 1000.0) == failed
    assert rule.live(failed, 1000.0).sample is None


@pytest.mark.parametrize("pressure_hpa", [float("nan"), float("inf"), None])
def test_no_number_is_no_sample(pressure_hpa: float | None) -> None:
    sample = None if pressure_hpa is None else Sample(1000.0, pressure_hpa)
    assert FreshnessRule(60.0).freshness(Conditions(sample), 1000.0) is NONE
