"""The boat of a fleet with every publisher on, each before its real server; for fleet_soak.py."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import websocket
from free_port import free_port

from tests.support.real_servers import Listening, mosquitto
from tests.support.signalk_server import Server, signal_k
from tests.support.storm_conditions import all_publishers
from tests.support.waiting import eventually
from web.publish.publisher import PublisherThread, StationContext
from web.recorder.conditions import Conditions

_SOON_S = (0.2,)
_PRESSURE = "environment.outside.pressure"
_EVERYTHING = {
    "context": "vessels.self",
    "subscribe": [{"path": _PRESSURE, "policy": "instant", "format": "delta"}],
}


class Plotters:
    """What a plotter on each of the ways has heard: the pressures in order, in Pa."""

    def __init__(self) -> None:
        self.pressures_pa: dict[str, list[int]] = {"NMEA 0183 UDP": [], "NMEA 0183 TCP": []}
        self.pressures_pa["Signal K"] = []

    def sentences(self, way: str, text: str) -> None:
        for line in text.splitlines():
            fields = line.split(",")
            if fields[0] == "$WIXDR":
                self.pressures_pa[way].append(round(float(fields[2]) * 1e5))

    def delta(self, text: str) -> None:
        for update in json.loads(text).get("updates", ()):
            for value in update.get("values", ()):
                if value["path"] == _PRESSURE and value["value"] is not None:
                    self.pressures_pa["Signal K"].append(value["value"])


class Flagship:
    """Wires to Signal K, NMEA 0183, MQTT and the matrix; with the fleet's InfluxDB that is all."""

    def __init__(
        self, threads: list[PublisherThread], samples: Listening, server: Server, plotters: Plotters
    ) -> None:
        self._threads, self._samples = threads, samples
        self._server, self._plotters = server, plotters

    def take(self, conditions: Conditions) -> None:
        """Have it told by all, before the next comes."""
        for thread in self._threads:
            thread.put(conditions)
        assert eventually(lambda: not any(thread.pending for thread in self._threads))

    def faults(self, bulletins: list[Conditions]) -> int:
        """Say what came; how many minutes did not come over a way that can carry all of them."""
        wanted = [round(b.sample.pressure_hpa * 100) for b in bulletins if b.sample]
        assert eventually(lambda: self._server.value(_PRESSURE) == wanted[-1])
        missing = 0
        for way, came_pa in self._plotters.pressures_pa.items():
            lost = len(set(wanted) - set(came_pa))
            missing += lost
            print(f"{way}: {len(came_pa)} pressures; {lost} of the day's values did not come")
        came = [json.loads(text.split(maxsplit=1)[1]) for text in self._samples.messages()]
        came_pa = [round(sample["pressure_hpa"] * 100) for sample in came]
        print(f"MQTT: {len(came_pa)} of {len(wanted)} samples")
        return missing + sum(came != sent for came, sent in zip(came_pa, wanted, strict=True))


@contextmanager
def flagship(folder: Path, station: StationContext, count: int) -> Iterator[Flagship]:
    """At sea for so many samples, with plotters that listen on every way."""
    with ExitStack() as opened:
        for name in ("mosquitto", "signal_k"):
            (folder / name).mkdir()
        broker = opened.enter_context(mosquitto(folder / "mosquitto"))
        server = opened.enter_context(signal_k(folder / "signal_k"))
        plotters, tcp = Plotters(), free_port()
        datagrams = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(("127.0.0.1", 0))
        tables = {
            "signalk": {
                "host": "127.0.0.1",
                "port": server.ports.http,
                "transport": "websocket",
                "token_file": str(folder / "token"),
            },
            "nmea": {
                "host": "127.0.0.1",
                "port": datagrams.getsockname()[1],
                "tcp_host": "127.0.0.1",
                "tcp_port": tcp,
            },
            "mqtt": {"host": "127.0.0.1", "port": broker.port, "node": "flagship"},
            "matrix": {},
        }
        _listening(lambda: plotters.sentences("NMEA 0183 UDP", datagrams.recv(4096).decode()))
        threads = [
            opened.enter_context(PublisherThread(publisher, pauses_s=_SOON_S))
            for publisher in all_publishers(tables, "flagship", station)
        ]
        opened.enter_context(_client(tcp, plotters))
        opened.enter_context(_plotter(server, plotters))
        samples = broker.listening("storm-petrel/+/sample", count, "-W", "900")
        yield Flagship(threads, samples, server, plotters)


@contextmanager
def _client(port: int, plotters: Plotters) -> Iterator[None]:
    def connects() -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return True
        return False

    assert eventually(connects)
    with socket.create_connection(("127.0.0.1", port)) as connected:
        lines = connected.makefile("r", encoding="ascii")
        _listening(lambda: plotters.sentences("NMEA 0183 TCP", next(lines)))
        yield


@contextmanager
def _plotter(server: Server, plotters: Plotters) -> Iterator[None]:
    url = f"ws://127.0.0.1:{server.ports.http}/signalk/v1/stream?subscribe=none"
    connected = websocket.create_connection(url, http_no_proxy=["*"])
    connected.send(json.dumps(_EVERYTHING))
    _listening(lambda: plotters.delta(str(connected.recv())))
    try:
        yield
    finally:
        connected.close(timeout=1)


def _listening(hear: Callable[[], None]) -> None:
    def listen() -> None:
        with suppress(OSError, ValueError, StopIteration, websocket.WebSocketException):
            while True:
                hear()

    threading.Thread(target=listen, daemon=True).start()
