"""What is set on the page: kept, over the settings file, and never half."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calibration.pressure.offset import PressureOffset
from sensors.errors import ConfigError
from tests.support.numbered_history import BEGIN_MS
from web.config.settings import Config, Preferences
from web.config.tables import AlarmConfig, PageConfig, StationConfig
from web.history.writer import History
from web.pages.preference_store import PreferenceStore, settable_values
from web.pages.security.token import Token
from web.pages.security.tokens import Tokens
from web.pages.settings_page import BarometerInfo, settings_routes
from web.weather import Sample

GIVEN = {"station": {"altitude_m": 3.0}, "history": {"interval_s": 30.0}}
BEARER = {"Authorization": "Bearer abcd-efgh-ijkl-mnop"}
BEGIN = BEGIN_MS / 1000


@pytest.fixture
def settings(tmp_path: Path) -> PreferenceStore:
    return opened(tmp_path)


def opened(folder: Path) -> PreferenceStore:
    """The settings as a start of the program finds them."""
    files = folder / "page-settings.json", folder / "barometer-offset.json"
    return PreferenceStore(files[0], Config.of(GIVEN, "boat.toml"), files[1])


class Pages:
    """The page of settings over a history of a quarter of an hour in steady air."""

    def __init__(self, settings: PreferenceStore, history: History) -> None:
        for second in range(0, 901, 10):
            history.queue(Sample(BEGIN + second, 1012.0 + 0.01 * (second // 10 % 3), 20.0), None)
        history.commit()
        self.offset = settings.path.with_name("barometer-offset.json")
        self.now = BEGIN + 910
        app = Flask("web.pages.app")
        barometer = BarometerInfo(history.path, lambda: self.now, lambda: "")
        tokens = Tokens(Token(BEARER["Authorization"].split()[1], settings.path))
        app.register_blueprint(settings_routes(settings, barometer, tokens))
        self.client: FlaskClient = app.test_client()
        self._settings, self._before = settings, settings.current

    @property
    def are_changed(self) -> bool:
        return self._settings.current != self._before

    def post(self, route: str, **values: object) -> tuple[int, str]:
        answer = self.client.post(route, json=values, headers=BEARER)
        return answer.status_code, answer.text


@pytest.fixture
def pages(settings: PreferenceStore, history: History) -> Pages:
    return Pages(settings, history)


def test_without_a_file_all_is_as_given(settings: PreferenceStore) -> None:
    assert settings.current == Preferences(
        StationConfig(altitude_m=3.0), AlarmConfig(), PageConfig()
    )
    assert settings.changed_keys == []
    assert settable_values(settings.current)["altitude_m"] == 3.0
    assert settable_values(settings.current)["unit"] == "hpa"


def test_what_is_set_lies_over_the_settings_file(settings: PreferenceStore, tmp_path: Path) -> None:
    settings.save({"altitude_m": 1.5, "unit": "inhg", "latitude": None, "longitude": None})
    for now in (settings, opened(tmp_path)):
        assert now.current.station == StationConfig(altitude_m=1.5)
        assert now.current.page == PageConfig(unit="inhg")
        assert now.changed_keys == ["altitude_m", "unit"]
    settings.save({"altitude_m": None})  # as the file has it
    assert settable_values(settings.current)["altitude_m"] == 3.0
    assert settings.changed_keys == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"latitude": 91.0, "longitude": 0.0}, "from -90"),
        ({"latitude": 38.5}, "give both, or neither"),
        ({"altitude_m": "high"}, "altitude_m"),
        ({"altitude_m": float("inf")}, "finite"),
        ({"unit": "psi"}, "hpa, mbar"),
        ({"zone": "Mars/Base"}, "Europe/Dublin"),
        ({"sounds_from": "calm"}, "watch, warning or storm"),
        ({"night": True}, "night"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(
    settings: PreferenceStore, values: dict[str, object], words: str
) -> None:
    settings.save({"altitude_m": 2.0})
    with pytest.raises(ConfigError, match=words):
        settings.save(values)
    assert settable_values(settings.current)["altitude_m"] == 2.0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"format": "storm-petrel page settings", "version": 9}',
        '{"format": "storm-petrel page settings", "version": 1, "station": 7}',
        '{"format": "storm-petrel page settings", "version": 1, "station": {"offset": "x"}}',
        '{"format": "storm-petrel page settings", "version": 1, "history": {"path": "/etc"}}',
        '{"format": "storm-petrel page settings", "version": 1, "page": {"unit": "psi"}}',
    ],
)
def test_a_file_that_is_none_of_ours_is_set_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "page-settings.json"
    path.write_text(content)
    settings = opened(tmp_path)
    assert settings.changed_keys == []
    (fault,) = settings.side_files.faults
    assert "page-settings.json" in fault.words
    assert fault.aside is not None and fault.aside.read_text() == content


def test_settings_are_changed_with_the_token_alone(pages: Pages, settings: PreferenceStore) -> None:
    assert pages.client.post("/api/settings", json={"altitude_m": 2.0}).status_code == 401
    assert pages.client.post("/api/offset", json={}).status_code == 401
    assert pages.client.post("/api/offset/forget", json={}).status_code == 401
    assert (pages.are_changed, settings.path.exists()) == (False, False)
    status, text = pages.post("/api/settings", altitude_m=2.0, zone="local")
    assert status == 200
    assert json.loads(text)["altitude_m"] == 2.0
    assert json.loads(text)["set_here"] == ["altitude_m", "zone"]
    assert pages.are_changed


def test_a_wrong_setting_is_answered_in_a_sentence(pages: Pages) -> None:
    status, text = pages.post("/api/settings", latitude=91, longitude=0)
    assert status == 400
    assert "from -90 (south) to 90 (north)" in text
    status, text = pages.post("/api/settings", colour="red")
    assert (status, "unknown key" in text) == (400, True)
    assert not pages.are_changed


@pytest.mark.parametrize("name", ["page-settings.json", "barometer-offset.json"])
def test_a_file_that_was_damaged_meanwhile_changes_nothing_of_what_holds(
    pages: Pages, settings: PreferenceStore, name: str
) -> None:
    before = settings.current
    settings.path.with_name(name).write_text("{")
    assert pages.client.get("/settings").status_code == 200
    assert settings.current == before


def test_a_file_that_cannot_be_written_is_no_mistake_of_whoever_asks(
    pages: Pages, settings: PreferenceStore
) -> None:
    settings.path.parent.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        status, text = pages.post("/api/settings", unit="inhg")
    finally:
        os.seteuid(os.getuid())
        settings.path.parent.chmod(0o755)
    assert (status, "page-settings.json" in text) == (409, True)
    assert not pages.are_changed


def test_the_barometer_is_corrected_by_the_last_ten_minutes(
    pages: Pages, settings: PreferenceStore
) -> None:
    """1012.01 hPa measured at the sea; QNH 1013.0 there is a station pressure of 1013.0."""
    status, text = pages.post(
        "/api/offset", reference_hpa=1013.0, kind="qnh", who="Horta harbour", height_m=0.0
    )
    assert status == 200, text
    kept = PressureOffset.load(pages.offset)
    assert kept.offset_hpa == pytest.approx(0.99, abs=0.005)
    assert settings.current.offset_hpa == kept.offset_hpa
    assert pages.are_changed
    assert "Horta harbour" in pages.client.get("/settings").text
    assert pages.post("/api/offset/forget")[0] == 200
    assert not pages.offset.exists()
    assert settings.current.offset is None


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"reference_hpa": 29.92}, 400, "hPa"),
        ({"kind": "qfe"}, 400, "give one of station, qnh, qff"),
        ({"kind": "qff"}, 400, "outdoors"),
        ({"who": " "}, 400, "who gave the number"),
        ({"height_m": "high"}, 400, "height_m"),
        ({"reference_hpa": 1035.0}, 409, "hPa"),
    ],
)
def test_a_reference_that_cannot_be_changes_nothing(
    pages: Pages, changed: dict[str, object], status: int, words: str
) -> None:
    right = {"reference_hpa": 1013.0, "kind": "qnh", "who": "Horta", "height_m": 0.0}
    said, text = pages.post("/api/offset", **{**right, **changed})
    assert (said, words in text) == (status, True), text
    assert not pages.offset.exists()
    assert not pages.are_changed


def test_old_samples_are_not_compared_with_a_reference_of_now(pages: Pages) -> None:
    pages.now += 3600
    status, text = pages.post(
        "/api/offset", reference_hpa=1013.0, kind="qnh", who="Horta", height_m=0.0
    )
    assert (status, "is the dashboard running?" in text) == (409, True)
