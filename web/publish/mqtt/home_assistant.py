"""Discovery by Home Assistant: one retained message describes the boat as a device.

    homeassistant/device/<id>/config     its entities, their topics, when a value expires

The keys are documented by Home Assistant: MQTT discovery, "Device discovery payload".
"""

from typing import Any, Final

from ...alarm.state import AlarmSignal
from ...weather import StormLevel

PRESS = "PRESS"  # what a button sends

_PRESSURE = {"device_class": "atmospheric_pressure", "unit_of_measurement": "hPa"}
_WARMTH = {"device_class": "temperature", "unit_of_measurement": "°C"}
_CHANCE = {"unit_of_measurement": "%", "icon": "mdi:weather-windy"}

# Each number: its name, its key in the state, the decimals shown, its kind.
_NUMBERS: Final[tuple[tuple[str, str, int, dict[str, str]], ...]] = (
    ("Pressure", "pressure_hpa", 1, _PRESSURE),
    ("Temperature", "temperature_c", 1, _WARMTH),
    ("Pressure change in 3 h", "change_3h_hpa", 1, _PRESSURE),
    ("Chance of near gale in 12 h", "chance_near_gale", 0, _CHANCE),
    ("Chance of gale in 12 h", "chance_gale", 0, _CHANCE),
)


def device_id(boat: str) -> str:
    """Return the boat's id in Home Assistant, which must never change."""
    return f"storm-petrel-{boat}"


def discovery(
    boat: str,
    base: str,
    *,
    expire_after_s: float,
    version: str,
    is_simulated: bool,
    acknowledges: bool = False,
) -> dict[str, Any]:
    """Return the discovery payload. base: the beginning of the boat's topics.

    acknowledges: it may acknowledge the alarm, and gets a button for that.
    """
    own_id = device_id(boat)
    expires = {"expire_after": round(expire_after_s)}
    components = _measurements(own_id, expires)
    components["level"] = {
        **_component(own_id, "level", "sensor", "Storm level"),
        **expires,
        "device_class": "enum",
        "options": [level.word for level in StormLevel],
        "icon": "mdi:weather-hurricane",
        "value_template": "{{ value_json.level }}",
        **_attribute(base, "reasons"),
    }
    # Problems do not expire: they are what there is to know when nothing else comes.
    components["outage"] = {
        **_problem(own_id, "outage", "Barometer problem"),
        "entity_category": "diagnostic",
        **_attribute(base, "outage"),
    }
    components["no_data"] = _problem(own_id, "no_data", "No data")
    components["drill"] = _drill(own_id)
    if acknowledges:
        components["acknowledge"] = _button(own_id, base)
    about = {"sw_version": version} if version else {}
    return {
        "device": {
            "identifiers": [own_id],
            "name": f"{'SIMULATED ' if is_simulated else ''}Storm Petrel {boat}",
            "manufacturer": "Storm Petrel",
            "model": "simulated barometer" if is_simulated else "barometer",
            **about,
        },
        "origin": {"name": "Storm Petrel", **about},
        "components": components,
        "state_topic": f"{base}/state",
        "availability": [{"topic": f"{base}/availability"}],
        "qos": 1,
    }


def _measurements(own_id: str, expires: dict[str, int]) -> dict[str, dict[str, Any]]:
    return {
        key: {
            **_component(own_id, key, "sensor", name),
            **expires,
            **kind,
            "state_class": "measurement",
            "suggested_display_precision": decimals,
            "value_template": _number(key, 100 if kind is _CHANCE else 1),
        }
        for name, key, decimals, kind in _NUMBERS
    }


def _component(own_id: str, key: str, platform: str, name: str) -> dict[str, Any]:
    return {"platform": platform, "unique_id": f"{own_id}-{key}", "name": name}


def _problem(own_id: str, key: str, name: str) -> dict[str, Any]:
    """Return a sensor that is on while the state has something under this key."""
    return {
        **_component(own_id, key, "binary_sensor", name),
        "device_class": "problem",
        "payload_on": "ON",
        "payload_off": "OFF",
        "value_template": f"{{{{ 'ON' if value_json.{key} else 'OFF' }}}}",
    }


def _drill(own_id: str) -> dict[str, Any]:
    """Return a sensor of its own: no automation of a boat should take a drill for weather."""
    return {
        **_component(own_id, "drill", "sensor", "Drill"),
        "device_class": "enum",
        "entity_category": "diagnostic",
        "options": ["off", *(signal.value for signal in AlarmSignal)],
        "icon": "mdi:bullhorn",
        "value_template": "{{ value_json.drill or 'off' }}",
    }


def _button(own_id: str, base: str) -> dict[str, Any]:
    return {
        **_component(own_id, "acknowledge", "button", "Acknowledge the alarm"),
        "command_topic": f"{base}/acknowledge",
        "payload_press": PRESS,
        "icon": "mdi:bell-check",
    }


def _number(key: str, times: int) -> str:
    """Return the template; null becomes None, which Home Assistant shows as unknown."""
    if times == 1:
        return f"{{{{ value_json.{key} }}}}"
    return (
        f"{{{{ (value_json.{key} * {times}) | round(1) if value_json.{key} is not none"
        " else none }}"
    )


def _attribute(base: str, key: str) -> dict[str, str]:
    return {
        "json_attributes_topic": f"{base}/state",
        "json_attributes_template": f"{{{{ {{'{key}': value_json.{key}}} | tojson }}}}",
    }
