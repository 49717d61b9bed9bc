"""What /api/colour answers, and a sentence for whatever is wrong."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sensors import open_board
from sensors.config import ColourConfig
from tests.support.colour_ports import READINGS, SURFACES, Failing, Guest, Page, Played
from web.history.maintenance import HistoryMaintainer
from web.history.reader import HistoryReader
from web.history.writer import History
from web.pages.colour.sensor_port import ColourSensorPort
from web.recorder.pacing import RecordPace
from web.recorder.recorder import Instruments, Recorder
from web.runtime.colour_sensor import ColourSensor
from web.weather import Sample, Station

Make = Callable[[ColourSensorPort], Page]


@pytest.fixture
def sight() -> Played:
    return Played(dict(READINGS), SURFACES)


@pytest.fixture
def page(make_page: Make, sight: Played) -> Page:
    return make_page(sight)


@pytest.fixture
def guest(page: Page) -> Guest:
    return page.client()


WRITES = {
    "dark": {},
    "white": {"white_reflectance": 0.9},
    "card": {"name": "red"},
    "piece": {"label": "cherry"},
    "empty": {},
    "cancel": {},
    "undo": {},
    "keep-cards": {},
    "forget-cards": {},
    "forget-class": {"label": "cherry"},
    "scene": {"show": "red"},
}


def test_every_write_is_known_here(page: Page) -> None:
    rules = [rule for rule in page.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert {rule.rule for rule in rules} == {f"/api/colour/{what}" for what in WRITES} | {
        "/api/token"
    }


@pytest.mark.parametrize("what", WRITES)
def test_without_the_token_nothing_is_changed(guest: Guest, sight: Played, what: str) -> None:
    for header in (None, "Bearer abcd-efgh-ijkl-mnop", "Basic eDp5", "\xff"):
        headers = {"Authorization": header} if header else {}
        answer = guest.client.post(f"/api/colour/{what}", json=WRITES[what], headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "scripts/dashboard --token" in answer.get_data(as_text=True)
    assert sight.looks == 0


def test_asking_for_the_lesson_does_not_switch_the_sensor_on(guest: Guest, sight: Played) -> None:
    for _ in range(5):
        assert guest.lesson()["version"] == 1
    assert guest.client.get("/colour").status_code == 200
    assert sight.looks == 0


@pytest.mark.parametrize("what", WRITES)
def test_a_write_is_never_a_get(guest: Guest, what: str) -> None:
    answer = guest.client.get(f"/api/colour/{what}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


BAD = [
    (b"", 400, "not JSON"),
    (b"{", 400, "not JSON"),
    (b"\xff\xfe", 400, "not JSON"),
    (b"[" * 4000, 400, "not JSON"),
    (b"9" * 4090, 400, ""),
    (b"null", 400, "JSON object"),
    (b"[1]", 400, "JSON object"),
    (b'{"surprise": 1}', 400, "unknown key"),
    (b'{"' + b"x" * 5000 + b'": 1}', 413, "longer than 4096"),
]


@pytest.mark.parametrize("what", WRITES)
def test_bodies_that_are_none(guest: Guest, what: str) -> None:
    headers = {"Authorization": f"Bearer {guest.token.text}"}
    route = f"/api/colour/{what}"
    for body, status, words in BAD:
        answer = guest.client.post(
            route, data=body, content_type="application/json", headers=headers
        )
        assert (answer.status_code, answer.mimetype) == (status, "text/plain")
        assert words in answer.get_data(as_text=True)
    form = guest.client.post(route, data=WRITES[what], headers=headers)
    assert form.status_code == 415
    assert "application/json" in form.get_data(as_text=True)


@pytest.mark.parametrize(
    ("what", "body", "status", "words"),
    [
        ("white", '{"white_reflectance": "0.9"}', 400, "a number from 0.05 to 1"),
        ("white", '{"white_reflectance": true}', 400, "a number from 0.05 to 1"),
        ("white", '{"white_reflectance": null}', 400, "a number from 0.05 to 1"),
        ("white", '{"white_reflectance": NaN}', 400, "a number from 0.05 to 1"),
        ("white", '{"white_reflectance": 1e999}', 400, "a number from 0.05 to 1"),
        ("white", '{"white_reflectance": -1}', 400, "a number from 0.05 to 1"),
        ("card", "{}", 400, "'name' must be given"),
        ("card", '{"name": ["red"]}', 400, "a text"),
        ("card", '{"name": "mauve"}', 409, "no card 'mauve'"),
        ("card", '{"name": "red"}', 409, "dark and white come first"),
        ("piece", '{"label": 7}', 400, "a text"),
        ("piece", '{"label": ""}', 409, "name"),
        ("piece", '{"label": " a"}', 409, "name"),
        ("piece", '{"label": "a\\u0000b"}', 409, "name"),
        ("piece", '{"label": "\\ud800"}', 409, "name"),
        ("piece", '{"label": "Nothing"}', 409, "the sorter itself"),
        ("piece", '{"label": "' + "x" * 25 + '"}', 409, "24 letters"),
        ("undo", "{}", 409, "nothing to be taken back"),
        ("keep-cards", "{}", 409, "nothing to be saved"),
        ("forget-cards", "{}", 409, "no cards"),
        ("forget-class", '{"label": "gone"}', 409, "no class is called 'gone'"),
        ("scene", '{"show": "mauve"}', 409, "no card 'mauve'"),
        ("scene", '{"show": 1}', 400, "a text"),
        ("scene", '{"show": "red", "closeness": 0}', 400, "a number from 0.2 to 5"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    guest: Guest, sight: Played, what: str, body: str, status: int, words: str
) -> None:
    answer = guest.client.post(
        f"/api/colour/{what}",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {guest.token.text}"},
    )
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert sight.looks == 0


def test_one_tap_at_a_time(guest: Guest, sight: Played) -> None:
    sight.answers.clear()
    assert guest.tell("dark").status_code == 202
    answer = guest.tell("piece", label="cherry")
    assert answer.status_code == 409
    assert "dark is being read" in answer.get_data(as_text=True)
    assert guest.live()["errand"] == {"what": "dark", "taken": 0, "wanted": 5}
    assert guest.tell("cancel").status_code == 200
    assert guest.live()["errand"] is None
    sight.answers.set()


def test_a_sensor_that_fails_says_why_on_the_page(guest: Guest, sight: Played) -> None:
    sight.fault = Failing("GPIO25 is in use by another program: stop it")
    assert "GPIO25" in guest.take("dark")["words"]
    assert "GPIO25" in guest.until(lambda now: bool(now["fault"]))["fault"]
    sight.fault = None
    assert guest.until(lambda now: now["seen"] is not None)["fault"] == ""


def test_a_real_board_without_a_gpio_library_says_so(make_page: Make) -> None:
    tables = {"board": {"simulated": False}}
    with open_board(tables) as board:
        guest = make_page(ColourSensor(lambda: board, ColourConfig())).client()
        fault = guest.until(lambda now: bool(now["fault"]))["fault"]
    assert "gpio" in fault.lower()


def test_a_colour_sensor_that_hangs_costs_the_barometer_nothing(
    guest: Guest, sight: Played, history: History
) -> None:
    sight.answers.clear()
    guest.tell("dark")
    while not sight.looks:
        threading.Event().wait(0.001)
    moments = [60.0 * n for n in range(200)]
    pace = RecordPace(moments, moments[-1], 1e7)
    read = lambda moment: Sample(moment, 1013.0, 20.0)  # noqa: E731
    with Recorder(HistoryMaintainer(history), Station(), pace, Instruments(read)) as recorder:
        recorder.join()
    with HistoryReader(history.path) as reader:
        assert [sample.taken_at for sample in reader.samples(0.0, 1e9)] == moments
    assert guest.client.get("/now.txt").status_code == 200
    sight.answers.set()


def test_numpy_is_loaded_when_the_page_is_opened_and_not_before(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from tests.support.colour_ports import Played
from web.pages.security.access import token_routes
from web.pages.app import create_app
from web.recorder.conditions import ConditionsFeed
from web.pages.colour.routes import ColourPage, colour_routes
from web.pages.overview import StationInfo
from web.history.writer import History
from web.recorder.pacing import RecordPace
from web.pages.context import PageContext
from web.pages.security.token import token_of
from web.pages.security.tokens import Tokens
import web.runtime.page.main, web.__main__

folder = Path(sys.argv[1])
tokens = Tokens(token_of(folder / "token"))
colours = ColourPage(Played({"": (1.0, 1.0, 1.0, 1.0)}), folder / "a", folder / "b")
with History(folder / "h.sqlite") as history:
    routes = [token_routes(tokens), colour_routes(colours, tokens)]
    pace = RecordPace([0.0], 0.0, 0.0)
    info = StationInfo(60.0, 5, "1", simulated=True, record_title="played")
    app = create_app(PageContext(history.path, pace, info, ConditionsFeed()), others=routes)
    client = app.test_client()
    client.get("/")
    client.post("/api/token")
    client.post("/api/colour/dark")
    assert not {"numpy", "segno", "prometheus_client"} & set(sys.modules)
    assert client.get("/colour").status_code == 200
    assert "numpy" in sys.modules
    colours.close()
"""
    root = Path(__file__).parents[4]
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr


def test_the_answers_are_json_proper_in_the_dark_too(guest: Guest, sight: Played) -> None:
    sight.readings[""] = (0.0, 0.0, 0.0, 0.0)
    now = guest.until(lambda now: now["seen"] is not None)

    def refused(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

    json.loads(json.dumps(now), parse_constant=refused)
