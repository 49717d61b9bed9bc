"""The guides for MQTT, InfluxDB and the fleet: none of their settings is left out."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from web.config.publishers import InfluxConfig, MqttConfig

DOCS = Path(__file__).parents[3] / "docs"
TABLES: list[tuple[str, type[MqttConfig] | type[InfluxConfig]]] = [
    ("mqtt", MqttConfig),
    ("influx", InfluxConfig),
]


@pytest.mark.parametrize(("guide", "table"), [("home-assistant.md", 0), ("influx.md", 1)])
def test_each_key_is_explained(guide: str, table: int) -> None:
    text = (DOCS / guide).read_text(encoding="utf-8")
    for field in fields(TABLES[table][1]):
        assert re.search(rf"^(# )?{field.name} = ", text, re.M), field.name
