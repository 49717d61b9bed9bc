"""What a client that comes during an outage reads from a real broker and a real Signal K server."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.fixed_station import NOON, conditions
from tests.support.real_servers import Mosquitto, mosquitto
from tests.support.signalk_boat import SignalKBoat
from tests.support.storm_conditions import (
    BEGIN,
    Clock,
    minute,
    one_publisher,
    publisher_thread,
    station_context,
    table,
)
from tests.support.waiting import eventually
from web.alarm.state import AlarmState
from web.recorder.conditions import Conditions
from web.weather import StormLevel

ROOT = Path(__file__).parents[3]
LOST_S = 601.0
DERIVED = ("pressure_hpa", "temperature_c", "change_3h_hpa", "chance_near_gale", "chance_gale")
SENSOR = "no barometer at 0x77"
levels = pytest.mark.parametrize("level", [StormLevel.CALM, StormLevel.STORM])


def of_level(number: int, level: StormLevel) -> Conditions:
    sound = minute(number)
    assert sound.outlook is not None
    return replace(sound, outlook=sound.outlook._replace(level=level))


def newest(broker: Mosquitto, node: str) -> dict[str, Any]:
    """The retained state, as a client that comes now reads it."""
    (line,) = broker.read(f"storm-petrel/{node}/state")
    return dict(json.loads(line.partition(" ")[2]))


def availability(broker: Mosquitto, node: str) -> str:
    (line,) = broker.read(f"storm-petrel/{node}/availability")
    return line.partition(" ")[2]


def is_without_numbers(state: dict[str, Any]) -> bool:
    unknown = all(state[key] is None for key in (*DERIVED, "wind_ms", "level"))
    return unknown and not state["reasons"]


@levels
@pytest.mark.parametrize("outage", [SENSOR, ""], ids=["sensor", "recorder"])
def test_the_broker_retains_no_number_of_the_past(
    broker: Mosquitto, level: StormLevel, outage: str
) -> None:
    node, clock, alarm = f"outage-{level.word}-{bool(outage)}", Clock(), [AlarmState()]
    context = replace(station_context(clock), alarm=lambda: alarm[0])
    with publisher_thread(one_publisher(table(broker.port, node=node), "", context)) as thread:
        before = of_level(0, level)
        thread.put(before)
        assert eventually(lambda: broker.read(f"storm-petrel/{node}/#", 2))
        assert newest(broker, node)["level"] == level.word
        if outage:
            thread.put(replace(before, outage=outage, is_gap=True))
        clock.now += LOST_S
        assert eventually(lambda: is_without_numbers(newest(broker, node)))
        assert newest(broker, node)["outage"].startswith(outage or "no reading since")
        assert newest(broker, node)["taken_at"] == "2014-02-12T16:00:00Z"
        alarm[0] = AlarmState(no_data=True)
        assert eventually(lambda: newest(broker, node)["no_data"])
        assert is_without_numbers(newest(broker, node))
        alarm[0], clock.now = AlarmState(), BEGIN + 12 * 60.0
        thread.put(of_level(12, level))
        assert eventually(lambda: newest(broker, node)["level"] == level.word)
        state = newest(broker, node)
        assert (state["pressure_hpa"], state["outage"], state["no_data"]) == (988.35, "", False)


@levels
def test_of_a_killed_program_the_broker_says_offline(broker: Mosquitto, level: StormLevel) -> None:
    node = f"killed-{level.word}"
    code = f"""
import time
from tests.web.publish.test_outages import *
publisher = one_publisher(table({broker.port}, node={node!r}), "", station_context(Clock()))
publisher.connect()
publisher.publish(of_level(0, StormLevel({int(level)})))
print("published", flush=True)
time.sleep(600)
"""
    paths = os.pathsep.join([str(ROOT), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"published\n"
        assert availability(broker, node) == "online"
    finally:
        process.kill()
        process.communicate()
    assert eventually(lambda: availability(broker, node) == "offline")


@levels
@pytest.mark.parametrize("keeps", [True, False])
def test_a_broker_that_comes_back_has_the_present(
    tmp_path: Path, level: StormLevel, keeps: bool
) -> None:
    """With what it had retained before, or without."""
    kept = (f"persistence_location {tmp_path}/", f"persistence {'true' if keeps else 'false'}")
    clock = Clock()
    with mosquitto(tmp_path, *kept) as broker:
        publisher = one_publisher(table(broker.port), "", station_context(clock))
        with publisher_thread(publisher) as thread:
            thread.put(of_level(0, level))
            assert eventually(lambda: broker.read("storm-petrel/petrel/#", 2))
            broker.end()
            clock.now += LOST_S
            broker.start()
            assert eventually(lambda: is_without_numbers(newest(broker, "petrel")), 40.0)
            assert availability(broker, "petrel") == "online"


def leaves(document: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The values in an answer of Signal K, by path."""
    if isinstance(document, dict):
        if "value" in document and "$source" in document:
            yield path, document
        else:
            for key, part in document.items():
                yield from leaves(part, f"{path}.{key}" if path else key)


def ours(boat: SignalKBoat, path: str = "environment") -> dict[str, Any]:
    """What the server gives now of our source, as a plotter that connects now reads it."""
    document = boat.server.ask("GET", "/signalk/v1/api/vessels/self")
    return {
        name: leaf["value"]
        for name, leaf in leaves(document)
        if leaf["$source"] == "storm-petrel.barometer" and name.startswith(path)
    }


def alarms(boat: SignalKBoat, others: Collection[str] = ()) -> dict[str, Any]:
    """Our notifications that are not normal, by the last part of their path.

    others: those that other tests have left at the server.
    """
    root = "notifications.environment.outside.pressure"
    states = {
        name.removeprefix(f"{root}."): value["state"] for name, value in ours(boat, root).items()
    }
    return {
        name: state for name, state in states.items() if state != "normal" and name not in others
    }


@levels
@pytest.mark.parametrize("outage", [SENSOR, ""], ids=["sensor", "recorder"])
def test_signal_k_has_no_number_of_the_past(
    afloat: SignalKBoat, level: StormLevel, outage: str
) -> None:
    boat = afloat.boat
    # Each case has a path of its own: the server has seen those before.
    boat.now = taken_at = NOON + 86_400 * (1 + level + 10 * bool(outage))
    others = set(alarms(afloat))
    before = conditions(980.0, level, since=taken_at)
    assert before.sample is not None
    before = replace(before, sample=before.sample._replace(taken_at=taken_at))
    with afloat.thread() as thread:
        thread.put(before)
        assert afloat.shows("environment.outside.pressure", 98_000)
        assert eventually(lambda: len(alarms(afloat, others)) == (level is StormLevel.STORM))
        if outage:
            thread.put(replace(before, outage=outage, is_gap=True))
        boat.now += LOST_S
        assert eventually(lambda: set(ours(afloat).values()) == {None}), ours(afloat)
        assert eventually(lambda: list(alarms(afloat, others).values()) == ["warn"]), alarms(
            afloat, others
        )
        boat.no_data = True
        assert eventually(lambda: list(alarms(afloat, others).values()) == ["alarm"])
        assert next(iter(alarms(afloat, others))).startswith("noData.")
        boat.no_data, boat.now = False, taken_at + 720
        assert before.sample is not None
        thread.put(replace(before, sample=before.sample._replace(taken_at=boat.now)))
        assert afloat.shows("environment.outside.pressure", 98_000)
        expected = ["alarm"] if level is StormLevel.STORM else []
        assert eventually(lambda: list(alarms(afloat, others).values()) == expected)
        thread.put(replace(conditions(1010.0), sample=before.sample._replace(taken_at=boat.now)))
        assert eventually(lambda: not alarms(afloat, others))


def test_a_plotter_can_tell_that_a_dead_program_s_values_are_old(afloat: SignalKBoat) -> None:
    """The server keeps the values of a program that has ended; their time and timeout tell."""
    with afloat.thread() as thread:
        thread.put(conditions(981.0))
        assert afloat.shows("environment.outside.pressure", 98_100)
    shown = afloat.server.said("environment.outside.pressure")
    assert shown["timestamp"].startswith("2026-09-21T")
    assert shown["meta"]["timeout"] == 180.0
