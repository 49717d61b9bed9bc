"""What Home Assistant is told, against others' words for it, and its templates as Jinja reads them.

The oracle is ha-mqtt-discoverable, an independent writer of such messages: what it would write of
the same sensors has the same keys and values. home_assistant_oracle.py, run in an environment of
its own, has written data/home_assistant_sensors.json.
"""

import json
import re
from pathlib import Path
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.support.real_servers import mosquitto
from tests.support.storm_conditions import Clock, minute, one_publisher, station_context, table
from web.publish.mqtt.home_assistant import discovery

KEPT = Path(__file__).parents[1] / "data" / "home_assistant_sensors.json"

# What Home Assistant's documentation asks of the message, and allows at its root.
ROOT = {"device", "origin", "components", "state_topic", "availability", "qos"}
# The topics are given once for all in the device form, and the reasons are an addition.
ELSEWHERE = {"state_topic", "availability_topic", "json_attributes_topic"}
OURS = {"value_template", "json_attributes_topic", "json_attributes_template"}


def told(*, is_simulated: bool = False, acknowledges: bool = False) -> dict[str, Any]:
    return discovery(
        "petrel",
        "storm-petrel/petrel",
        expire_after_s=600.0,
        version="1.2.3",
        is_simulated=is_simulated,
        acknowledges=acknowledges,
    )


def test_the_message_has_what_the_device_form_asks_for() -> None:
    payload = told()
    assert set(payload) == ROOT
    assert payload["origin"]["name"]
    assert payload["device"]["identifiers"]
    assert all(part["platform"] for part in payload["components"].values())
    ids = [part["unique_id"] for part in payload["components"].values()]
    assert len(set(ids)) == len(ids) == 9
    parts = payload["components"].values()
    expiring = {part["unique_id"] for part in parts if "expire_after" in part}
    lasting = {f"storm-petrel-petrel-{key}" for key in ("outage", "no_data", "drill")}
    assert expiring == set(ids) - lasting, "a problem must not vanish while the silence lasts"


def test_another_writer_has_the_same_words_for_each_sensor() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    components = told()["components"]
    assert set(kept["sensors"]) == set(components)
    for key, theirs in kept["sensors"].items():
        ours = {k: v for k, v in components[key].items() if k not in OURS}
        platform = ours.pop("platform")
        assert theirs.pop("component") == platform
        device = theirs.pop("device")
        assert {k: v for k, v in theirs.items() if k not in ELSEWHERE} == ours
        assert device == told()["device"]


def rendered(template: str, state: dict[str, Any]) -> str:
    """As Home Assistant renders it: sandboxed Jinja, to a text."""
    return ImmutableSandboxedEnvironment().from_string(template).render(value_json=state).strip()


def test_the_templates_find_the_numbers_in_the_state_as_it_is_published(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        publisher = one_publisher(table(broker.port), "", station_context(Clock()))
        publisher.connect()
        publisher.publish(minute(0))
        (line,) = broker.read("storm-petrel/petrel/state")
        (message,) = broker.read("homeassistant/device/storm-petrel-petrel/config")
        publisher.disconnect()
    state = json.loads(line.partition(" ")[2])
    payload = json.loads(message.partition(" ")[2])
    assert payload == told()
    assert payload["state_topic"] == line.partition(" ")[0]
    shown = {
        key: rendered(part["value_template"], state) for key, part in payload["components"].items()
    }
    assert shown == {
        "pressure_hpa": "988.47",
        "temperature_c": "16.25",
        "change_3h_hpa": "-6.31",
        "chance_near_gale": "62.0",
        "chance_gale": "31.0",
        "level": "warning",
        "outage": "OFF",
        "no_data": "OFF",
        "drill": "off",
    }
    assert shown["level"] in payload["components"]["level"]["options"]


def test_what_is_not_known_is_unknown_there_too() -> None:
    """Home Assistant takes the text None for unknown."""
    keys = ("pressure_hpa", "temperature_c", "change_3h_hpa", "chance_near_gale", "chance_gale")
    state: dict[str, Any] = {**dict.fromkeys((*keys, "level")), "outage": "gone", "no_data": True}
    shown = {
        key: rendered(part["value_template"], state) for key, part in told()["components"].items()
    }
    problems = {"outage": "ON", "no_data": "ON", "drill": "off"}
    assert shown == {**dict.fromkeys((*keys, "level"), "None"), **problems}


def test_the_attributes_are_objects() -> None:
    state = {"reasons": ['falls "very rapidly"'], "outage": "gone"}
    for key, attribute in (("level", "reasons"), ("outage", "outage")):
        template = told()["components"][key]["json_attributes_template"]
        assert json.loads(rendered(template, state)) == {attribute: state[attribute]}


def test_what_is_played_says_so_in_the_name_of_the_device() -> None:
    assert re.match("SIMULATED", told(is_simulated=True)["device"]["name"])
    assert "SIMULATED" not in told()["device"]["name"]


def test_only_a_boat_that_takes_acknowledgements_has_a_button() -> None:
    parts = told(acknowledges=True)["components"]
    button = parts.pop("acknowledge")
    assert parts == told()["components"]
    assert button["platform"] == "button"
    assert button["command_topic"] == "storm-petrel/petrel/acknowledge"
    assert button["payload_press"] == "PRESS"


def test_without_discovery_home_assistant_is_told_nothing(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        publisher = one_publisher(table(broker.port, discovery=False), "", station_context(Clock()))
        publisher.connect()
        publisher.publish(minute(0))
        publisher.disconnect()
        retained = broker.read("#", 2)
    assert {line.split("/")[0] for line in retained} == {"storm-petrel"}
