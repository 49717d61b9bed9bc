"""What Prometheus is told, as its own parser reads it."""

import subprocess

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.support.real_servers import program
from web.alarm.state import AlarmState
from web.pages.controls import alarm_fields
from web.pages.metrics import metrics
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions
from web.weather import Outlook, Sample, StormLevel


def read(text: str) -> dict[str, float]:
    """Names, without what they all begin with, and values."""
    found = {}
    for family in text_string_to_metric_families(text):
        (sample,) = family.samples
        assert (family.type, sample.labels, sample.timestamp) == ("gauge", {}, None)
        assert family.documentation
        assert sample.name.startswith("storm_petrel_")
        found[sample.name.removeprefix("storm_petrel_")] = sample.value
    return found


def test_the_storm_in_numbers(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = read(answer.text)
    now = client.get("/api/now").get_json()
    assert told["pressure_pascals"] == 94967.0
    assert told["temperature_celsius"] == 16.0
    assert told["last_reading_timestamp_seconds"] == 1_392_220_800
    assert told["change_3h_pascals"] == pytest.approx(-595.0)
    assert told["storm_level"] == 3.0
    assert told["gale_chance_ratio"] == now["chance_gale"]
    assert told["near_gale_chance_ratio"] == now["chance_near_gale"]
    assert told["simulated"] == 1.0
    assert told["alarm_sounding"] == 0.0


def test_prometheus_s_own_checker_finds_no_fault(client: FlaskClient) -> None:
    checker = [program("promtool", "prometheus"), "check", "metrics"]
    for text, status in ((client.get("/metrics").text, 0), ("storm_petrel_pressure_hpa 1\n", 3)):
        said = subprocess.run(checker, input=text, capture_output=True, text=True, timeout=60.0)
        assert (said.returncode, bool(said.stderr + said.stdout)) == (status, status != 0)


def test_what_is_not_known_has_no_line() -> None:
    info = StationInfo(60.0, 5, "1")
    silent = alarm_fields(AlarmState(), 0.0)
    told = read(metrics(Conditions(outage="no wire"), info, silent, 0.0).decode())
    assert told == {"alarm_sounding": 0.0, "no_data": 0.0, "outage": 1.0, "simulated": 0.0}
    outlook = Outlook(StormLevel.CALM, 0.0, (), None, None, None)
    told = read(metrics(Conditions(Sample(0.0, 1010.0), outlook), info, silent, 0.0).decode())
    assert told == {
        "pressure_pascals": 101000.0,
        "last_reading_timestamp_seconds": 0.0,
        "storm_level": 0.0,
        "alarm_sounding": 0.0,
        "no_data": 0.0,
        "outage": 0.0,
        "simulated": 0.0,
    }


def test_an_alarm_that_sounds() -> None:
    state = AlarmState(StormLevel.STORM)
    info = StationInfo(60.0, 5, "1")
    told = read(metrics(Conditions(), info, alarm_fields(state, 0.0), 0.0).decode())
    assert told["alarm_sounding"] == 1.0


def test_each_name_comes_once(client: FlaskClient) -> None:
    """Prometheus refuses all when one comes twice."""
    lines = client.get("/metrics").text.splitlines()
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(set(names)) == len(names)
    assert len(lines) == 3 * len(names)
