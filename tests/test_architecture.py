"""docs/architecture.md and its picture say what is there, and the rules that are in force."""

import ast
import os
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Sequence
from configparser import ConfigParser
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any, Self

import pytest

from calibration import ColourProfile, References
from sensors import open_board
from tests.support.waiting import eventually
from web.config.settings import Config
from web.pages.preference_store import PreferenceStore
from web.runtime.program import Plan, recording

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = (ROOT / "docs" / "architecture.svg").read_text(encoding="utf-8")
RULES = ConfigParser()
RULES.read(ROOT / "setup.cfg")
OURS = tuple(f"{ROOT / room}{os.sep}" for room in ("sensors", "calibration", "web"))
HARDWARE = ("sensors/backends/__init__.py", "sensors/backends/i2c.py")
WEATHER = "web/weather/outlook.py"  # one station, with all of its folder
# What a walk passes on its way, as the page says.
BESIDE = (
    *("sharing.py", "filters.py", "ranging.py"),
    *("outage_log.py", "mean_wind.py", "system_clock.py", "pacing.py", "writer.py"),
)


def walk(heading: str) -> list[list[str]]:
    """The files of the table below a heading, by its rows."""
    (part,) = re.findall(rf"^## {heading}\n(.*?)^## ", PAGE, re.M | re.S)
    rows = re.findall(r"^\| [\d, -]+ \| (.*?) \|", part, re.M)
    return [re.findall(r"\[([\w/]+\.py)\]", row) for row in rows]


# A turn of the recorder begins; the alarm is given a level; a buzzer sounds.
TURN = ("web/recorder/recorder.py", "_take")
LEVEL = ("web/alarm/state.py", "update")
SOUND = ("web/alarm/outputs.py", "beep")

COLOUR, ALARM = walk('A frequency becomes "orange"'), walk("A reading becomes a sounding alarm")


class Calls:
    """The calls into our files, in order: by this thread, and by each new one, by its name."""

    def __init__(self) -> None:
        self.by: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)

    def __enter__(self) -> Self:
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            file = os.path.relpath(code.co_filename, ROOT)
            self.by[threading.current_thread().name].append((file, code.co_name))


def files(calls: Sequence[tuple[str, str]]) -> list[str]:
    """In the order of the first calls, without what imitates or holds the hardware."""
    return [
        file
        for file in dict.fromkeys(
            WEATHER if file.startswith("web/weather/") else file for file, _ in calls
        )
        if not file.startswith(("sensors/simulated/", *HARDWARE)) and Path(file).name not in BESIDE
    ]


def test_every_file_and_folder_that_is_named_is_there() -> None:
    shown = [name.replace("\\", "") for name in re.findall(r"\[([\w\\./]+\.py)\]", PAGE)]
    folders = re.findall(r"`((?:sensors|calibration|web|tests|scripts)/[\w/]*)`", PAGE)
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


@pytest.mark.parametrize("steps", [COLOUR, ALARM], ids=["colour", "alarm"])
def test_a_walk_has_fourteen_files_at_most_and_none_twice(steps: list[list[str]]) -> None:
    walked = list(chain(*steps))
    assert all(steps)
    assert 8 < len(walked) <= 14
    assert len(set(walked)) == len(walked)


def test_a_frequency_becomes_a_word_by_way_of_these_files_in_this_order() -> None:
    with open_board(simulated=True) as board:
        board.scene.show("orange")
        raw = board.colour.read()
        dark, white = tuple(0.01 * hz for hz in raw), tuple(2.0 * hz for hz in raw)
        profile = ColourProfile.default(References(dark, white))
        profile.name(raw)  # imports what is imported when it is first needed
        sensor = board.colour
        with Calls() as calls:
            profile.name(sensor.read())
    assert files(calls.by[threading.current_thread().name]) == list(chain(*COLOUR))
    assert all(f"{name}`" in PAGE for name in BESIDE)


def test_a_reading_becomes_a_sound_by_way_of_these_files_in_this_order(tmp_path: Path) -> None:
    tables = {
        "history": {"path": str(tmp_path / "history.sqlite")},
        "alarm": {"buzzer": 17, "sounds_from": "watch"},
        "simulated": {"noise": False, "speed": 3000},
    }
    config = Config.of(tables, "a test")
    with open_board(tables, simulated=True) as board, Calls() as calls:
        settings = PreferenceStore(tmp_path / "settings.json", config, tmp_path / "offset.json")
        plan = Plan(board, tmp_path / "history.sqlite", config, settings)
        with recording(plan, again=False, alive=lambda: None):
            assert eventually(lambda: SOUND in calls.by["sounder"], 60.0)
    walked = list(chain(*ALARM))
    until_state = walked.index("web/alarm/state.py") + 1
    turn = calls.by["recorder"]
    newest = max(n for n, call in enumerate(turn) if call == TURN and LEVEL in turn[n:])
    assert files(turn[newest:])[:until_state] == walked[:until_state]
    sounder = calls.by["sounder"]
    way = files(sounder[: sounder.index(SOUND) + 1])
    assert [file for file in way if file in walked[until_state:]] == walked[until_state:]


def test_the_floors_that_are_drawn_are_those_of_the_contracts() -> None:
    (drawn,) = re.findall(r"^```text\n(web\n.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    rooms = re.findall(r"^(\w+)\n((?: .*\n)+)", drawn, re.MULTILINE)
    floors = {room: [floor.strip() for floor in lines.splitlines()] for room, lines in rooms}
    in_force = {
        RULES[name]["containers"]: RULES[name]["layers"].split("\n")[1:]
        for name in RULES.sections()
        if "containers" in RULES[name]
    }
    assert floors == in_force


def test_each_folder_is_there_with_the_line_of_its_docstring() -> None:
    purposes = {
        f"{path.parent.relative_to(ROOT)}/": " ".join(
            (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
            .split("\n\n")[0]
            .split()
        )
        for room in ("sensors", "calibration", "web")
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert dict(re.findall(r"^\| `([\w/]+/)` \| (.*) \|$", PAGE, re.M)) == purposes


def test_what_the_page_forbids_is_forbidden_by_the_linter() -> None:
    weather = RULES["importlinter:contract:weather"]["forbidden_modules"].split()
    assert {"sensors", "calibration", "sqlite3", "flask"} <= set(weather)
    assert "sensors.board" in RULES["importlinter:contract:pages"]["forbidden_modules"].split()
    light = RULES["importlinter:contract:light"]
    assert {"numpy", "flask"} <= set(light["forbidden_modules"].split())
    logger = {"recorder", "history", "alarm", "config", "system", "display"}
    assert {"sensors", *(f"web.{room}" for room in logger)} <= set(light["source_modules"].split())
    assert "sensors | calibration" in RULES["importlinter:contract:rooms"]["layers"]
