"""What ha-mqtt-discoverable writes of the same sensors, as JSON: the words test_discovery keeps.

python3 -m venv oracle; oracle/bin/pip install ha-mqtt-discoverable
oracle/bin/python tests/support/home_assistant_oracle.py > \\
    tests/web/publish/data/home_assistant_sensors.json

It connects to nothing. Not imported by the tests: they have no such library.
"""

# mypy: ignore-errors

import json
from importlib.metadata import version

from ha_mqtt_discoverable import DeviceInfo, Settings
from ha_mqtt_discoverable.sensors import BinarySensor, BinarySensorInfo, Sensor, SensorInfo

DEVICE = DeviceInfo(
    name="Storm Petrel petrel",
    identifiers=["storm-petrel-petrel"],
    manufacturer="Storm Petrel",
    model="barometer",
    sw_version="1.2.3",
)
PRESSURE = {"device_class": "atmospheric_pressure", "unit_of_measurement": "hPa"}
WARMTH = {"device_class": "temperature", "unit_of_measurement": "°C"}
CHANCE = {"unit_of_measurement": "%", "icon": "mdi:weather-windy"}
NUMBERS = [
    ("pressure_hpa", "Pressure", 1, PRESSURE),
    ("temperature_c", "Temperature", 1, WARMTH),
    ("change_3h_hpa", "Pressure change in 3 h", 1, PRESSURE),
    ("chance_near_gale", "Chance of near gale in 12 h", 0, CHANCE),
    ("chance_gale", "Chance of gale in 12 h", 0, CHANCE),
]


def written(kind, entity):
    mqtt = Settings.MQTT(host="127.0.0.1")
    kind._connect_client = lambda self: None  # the words are wanted, not a connection
    return kind(Settings(mqtt=mqtt, entity=entity)).generate_config()


common = {"device": DEVICE}
expires = {"expire_after": 600}
sensors = {
    key: written(
        Sensor,
        SensorInfo(
            name=name,
            unique_id=f"storm-petrel-petrel-{key}",
            state_class="measurement",
            suggested_display_precision=decimals,
            **what,
            **expires,
            **common,
        ),
    )
    for key, name, decimals, what in NUMBERS
}
sensors["level"] = written(
    Sensor,
    SensorInfo(
        name="Storm level",
        unique_id="storm-petrel-petrel-level",
        device_class="enum",
        options=["calm", "watch", "warning", "storm"],
        icon="mdi:weather-hurricane",
        **expires,
        **common,
    ),
)
sensors["drill"] = written(
    Sensor,
    SensorInfo(
        name="Drill",
        unique_id="storm-petrel-petrel-drill",
        device_class="enum",
        entity_category="diagnostic",
        options=["off", "watch", "warning", "storm", "no_data"],
        icon="mdi:bullhorn",
        **common,
    ),
)
sensors["outage"] = written(
    BinarySensor,
    BinarySensorInfo(
        name="Barometer problem",
        unique_id="storm-petrel-petrel-outage",
        device_class="problem",
        entity_category="diagnostic",
        payload_on="ON",
        payload_off="OFF",
        **common,
    ),
)
sensors["no_data"] = written(
    BinarySensor,
    BinarySensorInfo(
        name="No data",
        unique_id="storm-petrel-petrel-no_data",
        device_class="problem",
        payload_on="ON",
        payload_off="OFF",
        **common,
    ),
)
print(
    json.dumps(
        {
            "written_by": f"ha-mqtt-discoverable {version('ha-mqtt-discoverable')}",
            "sensors": sensors,
        },
        indent=1,
        ensure_ascii=False,
    )
)
