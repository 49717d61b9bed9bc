"""The InfluxDB publisher before a real InfluxDB 1, and before servers that answer as they like."""

import logging
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sensors.errors import ConfigError
from tests.support.fake_servers import Server, answering
from tests.support.real_servers import Influx, influxd
from tests.support.storm_conditions import (
    BEGIN,
    Clock,
    minute,
    one_publisher,
    publisher_thread,
    station_context,
)
from tests.support.waiting import eventually
from web.publish.influx import line
from web.publish.publisher import Publisher, PublisherThread


def publisher(url: str, simulated: str = "", **settings: Any) -> Publisher:
    tables = {"influx": {"url": url, "database": "boat", "node": "petrel", **settings}}
    return one_publisher(tables, "boat.toml", station_context(Clock(), simulated))


def tell(publisher: Publisher, count: int) -> None:
    """Have so many minutes told, and the publisher closed as it is at the end of the program."""
    thread = PublisherThread(publisher)
    for number in range(count):
        thread.put(minute(number, round(940.0 + number * 0.01, 2)))
    with thread:
        assert eventually(lambda: not thread.pending)


def values(influx: Influx, field: str, node: str) -> list[str]:
    """What it has of a field, minute by minute: "seconds,value"."""
    said = influx.ask(f"SELECT {field} FROM storm_petrel WHERE node = '{node}'")
    return [",".join(row.split(",")[2:]) for row in said.splitlines()]


def test_a_day_is_read_back_to_the_pascal(influx: Influx) -> None:
    tell(publisher(influx.url, node="exact"), 1440)
    wanted = [f"{BEGIN + 60 * n:.0f},{round(940.0 + n * 0.01, 2):g}" for n in range(1440)]
    assert values(influx, "pressure_hpa", "exact") == wanted


def test_every_field_is_a_float(influx: Influx) -> None:
    """So that a round number never makes a series of whole numbers."""
    tell(publisher(influx.url, node="kinds"), 1)
    kinds = influx.ask("SHOW FIELD KEYS FROM storm_petrel").splitlines()
    names = "pressure_hpa temperature_c change_3h_hpa level wind_ms chance_near_gale chance_gale"
    found = {row.split(",")[2]: row.split(",")[3] for row in kinds}
    assert found == dict.fromkeys(names.split(), "float")


@pytest.mark.parametrize("node", ["Our Boat", "a,b=c d", 'quo"ted', "\\back slash", "Möwe"])
def test_a_name_arrives_as_it_is(influx: Influx, node: str) -> None:
    tell(publisher(influx.url, node=node), 1)
    known = influx.ask("SHOW TAG VALUES FROM storm_petrel WITH KEY = node")
    assert node in [
        row.split(",node,", 1)[1].strip('"').replace('""', '"') for row in known.splitlines()
    ]


def test_a_server_that_comes_late_and_goes_has_every_minute_once(tmp_path: Path) -> None:
    with influxd(tmp_path) as server:
        server.ask("CREATE DATABASE boat")
        server.end()
        with publisher_thread(publisher(server.url)) as thread:
            for number in range(3):
                thread.put(minute(number))
                if number:
                    server.start()
                    assert eventually(lambda: len(values(server, "level", "petrel")) > number)  # noqa: B023
                    server.end()
        server.start()
        assert [row.split(",")[0] for row in values(server, "level", "petrel")] == [
            f"{BEGIN + 60 * number:.0f}" for number in range(3)
        ]


def test_a_series_of_another_kind_is_told_once_and_stands_in_nobodys_way(
    influx: Influx, caplog: pytest.LogCaptureFixture
) -> None:
    influx.ask("CREATE DATABASE mixed")
    there = f"{influx.url}/write?db=mixed&precision=s"
    urllib.request.urlopen(
        there, b"storm_petrel,node=x pressure_hpa=1013i 1392220800", timeout=20
    ).close()
    with publisher_thread(publisher(influx.url, database="mixed")) as thread:
        thread.put(minute(0))
        assert eventually(lambda: "field type conflict" in caplog.text)
        influx.ask("DROP DATABASE mixed")
        influx.ask("CREATE DATABASE mixed")
        thread.put(minute(1))
        assert eventually(lambda: "works again" in caplog.text)
    warnings = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(warnings) == 2
    assert "such samples are not sent again" in warnings[0]


def test_a_database_that_is_made_later_has_what_was_before(
    influx: Influx, caplog: pytest.LogCaptureFixture
) -> None:
    with publisher_thread(publisher(influx.url, database="later")) as thread:
        thread.put(minute(0))
        assert eventually(lambda: "no such database, org or bucket" in caplog.text)
        influx.ask("CREATE DATABASE later")
        assert eventually(lambda: "works again" in caplog.text)
    said = influx.ask('SELECT pressure_hpa FROM "later".."storm_petrel"')
    assert said.endswith(f"{BEGIN:.0f},988.47")


def test_a_password_lets_in_and_a_wrong_one_is_told_without_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("storm and stress\n")
    wrong.write_text("not-it\n")
    with influxd(tmp_path, auth=True) as server:
        server.ask("CREATE USER petrel WITH PASSWORD 'storm and stress' WITH ALL PRIVILEGES")
        user = "petrel:storm and stress"
        server.ask("CREATE DATABASE boat", user)
        with publisher_thread(
            publisher(server.url, username="petrel", password_file=str(wrong))
        ) as thread:
            thread.put(minute(0))
            assert eventually(lambda: "it answers 401" in caplog.text)
        tell(publisher(server.url, username="petrel", password_file=str(right)), 1)
        assert server.ask("SELECT pressure_hpa FROM storm_petrel", user).endswith(",940")
    assert "user and password" in caplog.text
    assert "not-it" not in caplog.text


def lines(server: Server) -> list[list[str]]:
    return [body.decode().split("\n") for body in server.bodies()]


def address(server: Server) -> str:
    return server.url.partition("/boat")[0]


def test_a_backlog_goes_in_few_posts() -> None:
    with answering(204) as server:
        tell(publisher(address(server)), 1440)
        assert [len(batch) for batch in lines(server)] == [500, 500, 440]


@pytest.mark.long("waits for a second")
def test_what_is_not_taken_now_is_sent_again_as_it_was() -> None:
    with answering(503, 500, 307, 429, 204) as server:
        with publisher_thread(publisher(address(server))) as thread:
            thread.put(minute(0))
            assert server.is_asked(5)
        assert lines(server) == [lines(server)[0]] * 5


@pytest.mark.long("waits for seconds")
def test_what_is_never_taken_is_dropped() -> None:
    with answering(422, 204) as server:
        with publisher_thread(publisher(address(server))) as thread:
            thread.put(minute(0))
            assert server.is_asked(1)
            thread.put(minute(1))
            assert server.is_asked(2)
        (first,), (second,) = lines(server)
    assert (first.split()[-1], second.split()[-1]) == ("1392220800", "1392220860")


def test_version_2_is_asked_for_a_bucket_with_a_token(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret==\n")
    with answering(204) as server:
        settings = {"database": "", "org": "our boat", "bucket": "logs", "token_file": str(token)}
        tell(publisher(address(server), "the storm of 2014", **settings), 1)
        (asked,) = server.asked
    assert asked.line == ("POST /api/v2/write?org=our+boat&bucket=logs&precision=s HTTP/1.1")
    assert asked.headers["Authorization"] == "Token s3cret=="
    assert asked.body.startswith(b"storm_petrel,node=petrel-simulated pressure_hpa=940.0,")


def test_a_line_as_the_specification_has_it() -> None:
    """The escapes of InfluxData's line protocol reference."""
    assert line("a,b=c d", {"pressure_hpa": 7, "level": 1.0}, 12.4) == (
        r"storm_petrel,node=a\,b\=c\ d pressure_hpa=7.0,level=1.0 12"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "influx.lan:8086"}, "http://influx.lan:8086"),
        ({"url": "http://a:b@influx.lan"}, "url: "),
        ({"database": ""}, "either database"),
        ({"org": "x"}, "org and bucket"),
        ({"database": "", "org": "x", "bucket": "y"}, "without a token_file"),
        ({"username": "x"}, "username and password_file"),
        ({"username": "x", "password_file": "/not/there"}, "No such file"),
        ({"node": "x\n"}, "printable"),
        ({"databse": "x"}, "did you mean 'database'"),
    ],
)
def test_a_setting_that_cannot_be_is_told(settings: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        publisher(settings.pop("url", "http://127.0.0.1:1"), **settings)
