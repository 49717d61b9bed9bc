"""The settings of a boat with every publisher on."""

from collections.abc import Mapping
from pathlib import Path

from free_port import free_port

_TABLES = """
[history]
path = "{folder}/history.sqlite"
[signalk]
host = "127.0.0.1"
port = {signal_k}
transport = "websocket"
token_file = "{folder}/token"
[nmea]
host = "127.0.0.1"
port = {nmea}
tcp_host = "127.0.0.1"
tcp_port = {tcp}
[mqtt]
host = "127.0.0.1"
port = {mqtt}
node = "petrel"
[influx]
url = "http://127.0.0.1:{influx}"
database = "boat"
[matrix]
"""
_PORTS = ("signal_k", "nmea", "tcp", "mqtt", "influx")


def ports_for_all() -> dict[str, int]:
    """A port for each of them that nobody listens at."""
    return {name: free_port() for name in _PORTS}


def every_publisher(folder: Path, ports: Mapping[str, int]) -> str:
    """TOML, with what is kept in this folder; the last table is the matrix's."""
    return _TABLES.format(folder=folder, **ports)
