"""The alarm: its whole life as one table, what always holds, and what several threads do to it."""

import json
import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.alarm.state import SILENCE_S, Alarm, AlarmSignal, AlarmState
from web.alarm.stored_alarm import StoredAlarm
from web.weather import StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
LETTERS = dict(zip("cwWS", StormLevel, strict=True))
NOW, LEFT_S = 50_000.0, 300.0

# A state is the letter of its level, that of the highest acknowledged one, and z while silenced:
# c calm, w watch, W warning, S storm. Each row is a state, each column what happens to it.
LIFE = """
state | calm watch warn storm | acknowledge silence ten_min_later | restart  reboot
cc    | cc   wc    Wc   Sc    | cc          ccz     cc            | cc       cc
ccz   | ccz  wc    Wc   Sc    | cc          ccz     cc            | ccz      cc
wc    | cc   wc    Wc   Sc    | ww          wcz     wc            | wc       wc
wcz   | ccz  wcz   Wc   Sc    | ww          wcz     wc            | wcz      wc
ww    | cc   ww    Ww   Sw    | ww          wwz     ww            | ww       ww
wwz   | ccz  wwz   Ww   Sw    | ww          wwz     ww            | wwz      ww
Wc    | cc   wc    Wc   Sc    | WW          Wcz     Wc            | Wc       Wc
Wcz   | ccz  wcz   Wcz  Sc    | WW          Wcz     Wc            | Wcz      Wc
Ww    | cc   ww    Ww   Sw    | WW          Wwz     Ww            | Ww       Ww
Wwz   | ccz  wwz   Wwz  Sw    | WW          Wwz     Ww            | Wwz      Ww
WW    | cc   ww    WW   SW    | WW          WWz     WW            | WW       WW
WWz   | ccz  wwz   WWz  SW    | WW          WWz     WW            | WWz      WW
Sc    | cc   wc    Wc   Sc    | SS          Scz     Sc            | Sc       Sc
Scz   | ccz  wcz   Wcz  Scz   | SS          Scz     Sc            | Scz      Sc
Sw    | cc   ww    Ww   Sw    | SS          Swz     Sw            | Sw       Sw
Swz   | ccz  wwz   Wwz  Swz   | SS          Swz     Sw            | Swz      Sw
SW    | cc   ww    WW   SW    | SS          SWz     SW            | SW       SW
SWz   | ccz  wwz   WWz  SWz   | SS          SWz     SW            | SWz      SW
SS    | cc   ww    WW   SS    | SS          SSz     SS            | SS       SS
SSz   | ccz  wwz   WWz  SSz   | SS          SSz     SS            | SSz      SS
"""
# Which states are to be heard, by the lowest level that sounds.
HEARD = {
    WATCH: "wc Wc Ww Sc Sw SW",
    WARNING: "Wc Ww Sc Sw SW",
    STORM: "Sc Sw SW",
}


def restart(state: AlarmState, now: float, boot_id: str) -> AlarmState:
    """A restart, with the numbers that a file would keep between the two."""
    kept = StoredAlarm(*json.loads(json.dumps(StoredAlarm.of(state, "this boot"))))
    return kept.after_restart(state.level, now, boot_id, state.sounds_from)


EVENTS: dict[str, Callable[[AlarmState], AlarmState]] = {
    "calm": lambda state: state.after_level(CALM),
    "watch": lambda state: state.after_level(WATCH),
    "warn": lambda state: state.after_level(WARNING),
    "storm": lambda state: state.after_level(STORM),
    "acknowledge": lambda state: state.after_acknowledging(),
    "silence": lambda state: state.after_silencing(NOW),
    "ten_min_later": lambda state: state.after_time(NOW + SILENCE_S),
    "restart": lambda state: restart(state, NOW, "this boot"),
    "reboot": lambda state: restart(state, 20.0, "another boot"),
}


def state_of(code: str, sounds_from: StormLevel) -> AlarmState:
    until = NOW + LEFT_S if "z" in code else None
    return AlarmState(LETTERS[code[0]], LETTERS[code[1]], until, sounds_from)


def code_of(state: AlarmState) -> str:
    letters = "".join(
        letter
        for level in (state.level, state.acknowledged)
        for letter in LETTERS
        if LETTERS[letter] is level
    )
    return letters + ("z" if state.silenced_until is not None else "")


def life() -> Iterator[tuple[str, str, str]]:
    """Each cell of the table: state, event, state after it."""
    heading, *rows = (line.replace("|", "").split() for line in LIFE.strip().splitlines())
    for state, *after in rows:
        yield from ((state, event, end) for event, end in zip(heading[1:], after, strict=True))


@pytest.mark.parametrize("sounds_from", HEARD)
@pytest.mark.parametrize(("state", "event", "after"), list(life()))
def test_the_life_of_an_alarm(state: str, event: str, after: str, sounds_from: StormLevel) -> None:
    before = state_of(state, sounds_from)
    end = EVENTS[event](before)
    assert code_of(end) == after
    assert end.sounds_from is sounds_from
    assert end.is_sounding(NOW) == (after in HEARD[sounds_from].split())


def test_the_table_has_every_state_and_every_event() -> None:
    cells = list(life())
    states = {
        code_of(AlarmState(level, acknowledged, until))
        for level in StormLevel
        for acknowledged in StormLevel
        if acknowledged <= level
        for until in (None, NOW)
    }
    assert {(state, event) for state, event, _ in cells} == {
        (state, event) for state in states for event in EVENTS
    }
    assert len(cells) == len(states) * len(EVENTS)


def test_a_silence_lasts_ten_minutes_and_tells_how_long_it_still_does() -> None:
    state = AlarmState(WARNING).after_silencing(NOW)
    assert state.silent_for_s(NOW) == 600.0
    assert state.silent_for_s(NOW + 599.0) == 1.0
    assert not state.is_sounding(NOW + 599.9)
    assert state.is_sounding(NOW + 600.0)
    assert state.silent_for_s(NOW + 600.0) == 0.0
    assert state.after_time(NOW + 599.0) == state


# A state of missing data: - no, n yes, N yes and acknowledged; z while silenced.
SILENCE_OF_DATA = """
state | missing data | acknowledge silence ten_min_later | restart reboot
-     | n       -    | -           -z      -             | -       -
-z    | n       -z   | -           -z      -             | -z      -
n     | n       -    | N           nz      n             | n       n
nz    | nz      -z   | N           nz      n             | nz      n
N     | N       -    | N           Nz      N             | N       N
Nz    | Nz      -z   | N           Nz      N             | Nz      N
"""


def missing_data() -> Iterator[tuple[str, str, str]]:
    heading, *rows = (line.replace("|", "").split() for line in SILENCE_OF_DATA.split("\n")[1:-1])
    for state, *after in rows:
        yield from ((state, event, end) for event, end in zip(heading[1:], after, strict=True))


def data_code_of(state: AlarmState) -> str:
    letter = "N" if state.no_data_acknowledged else "n" if state.no_data else "-"
    return letter + ("z" if state.silenced_until is not None else "")


@pytest.mark.parametrize("level", StormLevel)
@pytest.mark.parametrize(("code", "event", "after"), list(missing_data()))
def test_the_life_of_missing_data(code: str, event: str, after: str, level: StormLevel) -> None:
    until = NOW + LEFT_S if "z" in code else None
    before = AlarmState(level, level, until, WARNING, code[0] in "nN", code[0] == "N")
    data: dict[str, Callable[[AlarmState], AlarmState]] = {
        "missing": lambda state: state.after_no_data(True),
        "data": lambda state: state.after_no_data(False),
    }
    end = (EVENTS | data)[event](before)
    assert data_code_of(end) == after
    assert end.signal(NOW) == (AlarmSignal.NO_DATA if after == "n" else None)
    assert end.level is level


def test_missing_data_are_newer_than_a_level_that_sounds() -> None:
    storm = AlarmState(STORM)
    assert storm.signal(NOW) is AlarmSignal.STORM
    silent = storm.after_no_data(True)
    assert silent.signal(NOW) is AlarmSignal.NO_DATA
    assert silent.after_no_data(False).signal(NOW) is AlarmSignal.STORM
    assert silent.after_acknowledging().signal(NOW) is None
    assert silent.after_acknowledging().after_no_data(False).signal(NOW) is None


# A drill: any signal, over any level that does not sound.
DRILLS: dict[str, tuple[Callable[[AlarmState], AlarmState], bool]] = {
    "calm": (lambda state: state.after_level(CALM), True),
    "watch, which does not sound": (lambda state: state.after_level(WATCH), True),
    "warning": (lambda state: state.after_level(WARNING), False),
    "storm": (lambda state: state.after_level(STORM), False),
    "missing data": (lambda state: state.after_no_data(True), False),
    "data": (lambda state: state.after_no_data(False), True),
    "acknowledge": (lambda state: state.after_acknowledging(), False),
    "silence": (lambda state: state.after_silencing(NOW), False),
}


@pytest.mark.parametrize("drill", AlarmSignal)
@pytest.mark.parametrize("event", DRILLS)
def test_what_ends_a_drill(event: str, drill: AlarmSignal) -> None:
    how, goes_on = DRILLS[event]
    before = AlarmState(WATCH, drill=drill)
    assert before.signal(NOW) is None, "a drill is no signal of the weather"
    end = how(before).after_time(NOW)
    assert end.drill is (drill if goes_on else None)
    if event in ("acknowledge", "silence"):
        assert end == AlarmState(WATCH), "that ends the drill, and nothing else"


def test_a_real_signal_that_comes_when_a_silence_is_over_ends_a_drill() -> None:
    state = AlarmState(STORM, silenced_until=NOW, drill=AlarmSignal.WATCH)
    assert state.after_time(NOW) == AlarmState(STORM)


def test_no_drill_is_played_over_a_real_signal_nor_stored() -> None:
    file = File()
    alarm = Alarm(AlarmState(), file.keep)
    assert alarm.play(AlarmSignal.STORM, NOW)
    assert [row for row in file.rows if row != StoredAlarm(boot_id="boot")] == []
    alarm.update(WARNING, NOW)
    assert alarm.state.drill is None
    assert not alarm.play(AlarmSignal.STORM, NOW)
    assert alarm.state.signal(NOW) is AlarmSignal.WARNING


def test_who_ends_a_drill_has_acknowledged_no_weather() -> None:
    notes: list[tuple[str, ...]] = []
    alarm = Alarm(AlarmState(WATCH), note=lambda *note: notes.append(note))
    for end in (alarm.acknowledge, alarm.silence):
        alarm.play(AlarmSignal.STORM, NOW)
        assert end(NOW, "page") == AlarmState(WATCH)
    assert notes == []


def test_a_silence_that_ended_while_nothing_ran_is_over() -> None:
    state = AlarmState(WARNING).after_silencing(NOW)
    assert restart(state, NOW + 601.0, "this boot").is_sounding(NOW + 601.0)
    assert restart(state, NOW + 599.0, "this boot").silent_for_s(NOW + 599.0) == 1.0


def test_where_the_boot_is_not_known_no_silence_goes_on() -> None:
    kept = StoredAlarm.of(AlarmState(WARNING).after_silencing(NOW), "")
    assert kept.after_restart(WARNING, NOW, "", WARNING).is_sounding(NOW)


def test_where_nothing_was_kept_nothing_was_acknowledged() -> None:
    assert StoredAlarm().after_restart(STORM, NOW, "boot", WARNING) == AlarmState(STORM)


@pytest.mark.parametrize("acknowledged", [-1, 4, 2**62])
def test_damaged_numbers_silence_nothing_for_long(acknowledged: int) -> None:
    kept = StoredAlarm(acknowledged, 2**62, "boot")
    state = kept.after_restart(WATCH, NOW, "boot", WATCH)
    assert state.acknowledged in (CALM, WATCH)
    assert state.silent_for_s(NOW) == SILENCE_S
    assert state.silent_for_s(NOW + SILENCE_S) == 0.0


# What always holds, whatever happens in whatever order.

levels = st.sampled_from(StormLevel)
steps = st.one_of(
    st.tuples(st.just("level"), levels),
    st.tuples(st.sampled_from(["acknowledge", "silence", "restart", "reboot"]), st.just(CALM)),
)
lives = st.lists(st.tuples(steps, st.floats(0.0, 1500.0)), max_size=40)


@given(lives, st.sampled_from(list(HEARD)))
def test_what_always_holds(
    life: list[tuple[tuple[str, StormLevel], float]], lowest: StormLevel
) -> None:
    state, now, boot = AlarmState(sounds_from=lowest), 0.0, "boot 0"
    asked_at: float | None = None
    for number, ((event, level), later_s) in enumerate(life):
        now += later_s
        before = state
        if event == "level":
            state = state.after_time(now).after_level(level)
            if level > before.level and level >= lowest:
                assert state.is_sounding(now), "an escalation always sounds"
        elif event == "acknowledge":
            state = state.after_acknowledging()
            assert not state.is_sounding(now)
        elif event == "silence":
            state, asked_at = state.after_silencing(now), now
            assert not state.is_sounding(now)
        else:
            kept = StoredAlarm.of(state, boot)
            if event == "reboot":
                boot, now, asked_at = f"boot {number}", later_s, None
            state = kept.after_restart(state.level, now, boot, lowest)
        assert CALM <= state.acknowledged <= state.level
        if event != "level":
            assert state.level is before.level, "only the weather changes the level"
        is_unheard = state.level >= lowest and state.level > state.acknowledged
        if is_unheard and not state.is_sounding(now):
            assert asked_at is not None
            assert now - asked_at < SILENCE_S
        assert state.silent_for_s(now) <= SILENCE_S


# The alarm of a running program.


class File:
    """What would keep the state."""

    def __init__(self) -> None:
        self.rows: list[StoredAlarm] = []

    def keep(self, state: AlarmState) -> None:
        kept = StoredAlarm.of(state, "boot")
        if self.rows[-1:] != [kept]:
            self.rows.append(kept)


def test_what_changes_is_kept() -> None:
    file = File()
    alarm = Alarm(AlarmState(), file.keep)
    assert alarm.update(WARNING, 0.0) is CALM
    assert alarm.update(WARNING, 60.0) is WARNING
    assert alarm.silence(61.0, "page").silent_for_s(61.0) == SILENCE_S
    assert alarm.acknowledge(62.0, "page").acknowledged is WARNING
    alarm.acknowledge(63.0, "page")
    alarm.update(STORM, 120.0)
    alarm.update(CALM, 180.0)
    assert file.rows == [
        StoredAlarm(0, None, "boot"),
        StoredAlarm(0, 661_000, "boot"),
        StoredAlarm(2, None, "boot"),
        StoredAlarm(0, None, "boot"),
    ]


def test_what_a_person_did_is_noted_once_with_what_it_was_about() -> None:
    notes: list[tuple[str, ...]] = []
    alarm = Alarm(AlarmState(), note=lambda *note: notes.append(note))
    alarm.update(STORM, 0.0)
    alarm.silence(1.0, "page")
    alarm.acknowledge(2.0, "page")
    alarm.acknowledge(3.0, "page")
    alarm.set_no_data(True, 4.0)
    alarm.acknowledge(5.0, "page")
    assert notes == [
        ("silenced", "STORM", "page"),
        ("acknowledged", "STORM", "page"),
        ("acknowledged", "NO DATA", "page"),
    ]


def test_a_silence_that_is_over_is_dropped_with_the_next_sample() -> None:
    alarm = Alarm(AlarmState(WARNING))
    alarm.silence(0.0, "page")
    alarm.update(WARNING, 599.0)
    assert alarm.state.silenced_until == 600.0
    alarm.update(WARNING, 600.0)
    assert alarm.state == AlarmState(WARNING)


def test_many_threads_at_once_leave_what_is_kept_as_it_is() -> None:
    file = File()
    alarm = Alarm(AlarmState(), file.keep)
    begin = threading.Barrier(6)

    def press(how: Callable[[float, str], object]) -> None:
        begin.wait(20.0)
        for moment in range(300):
            how(float(moment), "page")

    def weather(now: float, source: str) -> None:
        alarm.update(StormLevel(int(now) % 4), now)

    threads = [
        threading.Thread(target=press, args=(how,))
        for how in (alarm.acknowledge, alarm.silence, weather) * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    assert file.rows[-1] == StoredAlarm.of(alarm.state, "boot")


def test_who_has_heard_it_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    alarm = Alarm(AlarmState(WARNING))
    with caplog.at_level(logging.INFO):
        alarm.silence(0.0, "page")
        alarm.acknowledge(1.0, "page")
        alarm.acknowledge(2.0, "page")
    assert [record.getMessage() for record in caplog.records] == [
        "WARNING: silenced by page",
        "WARNING: acknowledged by page",
    ]
