"""docs/architecture.md and its picture name what is there, and the rule that is in force."""

import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")


def test_every_file_and_folder_that_is_named_is_there() -> None:
    shown = [name.replace("\\", "") for name in re.findall(r"\[([\w\\./]+\.py)\]", PAGE)]
    folders = re.findall(r"`((?:sensors|web|tests|scripts)/[\w/]*)`", PAGE)
    assert len(shown) > 20
    assert [name for name in shown + folders if not (ROOT / name).exists()] == []


def test_each_station_of_the_picture_is_in_the_text() -> None:
    stations = re.findall(r"\b(\w+\.py)\b", PICTURE)
    assert len(stations) > 10
    assert [name for name in stations if not re.search(rf"/{name}\)", PAGE)] == []


def test_the_classes_that_are_named_are_where_the_text_says() -> None:
    for name, home in (
        ("Frequency", "sensors/readings.py"),
        ("RawColour", "sensors/readings.py"),
        ("BarometerReading", "sensors/readings.py"),
        ("Sample", "web/weather/sample.py"),
        ("StormWatch", "web/weather/outlook.py"),
    ):
        assert f"`{name}`" in PAGE
        assert f"class {name}" in (ROOT / home).read_text(encoding="utf-8")


def test_what_the_table_forbids_is_forbidden_by_the_linter() -> None:
    rules = ConfigParser()
    rules.read(ROOT / "setup.cfg")
    weather = rules["importlinter:contract:weather"]["forbidden_modules"].split()
    assert {"sensors", "calibration", "sqlite3", "flask"} <= set(weather)
    assert "sensors.board" in rules["importlinter:contract:pages"]["forbidden_modules"].split()
    light = rules["importlinter:contract:light"]
    assert {"numpy", "flask"} <= set(light["forbidden_modules"].split())
    assert {"sensors", "web.recorder"} <= set(light["source_modules"].split())
    assert "sensors | calibration" in rules["importlinter:contract:rooms"]["layers"]


def test_the_floors_that_are_drawn_are_those_of_the_contracts() -> None:
    rules = ConfigParser()
    rules.read(ROOT / "setup.cfg")
    (drawn,) = re.findall(r"^```text\n(web\n.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    rooms = re.findall(r"^(\w+)\n((?: .*\n)+)", drawn, re.MULTILINE)
    floors = {room: [floor.strip() for floor in lines.splitlines()] for room, lines in rooms}
    in_force = {
        rules[name]["containers"]: rules[name]["layers"].split("\n")[1:]
        for name in rules.sections()
        if "containers" in rules[name]
    }
    assert floors == in_force
