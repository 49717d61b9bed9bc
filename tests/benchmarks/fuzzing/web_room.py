"""Settings, requests, daily copies and damaged histories."""

import contextlib
import io
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzzing.target import Shape, Target, check
from werkzeug.test import run_wsgi_app

import sensors
from sensors import ConfigError
from sensors.simulated.record import PressureRecord
from web.__main__ import main
from web.bulletin import Bulletin, Notices
from web.clock import ClockTrust, Word
from web.copies import DailyCopies
from web.glance import About
from web.history import History
from web.history_file import HistoryError
from web.history_reader import HistoryReader
from web.pace import RecordPace
from web.rebuild import rebuild
from web.rescue import open_history
from web.settings import Settings
from web.times import iso
from web.token import token_of
from web.weather import Sample, StormWatch

_STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"


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
    kept = Settings(file, {"station": {"latitude": 50.0, "longitude": -5}}, "boat.toml")

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        kept.kept_keys()
        values = kept.values()
        json.dumps(values, allow_nan=False)
        kept.keep(values)
        check(kept.values() == values, "what was kept reads otherwise")

    kept.keep({"latitude": 53.5, "longitude": -9, "altitude_m": 3.0, "unit": "inhg", "night": "1"})
    first = file.read_bytes()
    kept.keep({"sounds_from": "storm", "notify_from": "watch", "zone": "Europe/Dublin"})
    return Target(feed, (first, file.read_bytes()), (ConfigError,), Shape.JSON)


def request(folder: Path) -> Target:
    """Any request to any route, with the token: method and path, query, headers, a blank, body."""
    from tests.web.whole_app import whole_app

    storm = [Sample(*row, 16.0) for row in PressureRecord.read(_STORM).rows]
    past = [sample for sample in storm if sample.taken_at < 1_392_222_600.0]
    notices, watch = Notices(), StormWatch()
    path = folder / "history.sqlite"
    shutil.rmtree(folder)
    folder.mkdir()
    with History(path) as history:
        for sample in past:
            outlook = watch.update(sample)
            history.add(sample, outlook and outlook.level)
            notices.newest = Bulletin(sample, outlook)
    pace = RecordPace([sample.taken_at for sample in storm], 1_392_222_600.0, 0.0)
    about = About("the storm of 2014, played", 3600.0, 2, "1.2.3", altitude_m=10.0)
    token = token_of(folder / "page-token")
    application = contextlib.ExitStack()
    app = application.enter_context(whole_app(path, pace, about, notices, token, folder))
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
            name, _, said = line.partition(":")
            key = name.strip().upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = said.strip()
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


def copies(folder: Path) -> Target:
    """Daily copies from which a history is made anew."""
    path = folder / "history.sqlite"
    days = folder / "history-days"

    def feed(data: bytes) -> None:
        for old in folder.glob("history.sqlite*"):
            old.unlink()
        days.mkdir(exist_ok=True)
        (days / "2026-11-27.csv").write_bytes(data)
        with contextlib.redirect_stderr(io.StringIO()):
            count = rebuild(path)
        with HistoryReader(path) as reader:
            check(len(list(reader.samples())) == count, "not all of it can be read")
        with History(path) as history:
            DailyCopies(history).look(1_790_000_000.0)

    seed = (
        b"time_utc,pressure_hpa,temperature_c,boot,boot_id,monotonic_s,clock\n"
        b"2026-11-27T00:00:12Z,1004.31,17.20,7,ee108f41,86412.031,synchronised\n"
        b"2026-11-27T00:01:12Z,1004.30,,7,ee108f41,86472.031,synchronised\n"
        b"2026-11-27T08:01:12Z,1001.30,,8,0e108f41,72.031,rtc\n"
    )
    return Target(feed, (seed,), (HistoryError,), Shape.LINES)


def history(folder: Path) -> Target:
    """A history's file over which something has written: places and bytes."""
    path = folder / "history.sqlite"
    sound = _sound_history(folder / "sound.sqlite")

    def feed(data: bytes) -> None:
        _clear(path)
        path.write_bytes(_written_over(sound, data))
        _go_on(path)

    pages = b"".join(bytes([0, page, 0, 0]) for page in range(8))
    return Target(feed, (b"", pages, b"\x00\x01\x00\x80", bytes([255, 2, 0])), (HistoryError,))


def values(folder: Path) -> Target:
    """A history's file in sound form, with values that cannot be: which column, which value."""
    path = folder / "history.sqlite"
    sound = _sound_history(folder / "sound.sqlite")

    def feed(data: bytes) -> None:
        _clear(path)
        path.write_bytes(sound)
        with contextlib.closing(sqlite3.connect(path)) as plain, plain:
            plain.execute("PRAGMA ignore_check_constraints = ON")
            for which, what in zip(*[iter(data[: len(data) // 2 * 2])] * 2, strict=True):
                table, column = _COLUMNS[which % len(_COLUMNS)]
                with contextlib.suppress(sqlite3.IntegrityError):
                    plain.execute(
                        f"UPDATE {table} SET {column} = ?", (_VALUES[what % len(_VALUES)],)
                    )
        _go_on(path)

    seeds = [bytes([which, which]) for which in range(len(_COLUMNS))]
    return Target(feed, tuple(seeds), (HistoryError,))


_COLUMNS = (
    *(("boots", name) for name in ("boot_id", "base_ms", "offset_ms", "trust", "ordinal")),
    *(("samples", name) for name in ("pressure_pa", "temperature_centi_c", "id")),
    *(("hours", name) for name in ("low_pa", "sum_pa", "high_pa", "count")),
    *(("levels", name) for name in ("id", "level")),
    *(("present", name) for name in ("acknowledged", "silenced_until_ms", "alarm_boot_id")),
    *(("present", name) for name in ("remark", "copied_id", "copies_from_day")),
)
_VALUES = (
    0,
    -1,
    1,
    12,
    2**31,
    2**40,
    -(2**62),
    2**63 - 1,
    None,
    "x",
    b"\xff",
    1.5,
    float("inf"),
    "\0",
)


def _clear(path: Path) -> None:
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    path.with_name(f"{path.name}.lock").touch()  # it was ours


def _go_on(path: Path) -> None:
    """Open it as the recorder does, bring over what can be read, record, and look at it."""
    opened, rescues = open_history(path, "ee108f42")
    with opened:
        for rescue in rescues:
            check(rescue.step(opened, 1.5, threading.Event()), "the rescue has no end")
        opened.hear(Word(1_790_000_000_000, ClockTrust.SYNCHRONISED), 90_000_000)
        opened.add(Sample(1_790_100_000.0, 1001.5, 17.0), None)
        with HistoryReader(path) as reader:
            check(reader.newest() is not None, "the newest sample is not there")
            for sample in reader.samples():
                iso(sample.taken_at)
            for span in reader.spans(0.0, 2e9, 200):
                iso(span.taken_at)
            for change in (*filter(None, [reader.level()]), *reader.raised(0.0, 2e9)):
                iso(change.changed_at)
            reader.remark(), reader.alarm()


def _sound_history(path: Path) -> bytes:
    path.unlink(missing_ok=True)
    with History(path, "ee108f41") as history:
        watch = StormWatch()
        for row in PressureRecord.read(_STORM).rows[:300]:
            sample = Sample(row.taken_at, row.pressure_hpa, 17.0)
            outlook = watch.update(sample)
            history.add(sample, outlook and outlook.level)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return path.read_bytes()


def _written_over(sound: bytes, data: bytes) -> bytes:
    """Four bytes each: how much of a page (255: the file ends), which page, where, what."""
    file = bytearray(sound)
    for much, page, where, what in zip(*[iter(data[: len(data) // 4 * 4])] * 4, strict=True):
        place = page % (len(sound) // 4096 + 1) * 4096 + where * 16
        if much == 255:
            del file[place:]
            continue
        length = min(much, len(file) - place)
        if length > 0:
            file[place : place + length] = bytes([what]) * length
    return bytes(file)


TARGETS: dict[str, Callable[[Path], Target]] = {
    "config": config,
    "settings": settings,
    "request": request,
    "copies": copies,
    "history": history,
    "values": values,
}
