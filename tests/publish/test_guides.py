"""The guides for MQTT, InfluxDB and the fleet: their settings are taken, and none is left out."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from sensors.config import section
from web.publish.influx import InfluxConfig
from web.publish.mqtt import MqttConfig

DOCS = Path(__file__).parents[2] / "docs"
TABLES: list[tuple[str, type[MqttConfig] | type[InfluxConfig]]] = [
    ("mqtt", MqttConfig),
    ("influx", InfluxConfig),
]


def blocks(guide: str) -> list[dict[str, Any]]:
    text = (DOCS / guide).read_text(encoding="utf-8")
    return [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.S)]


@pytest.mark.parametrize("guide", ["home-assistant.md", "influx.md", "fleet.md"])
def test_each_example_is_taken(guide: str) -> None:
    found = blocks(guide)
    assert found
    for tables in found:
        for name, cls in TABLES:
            if name in tables:
                section(tables, name, cls, guide)


@pytest.mark.parametrize(("guide", "table"), [("home-assistant.md", 0), ("influx.md", 1)])
def test_each_key_is_explained(guide: str, table: int) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    for field in fields(TABLES[table][1]):
        assert re.search(rf"^(# )?{field.name} = ", text, re.M), field.name
