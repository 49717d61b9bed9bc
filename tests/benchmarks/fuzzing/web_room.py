"""Settings and requests; with them what history_room.py has."""

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzzing.history_room import HISTORIES, STORM
from fuzzing.target import Shape, Target, check
from werkzeug.test import run_wsgi_app

from sensors import ConfigError
from sensors.simulated.record import PressureRecord
from web.__main__ import main
from web.config.settings import Config
from web.history.writer import History
from web.pages.overview import StationInfo
from web.pages.preference_store import PreferenceStore, settable_values
from web.pages.security.token import token_of
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, StormWatch


def config(folder: Path) -> Target:
    """A file of settings, checked as `--check` does: it ends with 0, 1 or 2."""
    file = folder / "boat.toml"
    (folder / "secret").write_text("guess\n")

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = main(["--check", "--config", str(file)])
        check(status in (0, 1, 2), f"it ended with {status}")

    secret = str(folder / "secret").encode()
    seeds = [table.replace(b"SECRET", secret) for table in _TABLES]
    return Target(feed, (*seeds, b"".join(seeds)), (), Shape.LINES)


_TABLES = (
    b"[board]\nsimulated = true\nenviro_phat = false\n[barometer]\nbus = 1\naddress = 0x76\n"
    b"pressure_oversampling = 4\nhumidity_oversampling = 1\n",
    b'[colour]\nout = 25\ns0 = 17\ns1 = 27\nled = 5\noe = 6\nscaling = "auto"\n'
    b"gate_time_s = 0.05\ntimeout_s = 1.0\n",
    b'[simulated]\nrecord = ""\nstart = "2014-02-12T00:00:00Z"\nspeed = 300\nsurface = "red"\n'
    b'noise = false\nbarometer = "BME280"\n',
    b'[station]\nlatitude = 53.5\nlongitude = -9.25\naltitude_m = 12\noffset = "o.json"\n',
    b'[history]\npath = "h.sqlite"\ninterval_s = 60\n',
    b'[alarm]\nsounds_from = "storm"\nbuzzer = 12\nsound = "aplay \'a b.wav\'"\n'
    b'notify_from = "watch"\nnotify_command = "true"\nnotify_url = "https://ntfy.sh/boat"\n',
    b'[page]\nnames = "boat.lan barometer"\nunit = "inhg"\nzone = "Europe/Dublin"\n'
    b'night = "auto"\n',
    b'[signalk]\nhost = "boat.local"\nport = 3000\ntransport = "websocket"\ntoken_file = "t"\n'
    b'zone = "mainCabin"\n',
    b'[nmea]\ntcp_port = 10110\nudp_host = "255.255.255.255"\nudp_port = 10110\n',
    b'[mqtt]\nhost = "shore.lan"\nport = 1883\nusername = "boat"\npassword_file = "SECRET"\n'
    b'tls = false\nnode = "petrel"\nprefix = "a/b"\ndiscovery = true\n',
    b'[influx]\nurl = "http://influx.lan:8086"\norg = "o"\nbucket = "b"\ntoken_file = "SECRET"\n'
    b'node = "petrel"\n',
    b'[influx]\nurl = "http://influx.lan:8086"\ndatabase = "boat"\nusername = "u"\n'
    b'password_file = "SECRET"\n',
    b"[matrix]\nwidth = 17\n",
)


def settings(folder: Path) -> Target:
    """The file of what was set on the page."""
    file = folder / "page-settings.json"
    given = Config.load({"station": {"latitude": 50.0, "longitude": -5}})
    offset = folder / "barometer-offset.json"

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        values = settable_values(PreferenceStore(file, given, offset).current)
        json.dumps(values, allow_nan=False)
        PreferenceStore(file, given, offset).save(values)
        check(
            settable_values(PreferenceStore(file, given, offset).current) == values,
            "what was kept reads otherwise",
        )
        for aside in folder.glob("*.acknowledged-*"):
            aside.unlink()

    kept = PreferenceStore(file, given, offset)
    kept.save({"latitude": 53.5, "longitude": -9, "altitude_m": 3.0, "unit": "inhg", "night": "1"})
    first = file.read_bytes()
    kept.save({"sounds_from": "storm", "notify_from": "watch", "zone": "Europe/Dublin"})
    return Target(feed, (first, file.read_bytes()), (ConfigError,), Shape.JSON)


def request(folder: Path) -> Target:
    """Any request to any route, with the token: method and path, query, headers, a blank, body."""
    from tests.support.full_app import whole_app

    storm = [Sample(*row, 16.0) for row in PressureRecord.read(STORM).rows]
    past = [sample for sample in storm if sample.taken_at < 1_392_222_600.0]
    conditions_feed, watch = ConditionsFeed(), StormWatch()
    path = folder / "history.sqlite"
    shutil.rmtree(folder)
    folder.mkdir()
    with History(path) as history:
        for sample in past:
            outlook = watch.update(sample)
            history.add(sample, outlook and outlook.level)
            conditions_feed.publish(Conditions(sample, outlook))
    pace = RecordPace([sample.taken_at for sample in storm], 1_392_222_600.0, 0.0)
    info = StationInfo(
        3600.0,
        2,
        "1.2.3",
        altitude_m=10.0,
        simulated=True,
        record_title="the storm of 2014, played",
    )
    token = token_of(folder / "page-token")
    application = contextlib.ExitStack()
    app = application.enter_context(whole_app(path, pace, info, conditions_feed, token, folder))
    app.testing = True

    def feed(data: bytes) -> None:
        head, _, body = data.partition(b"\n\n")
        lines = [line.decode("latin-1") for line in head.replace(b"\r", b"").split(b"\n")]
        method, _, where = lines[0].partition(" ")
        if method not in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            method = "GET"
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": where,
            "QUERY_STRING": lines[1] if len(lines) > 1 else "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_AUTHORIZATION": f"Bearer {token.text}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for line in lines[2:]:
            name, _, value = line.partition(":")
            key = name.strip().upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.strip()
        answer, status, headers = run_wsgi_app(app, environ)
        text = b"".join(answer)
        code = int(status[:3])
        check(code < 500, f"{status}: {text[:200]!r}")
        check(code < 400 or method == "HEAD" or len(text) > 3, f"{status} without a sentence")
        if headers.get("Content-Type", "").startswith("application/json") and text:
            is_packed = "Content-Encoding" in headers
            is_so = is_packed or not {b"NaN", b"Infinity"} & set(text.replace(b":", b" ").split())
            check(is_so, "a number that is none")

    return Target(feed, _REQUESTS, (), Shape.LINES)


_QUERY = "hours=24&end=2014-02-11T00:00:00Z&unit=inhg&zone=Europe/Dublin&night=auto&dim=1"
_TAPS = ("dark", "empty", "cancel", "undo", "keep-cards", "forget-cards")
_REQUESTS = tuple(
    words.encode()
    for words in (
        *(f"GET {path}\n{_QUERY}\nAccept-Encoding: gzip;q=0.5, br" for path in ("/", "/glance")),
        *(f'GET {path}\n{_QUERY}\nIf-None-Match: W/"a", *' for path in ("/chart.svg", "/now.txt")),
        f"GET /api/pressure\n{_QUERY}\nRange: bytes=0-5\nAccept-Language: de;q=0.3",
        *(
            f"GET {path}\n\nHost: boat.local:8080\nOrigin: http://x"
            for path in ("/api/now", "/api/outlook")
        ),
        *(
            f"GET {path}\n\nAccept: text/plain;q=x"
            for path in ("/metrics", "/healthz", "/settings")
        ),
        *(
            f"GET {path}\n"
            for path in ("/openapi.json", "/static/page.js", "/colour", "/api/colour")
        ),
        "GET /api/colour/lesson\n",
        "GET /export.csv\nhours=24\n",
        *(f"POST /api/colour/{name}\n\n\n\n{{}}" for name in _TAPS),
        'POST /api/settings\n\n\n\n{"latitude": 53.5, "longitude": -9, "altitude_m": 3.5, "unit":'
        ' "inhg", "zone": "Europe/Dublin", "night": "1", "sounds_from": "storm", "notify_from":'
        ' "watch"}',
        'POST /api/offset\n\n\n\n{"reference_hpa": 1013.2, "kind": "qnh", "who": "Horta",'
        ' "height_m": 12.5, "outdoor_c": 11}',
        "POST /api/offset/forget\n\n\n\n{}",
        'POST /api/clock\n\n\n\n{"unix_ms": 1790000000000}',
        "POST /api/alarm/acknowledge\n\n\n\n{}",
        "POST /api/alarm/silence\n\n\n\n{}",
        "POST /api/token\n\n\n\n{}",
        'POST /api/colour/forget-class\n\n\n\n{"label": "red"}',
        'POST /api/colour/white\n\n\n\n{"white_reflectance": 0.9}',
        'POST /api/colour/card\n\n\n\n{"name": "red"}',
        'POST /api/colour/piece\n\n\n\n{"label": "red"}',
        'POST /api/colour/scene\n\n\n\n{"show": "red", "closeness": 1.0}',
    )
)


TARGETS: dict[str, Callable[[Path], Target]] = {
    "config": config,
    "settings": settings,
    "request": request,
    **HISTORIES,
}
