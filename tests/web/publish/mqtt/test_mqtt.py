"""The MQTT publisher and a real Mosquitto: its own client reads what the barometer read."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sensors.errors import ConfigError
from tests.support.real_servers import Mosquitto, mosquitto
from tests.support.storm_conditions import (
    BEGIN,
    Clock,
    minute,
    one_publisher,
    preferences,
    publisher_thread,
    station_context,
    table,
)
from tests.support.waiting import eventually
from web.config.settings import Config
from web.publish.publisher import PublisherThread
from web.recorder.conditions import Conditions

ROOT = Path(__file__).parents[4]


def at(number: float) -> str:
    """The time of a minute, as the JSON has it."""
    moment = datetime.fromtimestamp(BEGIN + 60 * number, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def body(line: str) -> dict[str, object]:
    value = json.loads(line.partition(" ")[2])
    assert isinstance(value, dict)
    return value


def test_the_pressure_is_read_back_to_the_pascal(broker: Mosquitto) -> None:
    clock = Clock()
    listening = broker.listening("storm-petrel/exact/sample", 300)
    with publisher_thread(
        one_publisher(table(broker.port, node="exact"), "", station_context(clock))
    ) as thread:
        for number in range(300):
            thread.put(minute(number, round(940.0 + number * 0.01, 2)))
        read = [body(line) for line in listening.messages()]
    assert [round(float(str(r["pressure_hpa"])) * 100) for r in read] == list(range(94000, 94300))
    assert [r["taken_at"] for r in read] == [at(number) for number in range(300)]


def test_a_sample_says_what_it_means(broker: Mosquitto) -> None:
    listening = broker.listening("storm-petrel/petrel/sample", 1)
    with publisher_thread(
        one_publisher(table(broker.port), "", station_context(Clock()))
    ) as thread:
        thread.put(minute(0))
        (line,) = listening.messages()
    assert body(line) == {
        "taken_at": "2014-02-12T16:00:00Z",
        "pressure_hpa": 988.47,
        "temperature_c": 16.25,
        "change_3h_hpa": -6.31,
        "chance_near_gale": 0.62,
        "chance_gale": 0.31,
        "wind_ms": 14.1,
        "level": "warning",
        "simulated": False,
    }


def test_whoever_comes_later_reads_the_newest_state_and_no_sample(broker: Mosquitto) -> None:
    clock = Clock()
    listening = broker.listening("storm-petrel/later/state", 2)
    with publisher_thread(
        one_publisher(table(broker.port, node="later"), "", station_context(clock))
    ) as thread:
        thread.put(minute(0))
        clock.now += 60
        thread.put(minute(1))
        listening.messages()
        (line,) = broker.read("storm-petrel/later/state")
        assert (body(line)["pressure_hpa"], body(line)["outage"]) == (988.46, "")
        assert body(line)["reasons"] == ["falling very rapidly: -6.3 hPa in 3 h"]
        retained = broker.read("storm-petrel/later/#", 2)
        assert {line.split()[0].rpartition("/")[2] for line in retained} == {
            "availability",
            "state",
        }


def test_a_missed_day_comes_as_samples_and_only_the_present_as_a_state(
    broker: Mosquitto,
) -> None:
    """Home Assistant takes each state for the present; three periods old is its limit, too."""
    clock = Clock(BEGIN + 1439 * 60.0)
    samples = broker.listening("storm-petrel/missed/sample", 1440)
    states = broker.listening("storm-petrel/missed/state", 4)
    thread = PublisherThread(
        one_publisher(table(broker.port, node="missed"), "", station_context(clock))
    )
    for number in range(1440):
        thread.put(minute(number))
    with thread:
        told = [body(line)["taken_at"] for line in states.messages()]
        assert told == [at(1436), at(1437), at(1438), at(1439)]
        sent = [body(line)["taken_at"] for line in samples.messages()]
    assert sent == [at(number) for number in range(1440)]
    (kept,) = broker.read("storm-petrel/missed/state")
    assert body(kept)["taken_at"] == at(1439)


def test_nothing_that_is_lost_is_given_as_the_present(broker: Mosquitto) -> None:
    clock = Clock()
    listening = broker.listening("storm-petrel/blind/state", 3)
    with publisher_thread(
        one_publisher(table(broker.port, node="blind"), "", station_context(clock))
    ) as thread:
        thread.put(minute(0))
        thread.put(minute(0, outage="the barometer does not answer"))
        assert eventually(lambda: "not answer" in broker.read("storm-petrel/blind/state")[0])
        clock.now += 601.0  # and nothing comes any more
        well, late, lost = (body(line) for line in listening.messages())
    assert well["pressure_hpa"] == late["pressure_hpa"] == 988.47
    assert late["outage"] == lost["outage"] == "the barometer does not answer"
    assert {key for key, value in lost.items() if value is None} == {
        *("pressure_hpa", "temperature_c", "change_3h_hpa", "chance_near_gale", "chance_gale"),
        *("wind_ms", "level"),
    }
    assert lost["taken_at"] == well["taken_at"]


def test_an_outage_is_told_however_soon_one_failed_reading_follows_another(
    broker: Mosquitto,
) -> None:
    """A reading a second that fails: the state must not wait for a pause that never comes."""
    publisher = one_publisher(table(broker.port, node="dead"), "", station_context(Clock()))
    publisher.connect()
    publisher.publish(minute(0))

    def is_told() -> bool:
        publisher.publish(minute(0, outage="no chip answers"))
        publisher.poll()
        (line,) = broker.read("storm-petrel/dead/state")
        return body(line)["outage"] == "no chip answers"

    assert eventually(is_told, 10.0)
    publisher.disconnect()


def test_before_the_first_sample_there_is_a_state_that_says_so(broker: Mosquitto) -> None:
    listening = broker.listening("storm-petrel/new/state", 1)
    with publisher_thread(
        one_publisher(table(broker.port, node="new"), "", station_context(Clock()))
    ) as thread:
        thread.put(Conditions(outage="no barometer at 0x77"))
        (line,) = listening.messages()
    assert (body(line)["level"], body(line)["outage"]) == (None, "no barometer at 0x77")


def test_an_orderly_end_says_offline(broker: Mosquitto) -> None:
    listening = broker.listening("storm-petrel/orderly/availability", 2)
    with publisher_thread(
        one_publisher(table(broker.port, node="orderly"), "", station_context(Clock()))
    ):
        assert eventually(lambda: broker.read("storm-petrel/orderly/availability"))
    assert [line.split()[1] for line in listening.messages()] == ["online", "offline"]
    assert broker.read("storm-petrel/orderly/availability") == [
        "storm-petrel/orderly/availability offline"
    ]


def test_a_program_that_is_killed_is_offline_by_its_will(broker: Mosquitto) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.support.storm_conditions import Clock, one_publisher, station_context, table
from web.publish.publisher import PublisherThread
publisher = one_publisher(table({broker.port}, node="killed"), "", station_context(Clock()))
publisher.connect()
print("connected", flush=True)
sys.stdin.read()
"""
    listening = broker.listening("storm-petrel/killed/availability", 2)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"connected\n"
    process.kill()
    process.communicate()
    assert [line.split()[1] for line in listening.messages()] == ["online", "offline"]


def test_a_broker_that_comes_late_and_goes_gets_every_minute_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    with mosquitto(tmp_path) as broker:
        broker.end()
        publisher = one_publisher(table(broker.port), "", station_context(clock))
        with publisher_thread(publisher) as thread:
            for number in range(5):
                thread.put(minute(number))
            assert eventually(lambda: "is not reached: Connection refused" in caplog.text)
            seen: list[str] = []
            for first in (0, 5):
                # Whoever listens must be there before the boat: it is quick.
                broker.start()
                with_past = broker.listening("storm-petrel/petrel/sample", 5)
                for number in range(first + 5, first + 10):
                    thread.put(minute(number))
                seen += [str(body(line)["taken_at"]) for line in with_past.messages()]
                broker.end(suddenly=True)
            broker.start()
            assert eventually(lambda: "works again" in caplog.text)
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("listed", [(), ("mqtt",)])
def test_the_alarm_is_acknowledged_by_a_button_only_if_mqtt_is_listed(
    broker: Mosquitto, listed: tuple[str, ...]
) -> None:
    node = f"button-{len(listed)}"
    topic, pressed = f"storm-petrel/{node}/acknowledge", list[str]()
    settings = preferences(Config.of({"alarm": {"acknowledged_by": list(listed)}}, ""))
    station = replace(
        station_context(Clock(), settings=settings),
        acknowledge=lambda source, seen: pressed.append(source),
    )
    broker.publish(topic, "PRESS", "-r")  # meant for the storm of last year
    publisher = one_publisher(table(broker.port, node=node), "", station)
    with publisher_thread(publisher) as thread:
        thread.put(minute(0))
        assert eventually(lambda: broker.read(f"storm-petrel/{node}/state"))
        (line,) = broker.read(f"homeassistant/device/storm-petrel-{node}/config")
        button = body(line)["components"].get("acknowledge")  # type: ignore[attr-defined]
        for payload in ("press", "PRESS"):
            broker.publish(topic, payload)
        if listed:
            assert eventually(lambda: pressed)
            assert (button["platform"], button["command_topic"]) == ("button", topic)
            thread.put(minute(1))
        else:
            assert button is None
    assert pressed == [*listed]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": ""}, "host = ''"),
        ({"port": 0}, "port = 0: from 1 to 65535"),
        ({"node": "a/b"}, "node = 'a/b'"),
        ({"prefix": "boats/#"}, "prefix = 'boats/#'"),
        ({"password_file": "/x"}, "password_file "),
        ({"username": "a", "password_file": "/not/there"}, "No such file"),
        ({"ca_file": "/x"}, "ca_file "),
        ({"tls": True, "ca_file": "/not/there"}, "ca_file = '/not/there' cannot be used"),
        ({"pasword_file": ""}, "did you mean 'password_file'"),
    ],
)
def test_a_setting_that_cannot_be_is_told(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=r"boat.toml: \[mqtt\]") as raised:
        one_publisher(table(**{"port": 1, **settings}), "boat.toml", station_context(Clock()))
    assert words in str(raised.value)


def test_what_is_played_is_another_node_and_says_so(broker: Mosquitto) -> None:
    publisher = one_publisher(table(broker.port), "", station_context(Clock(), "the storm of 2014"))
    publisher.connect()
    publisher.publish(minute(0))
    (state,) = broker.read("storm-petrel/petrel-simulated/state")
    (config,) = broker.read("homeassistant/device/storm-petrel-petrel-simulated/config")
    publisher.disconnect()
    assert body(state)["simulated"] is True
    assert body(state)["record"] == "the storm of 2014"
    assert '"name": "SIMULATED Storm Petrel petrel-simulated"' in config
