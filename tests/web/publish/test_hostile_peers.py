"""Peers that mean harm: refused soon, in little memory, in one clean line, and seldom tried."""

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fake_servers import answering, speaking
from tests.support.fixed_station import Boat, conditions
from tests.support.hostile_peers import (
    HTTP,
    MQTT,
    SIGNAL_K,
    acknowledging,
    saying,
    upgrading,
)
from tests.support.waiting import eventually
from web.alarm.state import Alarm, AlarmState
from web.config.publishers import SignalKConfig
from web.publish.mqtt.broker import Broker, BrokerAddress, Message
from web.publish.mqtt.client import MOST_BYTES as MOST_PACKET_BYTES
from web.publish.publisher import PublisherThread
from web.publish.signalk.access_request import AccessRequest
from web.publish.signalk.frames import WebSocket
from web.publish.signalk.publisher import SignalK
from web.publish.signalk.websocket import WebSocketLink
from web.system.http_post import body_of, http_post, http_request
from web.weather import StormLevel

STORM = conditions(980.0, StormLevel.STORM)
# Far less than what each of them sends in a second.
MOST_BYTES = 1_500_000
# Those that break no rule: they are read as far as a turn goes, and no further.
LAWFUL = ("flood of pings", "flood of empty frames", "flood of deltas", "letter by letter")


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def port_of(url: str) -> int:
    return int(url.rstrip("/").rpartition(":")[2])


def is_clean(words: str) -> bool:
    return words.isprintable() and len(words) < 600


@pytest.mark.parametrize("name", SIGNAL_K)
def test_a_hostile_signal_k_server_is_left_or_read_in_small_parts(name: str) -> None:
    with speaking(SIGNAL_K[name]) as url, little_memory():
        begin, refusal, longest_s = time.monotonic(), "", 0.0
        try:
            opened = WebSocket("127.0.0.1", port_of(url), "/", (), 2.0)
            with closing(opened):
                while time.monotonic() < begin + 0.5:
                    turn = time.monotonic()
                    texts, _ = opened.received()
                    longest_s = max(longest_s, time.monotonic() - turn)
                    assert sum(map(len, texts)) <= 65536
        except OSError as error:
            refusal = str(error)
    assert bool(refusal) is (name not in LAWFUL)
    assert is_clean(refusal)
    assert longest_s < 0.5, "it never waits for the rest of a message"
    assert time.monotonic() < begin + 5.0


@pytest.mark.parametrize("name", MQTT)
def test_a_hostile_broker_is_left(name: str) -> None:
    with speaking(MQTT[name]) as url:
        broker = Broker(BrokerAddress("127.0.0.1", port_of(url)), "boat")
        with little_memory(), pytest.raises(OSError) as caught:
            broker.connect()
            broker.publish([Message("a", "b")], 1.0)
        broker.close()
    assert is_clean(str(caught.value))


def test_the_length_that_a_packet_announces_is_in_the_log() -> None:
    assert MOST_PACKET_BYTES == 16384
    with speaking(MQTT["packet of 256 MB"]) as url:
        broker = Broker(BrokerAddress("127.0.0.1", port_of(url)), "boat")
        with pytest.raises(OSError, match="sends a packet of 268435455 bytes"):
            broker.connect()
            broker.publish([Message("a", "b")], 1.0)
        broker.close()


@pytest.mark.parametrize("name", HTTP)
def test_a_hostile_http_server_is_left(name: str) -> None:
    with speaking(HTTP[name]) as url:
        with little_memory(), pytest.raises(OSError) as caught:
            http_post(url, b"{}", 0.5)
        assert is_clean(f"{caught.value} {getattr(caught.value, 'body', '')}")
        with (
            little_memory(),
            pytest.raises(OSError),
            http_request("GET", url, None, 0.5) as answer,
        ):
            body_of(answer)
            raise OSError("it was short")


@pytest.mark.parametrize("scheme", ["http", "ws"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_gets_a_token(status: int, scheme: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a.b.c\n")
    with answering(200) as elsewhere:
        place = elsewhere.url.replace("http", scheme)
        head = f"HTTP/1.1 {status} Go\r\nLocation: {place}\r\n".encode()
        with speaking(saying(head + b"Content-Length: 0\r\n\r\n")) as url:
            access = AccessRequest("127.0.0.1", port_of(url), tmp_path / "token")
            link = WebSocketLink("127.0.0.1", port_of(url), access)
            with pytest.raises(OSError, match=f"it answers {status}"):
                link.open()
            link.close()
            with pytest.raises(OSError, match=f"it answers {status}"):
                http_post(url, b"{}", 5.0, {"Authorization": "Token a.b.c"})
        assert elsewhere.asked == []


def test_a_peer_that_accepts_and_then_fails_is_logged_once_and_tried_more_rarely(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "token").write_text("a.b.c\n")
    count = 0
    huge = SIGNAL_K["frame of 2^40 bytes"]

    def counted(*arguments: object) -> None:
        nonlocal count
        count += 1
        huge(*arguments)  # type: ignore[arg-type]

    with speaking(counted) as url:
        access = AccessRequest("127.0.0.1", port_of(url), tmp_path / "token")
        link = WebSocketLink("127.0.0.1", port_of(url), access)
        publisher = SignalK(SignalKConfig(), link, Boat().context)
        with PublisherThread(publisher, pauses_s=(0.05, 0.1, 0.2, 30.0)) as thread:
            for number in range(80):
                thread.put(conditions(1000.0 + number))
                time.sleep(0.02)
            assert eventually(lambda: count >= 4)
    assert count == 4
    assert [r.getMessage().count("fails") for r in caplog.records] == [1]
    assert is_clean(caplog.text.strip().replace("\n", ""))


@pytest.mark.parametrize("listed", [(), ("signalk",)])
def test_a_server_that_acknowledges_all_is_heard_only_if_it_is_listed(
    listed: tuple[str, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "token").write_text("a.b.c\n")
    alarm = Alarm(AlarmState(StormLevel.STORM), acknowledged_by=listed)
    boat = Boat()
    heard: list[StormLevel] = []

    def acknowledge(source: str, seen: StormLevel) -> None:
        heard.append(seen)
        alarm.acknowledge(0.0, source, seen)

    station = replace(boat.context, acknowledge=acknowledge, alarm=lambda: alarm.state)
    with speaking(upgrading(acknowledging)) as url:
        access = AccessRequest("127.0.0.1", port_of(url), tmp_path / "token")
        link = WebSocketLink("127.0.0.1", port_of(url), access)
        with PublisherThread(SignalK(SignalKConfig(), link, station)) as thread:
            thread.put(STORM)
            assert eventually(lambda: heard)
    assert alarm.state.is_sounding(1.0) is not bool(listed)
    ignored = [r for r in caplog.records if "which is ignored" in r.getMessage()]
    assert len(ignored) == (0 if listed else 1)
