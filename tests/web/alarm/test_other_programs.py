"""What other programs may do to the alarm: nothing, or little, if the settings list them."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.alarm.state import HOUR_S, Alarm, AlarmSignal, AlarmState
from web.alarm.stored_alarm import StoredAlarm
from web.weather import StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
NOW = 50_000.0
LISTED = ("signalk", "mqtt")


@pytest.mark.parametrize("state", [AlarmState(STORM), AlarmState(no_data=True)])
def test_a_program_that_is_not_listed_silences_nothing(
    state: AlarmState, caplog: pytest.LogCaptureFixture
) -> None:
    notes: list[tuple[str, ...]] = []
    alarm = Alarm(state, note=lambda *note: notes.append(note), acknowledged_by=["mqtt"])
    for moment in range(50):
        assert alarm.acknowledge(float(moment), "signalk") == state
        assert alarm.silence(float(moment), "signalk") == state
    alarm.play(AlarmSignal.STORM, 50.0)
    assert alarm.state.signal(51.0) is state.signal(51.0)
    assert notes == []
    (record,) = caplog.records
    assert "acknowledged_by" in record.getMessage()


def test_a_drill_is_not_ended_by_a_program_that_is_not_listed() -> None:
    alarm = Alarm(AlarmState())
    alarm.play(AlarmSignal.STORM, NOW)
    assert alarm.acknowledge(NOW, "mqtt").drill is AlarmSignal.STORM


@pytest.mark.parametrize("source", LISTED)
def test_a_storm_that_a_listed_program_acknowledges_sounds_again_after_an_hour(
    source: str, caplog: pytest.LogCaptureFixture
) -> None:
    notes: list[tuple[str, ...]] = []
    alarm = Alarm(AlarmState(STORM), note=lambda *note: notes.append(note), acknowledged_by=LISTED)
    with caplog.at_level(logging.INFO):
        assert not alarm.acknowledge(NOW, source).is_sounding(NOW)
    assert caplog.messages == [f"STORM: acknowledged by {source}"]
    assert notes == [("acknowledged", "STORM", source)]
    alarm.acknowledge(NOW + 1800.0, source)  # asking again makes it no longer
    assert alarm.state.changes_in_s(NOW) == HOUR_S
    assert not alarm.state.is_sounding(NOW + HOUR_S - 1.0)
    assert alarm.state.is_sounding(NOW + HOUR_S), "at that moment, without a sample"
    alarm.update(STORM, NOW + HOUR_S)
    alarm.acknowledge(NOW + HOUR_S, source)
    assert alarm.state.is_sounding(NOW + HOUR_S), "a program that always answers cannot end it"
    alarm.acknowledge(NOW + HOUR_S, "page")
    assert not alarm.state.is_sounding(NOW + 9 * HOUR_S)
    alarm.update(WARNING, NOW + 9 * HOUR_S)
    alarm.update(STORM, NOW + 10 * HOUR_S)
    assert alarm.state.is_sounding(NOW + 10 * HOUR_S)
    assert not alarm.acknowledge(NOW + 10 * HOUR_S, source).is_sounding(NOW + 10 * HOUR_S)


def test_missing_data_that_a_listed_program_acknowledges_sound_again_after_an_hour() -> None:
    alarm = Alarm(AlarmState(), acknowledged_by=LISTED)
    alarm.set_no_data(True, NOW)
    assert not alarm.acknowledge(NOW, "mqtt").is_sounding(NOW + HOUR_S - 1.0)
    assert alarm.state.signal(NOW + HOUR_S) is AlarmSignal.NO_DATA
    assert alarm.acknowledge(NOW + HOUR_S, "mqtt").is_sounding(NOW + HOUR_S)
    alarm.set_no_data(False, NOW + HOUR_S)
    alarm.set_no_data(True, NOW + 2 * HOUR_S)
    assert not alarm.acknowledge(NOW + 2 * HOUR_S, "mqtt").is_sounding(NOW + 2 * HOUR_S)


def test_what_a_program_acknowledges_is_the_level_that_it_has_seen() -> None:
    notes: list[tuple[str, ...]] = []
    alarm = Alarm(AlarmState(STORM), note=lambda *note: notes.append(note), acknowledged_by=LISTED)
    state = alarm.acknowledge(NOW, "signalk", WARNING)  # it was STORM by then
    assert notes == [("acknowledged", "WARNING", "signalk")]
    assert state.signal(NOW) is AlarmSignal.STORM
    assert state.acknowledged is WARNING
    alarm.update(WARNING, NOW)
    assert not alarm.state.is_sounding(NOW + 9 * HOUR_S), "below STORM it holds"
    alarm.update(STORM, NOW + 9 * HOUR_S)
    assert alarm.state.is_sounding(NOW + 9 * HOUR_S)


@pytest.mark.parametrize("before", [AlarmState(STORM), AlarmState(no_data=True)])
def test_a_restart_does_not_make_the_hour_longer(before: AlarmState) -> None:
    state = before.after_program(STORM, NOW)
    assert not restart(state, NOW + 3599.0, "this boot").is_sounding(NOW + 3599.0)
    assert restart(state, NOW + 3599.0, "this boot").is_sounding(NOW + HOUR_S)
    assert restart(state, NOW + HOUR_S, "this boot").is_sounding(NOW + HOUR_S)
    assert restart(state, 20.0, "another boot").is_sounding(20.0), "how long ago is not known"
    damaged = StoredAlarm.of(state, "boot")._replace(storm_until_ms=2**62, no_data_until_ms=2**62)
    again = damaged.after_restart(state.level, NOW, "boot", WARNING)
    assert again.is_sounding(NOW + HOUR_S)


lives = st.lists(st.tuples(st.sampled_from(StormLevel), st.floats(0.0, 1500.0)), max_size=40)


def restart(state: AlarmState, now: float, boot_id: str) -> AlarmState:
    """A restart, with the numbers that a file would keep between the two."""
    kept = StoredAlarm(*json.loads(json.dumps(StoredAlarm.of(state, "this boot"))))
    return kept.after_restart(state.level, now, boot_id, state.sounds_from)


@given(lives, st.sampled_from([WATCH, WARNING, STORM]))
def test_no_program_keeps_a_storm_quiet_for_more_than_an_hour(
    life: list[tuple[StormLevel, float]], lowest: StormLevel
) -> None:
    """Whatever a program acknowledges, and as often as it likes."""
    state, now, storm_at = AlarmState(sounds_from=lowest), 0.0, 0.0
    for level, later_s in life:
        now += later_s
        before = state.after_time(now)
        state = before.after_level(level).after_program(level, now)
        if before.level < STORM:
            storm_at = now
        if state.level is STORM and now - storm_at >= HOUR_S:
            assert state.signal(now) is AlarmSignal.STORM
    assert state.silenced_until is None
