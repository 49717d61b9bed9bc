"""The real Signal K server of signalk-server, started on this machine, and what it says."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from free_port import free_port

from tests.support.waiting import eventually

MODULES = Path(sys.prefix) / "node" / "node_modules"
_PROGRAM = MODULES / "signalk-server" / "bin" / "signalk-server"
_PASSWORD = "between us"

# No setting keeps its ports from the whole network, nor it from asking npm for a newer server: a
# test is nobody's business there.
_LOOPBACK = """
const dns = require('dns'), lookup = dns.lookup
dns.lookup = (name, ...rest) => /^[0-9.:]+$|^localhost$/.test(name)
  ? lookup(name, ...rest) : rest.pop()(new Error('no names in a test'))
const net = require('net').Server.prototype, listen = net.listen
net.listen = function (port, ...rest) {
  return typeof port === 'object' ? listen.call(this, {...port, host: '127.0.0.1'}, ...rest)
    : listen.call(this, port, '127.0.0.1', ...rest.filter(one => typeof one === 'function'))
}
const udp = require('dgram').Socket.prototype, bind = udp.bind
udp.bind = function (port, ...rest) {
  return bind.call(this, port, '127.0.0.1', ...rest.filter(one => typeof one === 'function'))
}
"""


class Ports(NamedTuple):
    """Those of one server: HTTP and WebSocket, deltas over UDP, NMEA 0183 over UDP."""

    http: int
    deltas: int
    nmea: int
    tcp: int
    nmea_out: int


def node() -> str:
    """The node program; the test is skipped where the server is not installed."""
    found = shutil.which("node")
    if found is None or not _PROGRAM.exists():
        # In CI too: whether npm's registry can be reached is no matter of this checkout.
        pytest.skip("signalk-server is not installed (scripts/test as root, with node and npm)")
    return found


class Server:
    """A server with its folder. security: started once more by secure()."""

    def __init__(self, folder: Path) -> None:
        self.ports = Ports(*free_ports(len(Ports._fields)))
        self._folder = folder
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps(_settings(self.ports)))
        (folder / "loopback.js").write_text(_LOOPBACK)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [node(), "--require", str(self._folder / "loopback.js"), str(_PROGRAM)],
                env=_environment(self._folder, self.ports),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert eventually(self._answers, 30.0), (self._folder / "log").read_text()

    def stop(self) -> None:
        """End it, as a power cut does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """End it and start it anew: it has forgotten all but its settings."""
        self.stop()
        self.start()

    def secure(self) -> None:
        """Have it ask for tokens, and log in as its owner."""
        owner = {"userId": "owner", "password": _PASSWORD, "type": "admin"}
        self.ask("POST", "/skServer/enableSecurity", owner)
        self.restart()
        self.log_in()

    def log_in(self) -> None:
        """Log in as its owner."""
        login = {"username": "owner", "password": _PASSWORD}
        self._token = self.ask("POST", "/signalk/v1/auth/login", login)["token"]

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What it answers, as JSON where it is some."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports.http, timeout=10.0)
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, headers)
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        with suppress(ValueError):
            return json.loads(text)
        return text

    def said(self, path: str) -> dict[str, Any]:
        """What it says of a path of this vessel: value, $source and timestamp; {} for nothing."""
        try:
            answer = self.ask("GET", "/signalk/v1/api/vessels/self/" + path.replace(".", "/"))
        except OSError:
            return {}
        return answer if isinstance(answer, dict) else {}

    def value(self, path: str) -> Any:
        """The value of a path; "absent" where there is none."""
        return self.said(path).get("value", "absent")

    def alarms(self, kind: str = "fall") -> dict[str, dict[str, Any]]:
        """Its notifications of our own by their path's end, with their id."""
        listed = self.ask("GET", "/signalk/v2/api/notifications")
        prefix = f"notifications.environment.outside.pressure.{kind}."
        return {
            alarm["path"].removeprefix(prefix): {**alarm["value"], "id": number}
            for number, alarm in listed.items()
            if alarm["path"].startswith(prefix)
        }

    def acknowledge(self, end: str, kind: str = "fall") -> None:
        """Acknowledge an alarm, as somebody at a plotter does."""
        number = quote(self.alarms(kind)[end]["id"])
        answer = self.ask("POST", f"/signalk/v2/api/notifications/{number}/acknowledge")
        assert answer["state"] == "COMPLETED", answer

    def waiting_for_access(self) -> list[dict[str, Any]]:
        """Who has asked for access, and waits for the owner's word."""
        return list(self.ask("GET", "/skServer/security/access/requests"))

    def approve(self, permissions: str = "readwrite", status: str = "approved") -> None:
        """Decide about the one who waits for access."""
        (asked,) = self.waiting_for_access()
        name = quote(asked["accessIdentifier"])
        terms = {"permissions": permissions, "expiration": "1y"}
        self.ask("PUT", f"/skServer/security/access/requests/{name}/{status}", terms)

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, "it ended at once"
        with suppress(OSError, http.client.HTTPException):
            return isinstance(self.ask("GET", "/signalk"), dict)
        return False


@contextmanager
def signal_k(folder: Path) -> Iterator[Server]:
    """A server that runs."""
    node()
    server = Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def speaking_of_wind(server: Server) -> Iterator[Callable[[float | None], None]]:
    """Another instrument on board, which tells the server the speed of the wind, in m/s."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as instrument:

        def tell(wind_ms: float | None) -> None:
            values = [{"path": "environment.wind.speedTrue", "value": wind_ms}]
            update = {"$source": "masthead.WI", "values": values}
            delta = json.dumps({"context": "vessels.self", "updates": [update]})
            instrument.sendto(delta.encode(), ("127.0.0.1", server.ports.deltas))

        yield tell


def parsed(sentences: bytes) -> list[dict[str, Any]]:
    """The values that Signal K's parser reads out of NMEA 0183; it minds checksums."""
    script = """
      const Parser = require('@signalk/nmea0183-signalk')
      const parser = new Parser({validateChecksum: true})
      const lines = require('fs').readFileSync(0, 'ascii').split('\\r\\n').filter(line => line)
      const read = line => { try { return parser.parse(line) } catch { return null } }
      const deltas = lines.map(read).filter(delta => delta)
      console.log(JSON.stringify(deltas.flatMap(d => d.updates).flatMap(u => u.values)))"""
    return list(json.loads(_run(script, sentences)))


def schema_faults(deltas: list[str]) -> list[str]:
    """What Signal K's schema finds wrong with deltas."""
    script = """
      const schema = require('@signalk/signalk-schema')
      const deltas = JSON.parse(require('fs').readFileSync(0, 'utf8'))
      const found = deltas.flatMap(delta => schema.validateDelta(JSON.parse(delta), true).errors)
      console.log(JSON.stringify(found.map(fault => fault.dataPath + ' ' + fault.message)))"""
    return list(json.loads(_run(script, json.dumps(deltas).encode())))


def _run(script: str, given: bytes) -> bytes:
    script = re.sub(r"\n\s+", "\n", script)
    return subprocess.run(
        [node(), "-e", script],
        input=given,
        cwd=MODULES.parent,
        capture_output=True,
        check=True,
        timeout=60.0,
    ).stdout


def free_ports(count: int) -> list[int]:
    """Ports of TCP that nobody listens at."""
    return [free_port() for _ in range(count)]


def _environment(folder: Path, ports: Ports) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "SIGNALK_NODE_CONFIG_DIR": str(folder),
        "NODE_ENV": "production",
        "PORT": str(ports.http),
        "TCPSTREAMPORT": str(ports.tcp),
        "TCPSTREAMADDRESS": "127.0.0.1",
        "NMEA0183PORT": str(ports.nmea_out),
    }


def _settings(ports: Ports) -> dict[str, Any]:
    off = ("admin-ui", "plugins", "appstore", "webapps")
    on = ("tcp", "ws", "rest", "nmea-tcp")
    return {
        "interfaces": {**dict.fromkeys(off, False), **dict.fromkeys(on, True)},
        "mdns": False,
        "ssl": False,
        "pipedProviders": [
            _provider("deltas", "SignalK", ports.deltas, {}),
            _provider("nmea", "NMEA0183", ports.nmea, {"validateChecksum": True}),
        ],
    }


def _provider(name: str, kind: str, port: int, more: dict[str, Any]) -> dict[str, Any]:
    options = {"type": kind, "subOptions": {"type": "udp", "port": str(port), **more}}
    return {
        "id": name,
        "enabled": True,
        "pipeElements": [{"type": "providers/simple", "options": options}],
    }
