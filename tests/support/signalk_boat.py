"""A boat with a Signal K server on board, and its way there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.fixed_station import Boat
from tests.support.signalk_server import Server
from tests.support.storm_conditions import one_publisher
from tests.support.waiting import eventually
from web.publish.publisher import PublisherThread


@dataclass
class SignalKBoat:
    """A boat with a server and its way there."""

    server: Server
    table: dict[str, Any]
    boat: Boat

    @contextmanager
    def thread(self) -> Iterator[PublisherThread]:
        publisher = one_publisher({"signalk": self.table}, "boat.toml", self.boat.context)
        with PublisherThread(publisher, pauses_s=(0.05,)) as thread:
            yield thread

    def shows(self, path: str, value: object) -> bool:
        return eventually(lambda: self.server.value(path) == value)

    def method(self, end: str) -> object:
        return self.server.alarms().get(end, {}).get("method")

    def state(self, end: str) -> object:
        return self.server.alarms().get(end, {}).get("state")


def by_websocket(server: Server, file: Path) -> dict[str, Any]:
    """[signalk] for the WebSocket of a server, with the token in this file."""
    table = {"transport": "websocket", "port": server.ports.http, "token_file": str(file)}
    return {**table, "host": "127.0.0.1"}
