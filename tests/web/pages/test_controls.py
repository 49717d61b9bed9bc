"""What a person does with the alarm and the clock: by the routes, and in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.support.page_controls import controls_of
from tests.support.waiting import eventually
from web.alarm.armed_pages import ArmedPages
from web.alarm.drill import Drill
from web.alarm.state import Alarm, AlarmSignal, AlarmState
from web.alarm.stored_alarm import StoredAlarm
from web.history.clock_trust import ClockTrust
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.controls import alarm_fields, control_routes
from web.pages.overview import StationInfo
from web.pages.security.access import token_routes
from web.pages.security.token import Token, token_of
from web.pages.security.tokens import Tokens
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Outlook, Sample, StormLevel

WATCH, WARNING, STORM = StormLevel.WATCH, StormLevel.WARNING, StormLevel.STORM
NOW_MS = 1_795_836_000_000


class Bridge:
    """The pages, and what stands behind them, at a level that the test gives."""

    def __init__(self, history: History, token: Token) -> None:
        self.alarm = Alarm(
            AlarmState(),
            lambda state: history.store_alarm(StoredAlarm.of(state, "b007")),
            history.pending.set,
        )
        self.drill = Drill(self.alarm, lambda: self.uptime, signal_s=0.1)
        self.heard: list[int] = []
        self.answer = ClockTrust.PHONE
        self.hangs = False
        self.uptime = 1000.0
        self.armed: list[str] = []
        self.feed = ConditionsFeed()
        self.token, tokens = token, Tokens(token)
        pace = RecordPace([1e9], 1e9, 0.0)
        self.app: Flask = create_app(
            PageContext(
                history.path,
                pace,
                StationInfo(60.0, 1, "1.2.3"),
                self.feed,
                alarm=lambda: alarm_fields(self.alarm.state, self.uptime),
                armed=self.armed.append,
            ),
            others=[
                token_routes(tokens),
                control_routes(
                    tokens, controls_of(self.alarm, self.drill, lambda: self.uptime, self.set_clock)
                ),
            ],
        )

    def set_clock(self, unix_ms: int) -> ClockTrust:
        self.heard.append(unix_ms)
        if self.hangs:
            raise TimeoutError("the recorder waits for the barometer")
        return self.answer

    def level(self, level: StormLevel) -> None:
        self.alarm.update(level, self.uptime)
        outlook = Outlook(level, 0.0, ("−6.0 hPa in 3 h: falling quickly",), None, None, None)
        untrusted = "This clock cannot be trusted"
        newest = Sample(1e9, 990.0)
        self.feed.publish(
            Conditions(newest, outlook, trust=ClockTrust.NONE, clock_remark=untrusted)
        )


@pytest.fixture
def bridge(history: History, tmp_path: Path) -> Bridge:
    return Bridge(history, token_of(tmp_path / "page-token"))


@pytest.fixture
def client(bridge: Bridge) -> FlaskClient:
    return bridge.app.test_client()


@pytest.fixture
def allowed(bridge: Bridge) -> dict[str, str]:
    return {"Authorization": f"Bearer {bridge.token.text}"}


def test_without_the_token_nothing_is_acknowledged_and_never_by_looking(
    client: FlaskClient, bridge: Bridge
) -> None:
    bridge.level(STORM)
    for route in ("/api/alarm/acknowledge", "/api/alarm/silence"):
        assert client.post(route).status_code == 401
        assert client.get(route).status_code == 405
    assert client.post("/api/clock", json={"unix_ms": NOW_MS}).status_code == 401
    assert client.get("/api/now").get_json()["alarm"]["sounding"] is True
    assert bridge.heard == []


def test_acknowledging_silences_the_sound_and_not_the_level(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    bridge.level(WARNING)
    answer = client.post("/api/alarm/acknowledge", headers=allowed).get_json()
    assert (answer["sounding"], answer["acknowledged"]) == (False, "warning")
    now = client.get("/api/now").get_json()
    assert (now["level"], now["alarm"]["sounding"]) == ("warning", False)
    bridge.level(STORM)
    assert client.get("/api/now").get_json()["alarm"]["sounding"] is True


def test_what_an_armed_page_asks_for_is_short_and_comes_from_no_cache(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    bridge.level(WARNING)
    answer = client.get("/api/alarm")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.data) < 500
    fields = answer.get_json()
    assert (fields["level"], fields["signal"], fields["drill"]) == ("warning", "warning", "")
    client.post("/api/alarm/acknowledge", headers=allowed)
    assert client.get("/api/alarm").get_json()["signal"] is None


def test_a_drill_is_begun_with_the_token_and_each_page_that_is_armed_is_counted(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    pages = ArmedPages(lambda: bridge.uptime)
    bridge.drill.add("armed pages", pages, lambda: bool(pages.armed()))
    assert client.post("/api/alarm/drill").status_code == 401
    assert client.get("/api/alarm/drill").get_json()["ways"] == []
    for name in ("a", "b"):
        pages.asked(name)
    bridge.uptime += 5.0
    pages.asked("a")
    assert client.post("/api/alarm/drill", headers=allowed).get_json()["running"] is True
    assert client.post("/api/alarm/drill", headers=allowed).status_code == 409
    while (report := client.get("/api/alarm/drill").get_json())["running"]:
        pass
    ways = {way["way"]: way["words"] for way in report["ways"]}
    assert ways["armed pages"] == "NO DATA, WATCH, WARNING, STORM: 1 of 2 did not ask"
    assert ways["buzzer"] == "not configured"
    assert client.get("/api/now").get_json()["alarm"]["drill"] == ""
    bridge.level(WARNING)
    assert client.post("/api/alarm/drill", headers=allowed).status_code == 409


def test_a_drill_can_be_ended_on_the_page(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    bridge.alarm.play(AlarmSignal.NO_DATA, bridge.uptime)
    fields = client.get("/api/now").get_json()["alarm"]
    assert (fields["drill"], fields["signal"], fields["sounding"]) == ("no_data", None, False)
    assert "DRILL: NO DATA" in client.get("/glance").text
    assert client.post("/api/alarm/acknowledge", headers=allowed).get_json()["drill"] == ""
    assert "End the drill" not in client.get("/glance").text


def test_a_page_that_is_armed_gives_a_number(client: FlaskClient, bridge: Bridge) -> None:
    assert client.get("/api/alarm?armed=x1").status_code == 200
    assert client.get("/api/alarm").status_code == 200
    for wrong in ("", "A", "x" * 17, "%00"):
        assert client.get(f"/api/alarm?armed={wrong}").status_code == 400
    assert bridge.armed == ["x1"]


def test_silence_is_ten_minutes(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    bridge.level(STORM)
    assert client.post("/api/alarm/silence", headers=allowed).get_json()["silent_for_s"] == 600.0
    bridge.uptime += 599.0
    assert client.get("/api/now").get_json()["alarm"]["sounding"] is False
    bridge.uptime += 2.0
    assert client.get("/api/now").get_json()["alarm"]["sounding"] is True


def test_what_was_acknowledged_is_in_the_history(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str], history: History
) -> None:
    from web.history.reader import HistoryReader

    bridge.level(STORM)
    client.post("/api/alarm/acknowledge", headers=allowed)
    assert history.pending.is_set()
    history.commit()
    with HistoryReader(history.path) as reader:
        assert reader.alarm() == StoredAlarm(STORM, None, "b007")


def test_the_clock_of_a_phone(client: FlaskClient, bridge: Bridge, allowed: dict[str, str]) -> None:
    answer = client.post("/api/clock", json={"unix_ms": NOW_MS}, headers=allowed)
    assert answer.get_json() == {"clock": "phone"}
    assert bridge.heard == [NOW_MS]
    bridge.answer = ClockTrust.SYNCHRONISED
    answer = client.post("/api/clock", json={"unix_ms": NOW_MS}, headers=allowed)
    assert answer.status_code == 409
    assert "network or by GPS" in answer.text
    bridge.hangs = True
    answer = client.post("/api/clock", json={"unix_ms": NOW_MS}, headers=allowed)
    assert answer.status_code == 503
    assert "not set" in answer.text


@pytest.mark.parametrize(
    "body", [{}, {"unix_ms": 0}, {"unix_ms": "now"}, {"unix_ms": 4.1e12}, {"unix_ms": True}, []]
)
def test_a_clock_that_cannot_be_meant_gets_a_sentence(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str], body: object
) -> None:
    answer = client.post("/api/clock", json=body, headers=allowed)
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert bridge.heard == []


@pytest.fixture
def url(bridge: Bridge) -> Iterator[str]:
    server = waitress.create_server(bridge.app, host="127.0.0.1", port=0)
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()


def test_in_the_browser_it_is_acknowledged_and_sounds_again_when_it_gets_worse(
    page: Page, bridge: Bridge, url: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    bridge.level(WARNING)
    page.goto(f"{url}#token={bridge.token.text}")
    assert "Warning: not acknowledged yet" in page.inner_text("#alarm")
    for button in page.query_selector_all("#alarm button"):
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.click("button:text-is('Acknowledge')")
    page.wait_for_selector("text=Acknowledged at warning")
    assert bridge.alarm.state.acknowledged is WARNING
    bridge.level(STORM)
    page.wait_for_selector("button:text-is('Silence 10 min')")
    page.click("button:text-is('Silence 10 min')")
    page.wait_for_selector("text=The alarm is silent for 10 min")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_in_the_browser_without_the_token_it_is_asked_for(
    page: Page, bridge: Bridge, url: str
) -> None:
    bridge.level(STORM)
    page.goto(url)
    assert not page.is_visible("#token")
    page.click("button:text-is('Acknowledge')")
    page.wait_for_selector("#token:visible")
    assert "scripts/dashboard --token" in page.inner_text("#token-says")
    page.fill("#token-text", bridge.token.text)
    page.click("text=Use it")
    page.wait_for_selector("#token", state="hidden")
    page.click("button:text-is('Acknowledge')")
    page.wait_for_selector("text=Acknowledged at storm")


def test_in_the_browser_the_pis_clock_is_set_from_the_device(
    page: Page, bridge: Bridge, url: str
) -> None:
    bridge.level(StormLevel.CALM)
    page.goto(f"{url}#token={bridge.token.text}")
    assert "This clock cannot be trusted" in page.inner_text("#clock")
    assert "days behind that of this device" in page.inner_text("#clock-says")  # it is 2001
    page.click("text=Set from this device")
    assert eventually(lambda: page.evaluate("document.querySelector('#clock-says')"))
    while not bridge.heard:
        page.wait_for_timeout(10)
    device_ms = page.evaluate("Date.now()")
    assert bridge.heard[0] == pytest.approx(device_ms, abs=2000)


def test_the_device_sounds_once_it_was_tapped(page: Page, bridge: Bridge, url: str) -> None:
    """What reaches the loudspeaker, as the browser's own audio graph says."""
    page.add_init_script(
        "window.beeps = []; var start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (at) {"
        " window.beeps.push(at); return start.call(this, at); };"
    )
    bridge.level(STORM)
    page.goto(url)
    assert page.evaluate("window.beeps.length") == 0
    page.click("#sound")
    assert eventually(
        lambda: page.evaluate("window.beeps.length >= 4")
    )  # the one of the tap, and a turn of three
    assert page.get_attribute("#sound", "aria-pressed") == "true"


def test_the_page_says_when_a_programs_acknowledgement_ends(
    client: FlaskClient, bridge: Bridge, allowed: dict[str, str]
) -> None:
    bridge.alarm = Alarm(AlarmState(), acknowledged_by=("mqtt",))
    bridge.level(STORM)
    bridge.alarm.acknowledge(bridge.uptime, "mqtt")
    bridge.uptime += 1800.0
    assert client.get("/api/alarm").get_json()["acknowledged_for_s"] == 1800.0
    assert "it sounds again in 30 min" in client.get("/glance").text
    bridge.alarm.acknowledge(bridge.uptime, "anna")
    assert client.get("/api/alarm").get_json()["acknowledged_for_s"] is None
    assert "again at a higher level" in client.get("/glance").text
