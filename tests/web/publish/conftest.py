"""Real servers: a broker, a database, and two of Signal K, one of which asks for tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fixed_station import Boat
from tests.support.real_servers import Influx, Mosquitto, influxd, mosquitto
from tests.support.signalk_boat import SignalKBoat, by_websocket
from tests.support.signalk_server import Server, signal_k
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture(scope="module")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    with influxd(tmp_path_factory.mktemp("influx")) as server:
        server.ask("CREATE DATABASE boat")
        yield server


@pytest.fixture(scope="session")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with signal_k(tmp_path_factory.mktemp("open")) as server:
        yield server


@pytest.fixture(scope="session")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with signal_k(tmp_path_factory.mktemp("secure")) as server:
        server.secure()
        yield server


@pytest.fixture(scope="session")
def token(secure_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token that was asked for and approved, as on board."""
    file = tmp_path_factory.mktemp("boat") / "token"
    afloat = SignalKBoat(secure_server, by_websocket(secure_server, file), Boat())
    with afloat.thread():
        assert eventually(lambda: secure_server.waiting_for_access())
        secure_server.approve()
        assert eventually(file.exists)
    return file


@pytest.fixture(params=["udp", "websocket"])
def afloat(request: pytest.FixtureRequest) -> SignalKBoat:
    if request.param == "udp":
        server = request.getfixturevalue("open_server")
        return SignalKBoat(server, {"port": server.ports.deltas}, Boat())
    server = request.getfixturevalue("secure_server")
    return SignalKBoat(server, by_websocket(server, request.getfixturevalue("token")), Boat())


@pytest.fixture
def by_socket(secure_server: Server, token: Path) -> SignalKBoat:
    return SignalKBoat(secure_server, by_websocket(secure_server, token), Boat())
