"""A real Home Assistant, installed once into the environment, and the states that it shows.

    debootstrap -> Debian 13, which has Python 3.13 -> pip -> hass, in a chroot, on 127.0.0.1

It takes some minutes and 1 GB the first time. Remove .venv/home-assistant to install it again.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from free_port import free_port

from tests.support.real_servers import program
from tests.support.waiting import eventually

_ROOT = Path(sys.prefix) / "home-assistant"
_INSTALLED = _ROOT / "installed"
# The last of Python 3.13, with the frontend that belongs to it: it does not start without one.
_PACKAGES = ["homeassistant==2026.2.3", "home-assistant-frontend==20260128.6", "paho-mqtt==2.1.0"]
# The release that it asks for has no wheel for Python 3.13, and a compiler is 200 MB.
_OVERRIDE = "lru-dict==1.4.1\n"
_HIDDEN = ("TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PIP_FIND_LINKS")


class HomeAssistant:
    """A server in a folder of its own. package: a file of YAML that it loads as a package."""

    def __init__(self, folder: Path, package: str = "") -> None:
        self._folder, self._port = folder, free_port()
        self._inside = f"/{folder.relative_to(_ROOT)}"
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None
        self.notified = folder / "notified"
        self.notified.touch()
        packages = folder / "packages"
        packages.mkdir()
        (packages / "storm_petrel.yaml").write_text(package or "{}\n", encoding="utf-8")
        (folder / "configuration.yaml").write_text(self._settings(), encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "output").open("ab") as output:
            command = ["/ha/bin/hass", "--config", self._inside, "--skip-pip"]
            self._process = _in_debian(command, stdout=output, stderr=output)
        assert eventually(self._is_up, 120.0), self.log()
        if not self._token:
            self._create_owner()

    def stop(self) -> None:
        """End it in order: it stores what it is to remember."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(60.0)

    def add_broker(self, port: int) -> None:
        """Set the MQTT integration up, as a person does in the settings."""
        flow = self._ask("POST", "/api/config/config_entries/flow", {"handler": "mqtt"})
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        done = self._ask("POST", path, {"broker": "127.0.0.1", "port": port})
        assert done["type"] == "create_entry", done

    def state(self, entity: str) -> str:
        """Return the state of an entity; "absent" where there is none."""
        return str(self.entity(entity).get("state", "absent"))

    def entity(self, entity: str) -> dict[str, Any]:
        """Return an entity as its REST API shows it, with its attributes."""
        answer = self._ask("GET", f"/api/states/{entity}")
        return answer if isinstance(answer, dict) else {}

    def shows(self, states: Mapping[str, str], within_s: float = 20.0) -> bool:
        """Whether all these states are shown, in time."""
        return eventually(
            lambda: all(self.state(entity) == state for entity, state in states.items()), within_s
        )

    def check_config(self) -> str:
        """Return what its own loader finds wrong with the settings; "" when all is well."""
        command = ["/ha/bin/hass", "--script", "check_config", "--config", self._inside]
        process = _in_debian(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output = process.communicate(timeout=120.0)[0].decode()
        return "" if process.returncode == 0 and "Failed config" not in output else output

    def log(self) -> str:
        return (self._folder / "output").read_text(encoding="utf-8", errors="replace")

    def _settings(self) -> str:
        return f"""
homeassistant:
  time_zone: UTC
  packages: !include_dir_named packages
http:
  server_host: 127.0.0.1
  server_port: {self._port}
automation:
command_line:
  - notify:
      name: notify
      command: cat >> {self._inside}/notified; echo >> {self._inside}/notified
"""

    def _create_owner(self) -> None:
        client = {"client_id": f"http://127.0.0.1:{self._port}/"}
        owner = {"name": "owner", "username": "owner", "password": "between us", "language": "en"}
        code = self._ask("POST", "/api/onboarding/users", {**owner, **client})["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, **client}
        self._token = self._ask("POST", "/auth/token", grant, is_form=True)["access_token"]

    def _is_up(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self.log()
        with suppress(OSError, http.client.HTTPException):
            if self._token:
                return bool(self._ask("GET", "/api/config").get("state") == "RUNNING")
            return isinstance(self._ask("GET", "/api/onboarding"), list)
        return False

    def _ask(self, method: str, path: str, body: Any = None, *, is_form: bool = False) -> Any:
        kind = "application/x-www-form-urlencoded" if is_form else "application/json"
        headers = {"Content-Type": kind}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        sent = None if body is None else urlencode(body) if is_form else json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20.0)
        try:
            connection.request(method, path, sent, headers)
            return json.loads(connection.getresponse().read() or b"null")
        finally:
            connection.close()


@contextmanager
def home_assistant(broker_port: int, package: str = "") -> Iterator[HomeAssistant]:
    """A Home Assistant that runs and is connected to a broker."""
    _install()
    folder = Path(tempfile.mkdtemp(prefix="test-", dir=_ROOT))
    server = HomeAssistant(folder, package)
    try:
        server.start()
        server.add_broker(broker_port)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _install() -> None:
    """Install it if it is not yet; skip the test where that is not possible."""
    if _INSTALLED.exists():
        return
    if os.geteuid() != 0:
        pytest.skip("Home Assistant is installed as root only: it runs in a chroot")
    debootstrap = program("debootstrap", "debootstrap")
    shutil.rmtree(_ROOT, ignore_errors=True)
    include = "--include=python3,python3-venv,ca-certificates"
    _run([debootstrap, "--variant=minbase", include, "trixie", str(_ROOT)])
    for file in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf"):
        if Path(file).exists():
            shutil.copyfile(file, f"{_ROOT}{file}")
    (_ROOT / "override.txt").write_text(_OVERRIDE)
    _run_in_debian(["python3", "-m", "venv", "/ha"])
    _run_in_debian(["/ha/bin/pip", "install", "--quiet", "--no-cache-dir", "uv"])
    uv = ["/ha/bin/uv", "pip", "install", "--quiet", "--no-cache", "--python", "/ha/bin/python"]
    _run_in_debian([*uv, "--override", "/override.txt", *_PACKAGES])
    shutil.rmtree(_ROOT / "var/cache/apt", ignore_errors=True)
    _INSTALLED.touch()


def _run_in_debian(command: list[str]) -> None:
    _run(["chroot", str(_ROOT), *command])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=_environment(), capture_output=True, timeout=600.0)
    if done.returncode:
        # In CI too: whether a registry can be reached is no matter of this checkout.
        pytest.skip(f"{command[:3]}: {(done.stderr or done.stdout).decode()[-500:]}")


def _in_debian(command: list[str], **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["chroot", str(_ROOT), *command], env=_environment(), **streams)


def _environment() -> dict[str, str]:
    """The machine's own, with its proxies and certificates; the folders are the chroot's."""
    kept = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    return {**kept, "HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
