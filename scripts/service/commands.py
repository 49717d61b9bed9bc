"""The command line of scripts/install-service and its messages."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from service import parts
from service.unit import PageAddress, address_of, command_of, host_of, port_of, unit_for
from support import environment

_BOOTED = Path("/run/systemd/system")  # sd_booted(3)
_HEADER_BUSES = (Path("/dev/i2c-0"), Path("/dev/i2c-1"))

_DONE = """
Storm Petrel is running, and starts with this machine.
  the page       {url}
  the log        journalctl -u {name} -f
  the settings   {settings}; then: sudo systemctl restart {name}
  the token      sudo scripts/install-service --token
  the records    {state}
  to update      git pull; then: sudo scripts/install-service
  to remove      sudo scripts/install-service --remove"""


def main(teaching: str | None) -> int:
    """Run the command line and return the exit status; a failure ends with a sentence."""
    options = _options(teaching)
    try:
        unit = parts.UNIT.read_text(encoding="utf-8") if parts.UNIT.exists() else ""
        kept = address_of(unit)
        address = PageAddress(options.host or kept.host, options.port or kept.port)
        if options.print:
            print(unit_for(address), end="")
            return 0
        _check_machine()
        if options.token or options.drill:
            _exec_program(unit, ["--token" if options.token else "--drill"])
        elif options.run is not None:
            _exec_program(unit, options.run)
        elif options.calibrate is not None:
            _check_installed(unit)
            script = str(parts.SCRIPTS / "calibrate_barometer.py")
            settings = ("--config", str(parts.SETTINGS))
            _exec_as_service([str(parts.PYTHON), script, *settings, *options.calibrate])
        elif options.remove:
            _remove()
        else:
            _install(address)
    except (parts.ServiceError, OSError) as error:
        sys.exit(f"scripts/install-service: {error}")
    return 0


def _options(teaching: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/install-service",
        description=teaching,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--host", type=host_of, help="address of the page (default: 0.0.0.0)")
    add("--port", type=port_of, help="port of the page (default: 8080)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--print", action="store_true", help="print the unit, and end")
    what.add_argument("--token", action="store_true", help="show the page's token, and end")
    what.add_argument("--drill", action="store_true", help="play a drill, and list what answered")
    for name, words in (
        ("run", "run the installed program as its user, with the options that follow"),
        ("calibrate", "calibrate the barometer as its user: scripts/calibrate_barometer.py --help"),
    ):
        what.add_argument(f"--{name}", nargs=argparse.REMAINDER, metavar="...", help=words)
    what.add_argument("--remove", action="store_true", help="take the service away")
    return parser.parse_args()


def _check_machine() -> None:
    if os.geteuid() != 0:
        raise parts.ServiceError("this needs root: sudo scripts/install-service")
    if not _BOOTED.is_dir():
        raise parts.ServiceError(
            "this machine is not run by systemd, which a service needs. Start scripts/dashboard"
            " from its own init system"
        )
    os.umask(0o022)  # another user must be able to read the installed files
    os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # useradd


def _install(address: PageAddress) -> None:
    if not environment.raspberry_pi():
        environment.say(
            "This is not a Raspberry Pi: the service plays a recorded storm and each page says"
            " SIMULATED, unless the settings say otherwise."
        )
    elif not any(bus.exists() for bus in _HEADER_BUSES):
        environment.say(
            "I2C is off: switch it on with sudo raspi-config nonint do_i2c 0. The service then"
            " finds the barometer."
        )
    parts.make_user()
    parts.make_program()
    parts.make_settings()
    parts.make_announcement(address)
    parts.make_unit(unit_for(address))
    host = address.host
    if host in ("0.0.0.0", "::", "[::]"):
        host = f"{socket.gethostname().partition('.')[0]}.local"
    elif ":" in host and not host.startswith("["):
        host = f"[{host}]"
    url = f"http://{host}:{address.port}/"
    environment.say(
        _DONE.format(url=url, name=parts.NAME, settings=parts.SETTINGS, state=parts.STATE)
    )
    if address.is_exposed:
        environment.say(
            "Anyone in the network can read the page; --host 127.0.0.1 keeps it to this machine."
        )


def _exec_program(unit: str, options: Sequence[str]) -> None:
    """Replace this process by the installed program, with these options."""
    _check_installed(unit)
    _exec_as_service([*command_of(unit), *options])


def _check_installed(unit: str) -> None:
    if not unit:
        raise parts.ServiceError("no service is installed here: sudo scripts/install-service")


def _exec_as_service(command: Sequence[str]) -> None:
    """Replace this process by a command of the service's user.

    Root itself does nothing in that user's folder: links which an intruder leaves there would lead
    it anywhere.
    """
    os.chdir("/")  # that user may not have access to the present folder
    os.umask(0o077)
    user = ("runuser", "-u", parts.NAME, "--", "env", f"STATE_DIRECTORY={parts.STATE}")
    os.execvp(user[0], [*user, *command])


def _remove() -> None:
    parts.remove()
    environment.say(
        f"The service is removed. Its records stay in {parts.STATE}, its settings in"
        f" {parts.SETTINGS.parent}."
    )
