"""What is told of a change of level: the same facts as JSON, as variables and as a sentence."""

import json

import pytest

from web.alarm.level_change import LevelChange
from web.alarm.notice import Notice
from web.weather import Outlook, Sample, StormLevel, Tendency

CALM, WATCH, WARNING, STORM = StormLevel
SEVEN = 1392188400.0  # 12 February 2014, 07:00 UTC


def outlook(trend: Tendency | None) -> Outlook:
    return Outlook(WARNING, SEVEN, ("it falls quickly", "32 °C"), None, None, trend)


SAMPLE = Sample(SEVEN + 59.5, 990.1234, 16.0)
FALLING = LevelChange.of(
    WATCH, outlook(Tendency(-4.5678, 7, "falling quickly")), SAMPLE, simulated=False
)
UNKNOWN = LevelChange.of(STORM, outlook(None), SAMPLE, simulated=True)


def test_json_has_units_in_its_keys_and_iso_times() -> None:
    assert json.loads(Notice.of_level(FALLING).to_json()) == {
        "event": "level",
        "level": "warning",
        "previous_level": "watch",
        "since": "2014-02-12T07:00:00Z",
        "taken_at": "2014-02-12T07:00:59.500Z",
        "pressure_hpa": 990.12,
        "change_3h_hpa": -4.57,
        "reasons": ["it falls quickly", "32 °C"],
        "simulated": False,
        "message": (
            "WARNING (was WATCH) since 12 Feb 2014 07:00 UTC: 990.1 hPa, −4.6 hPa in 3 h;"
            " it falls quickly"
        ),
    }
    assert "32 °C" in Notice.of_level(FALLING).to_json().decode()


def test_what_is_not_known_is_null_and_what_is_simulated_says_so() -> None:
    told = json.loads(Notice.of_level(UNKNOWN).to_json())
    assert told["change_3h_hpa"] is None
    assert told["simulated"] is True
    assert told["message"].startswith("SIMULATED: WARNING (was STORM) since ")
    assert "in 3 h" not in told["message"]


def test_variables_say_the_same() -> None:
    variables = Notice.of_level(FALLING).to_environment()
    assert variables["STORM_PETREL_LEVEL"] == "warning"
    assert variables["STORM_PETREL_PREVIOUS_LEVEL"] == "watch"
    assert variables["STORM_PETREL_PRESSURE_HPA"] == "990.12"
    assert variables["STORM_PETREL_CHANGE_3H_HPA"] == "-4.57"
    assert variables["STORM_PETREL_REASONS"] == "it falls quickly; 32 °C"
    assert variables["STORM_PETREL_SIMULATED"] == "false"
    assert len(variables) == len(json.loads(Notice.of_level(FALLING).to_json()))
    assert Notice.of_level(UNKNOWN).to_environment()["STORM_PETREL_CHANGE_3H_HPA"] == ""
    assert Notice.of_level(UNKNOWN).to_environment()["STORM_PETREL_SIMULATED"] == "true"


@pytest.mark.parametrize(
    ("previous", "level", "from_watch", "from_storm"),
    [
        (CALM, CALM, False, False),
        (CALM, WATCH, True, False),
        (WATCH, CALM, True, False),
        (WATCH, WARNING, True, False),
        (WARNING, STORM, True, True),
        (STORM, WATCH, True, True),
        (STORM, STORM, False, False),
    ],
)
def test_who_is_told(
    previous: StormLevel, level: StormLevel, from_watch: bool, from_storm: bool
) -> None:
    change = FALLING._replace(previous=previous, level=level)
    assert change.concerns(WATCH) is from_watch
    assert change.concerns(STORM) is from_storm
