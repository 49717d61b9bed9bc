"""The command line of `python -m web`, and the settings that it overrides."""

import argparse
import os
from collections.abc import Mapping, Sequence

from sensors.config import load_tables

from ..config.settings import Config

_EXAMPLES = """\
examples:
  %(prog)s                        the barometer of this Raspberry Pi; elsewhere a played storm
  %(prog)s --host 0.0.0.0         the page for every phone in the boat's network
  %(prog)s --replay january.csv   a record of your own: a CSV with time_utc and pressure_hpa
  %(prog)s --check                say what would be used, and end
  %(prog)s --drill                before a voyage: each alarm through every way
  %(prog)s --token                what a phone needs in order to change something
  %(prog)s token add "Anna's phone"   a token of its own, which token revoke ends
"""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command and not _is_command(*options.command):
        parser.error(
            f"{' '.join(options.command)!r} is not a command: give token add NAME, token list, or"
            " token revoke NAME, with a name of several words in quotes"
        )
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=os.environ.get("STORM_PETREL_COMMAND", "storm-petrel"),
        description="A barograph on a web page that warns of storms.",
        epilog=_EXAMPLES,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--config",
        type=_file,
        metavar="FILE",
        help="a TOML file of settings (docs/configuration.md)",
    )
    add("command", nargs="*", metavar="token", help="token add NAME, token list, token revoke NAME")
    add("--check", action="store_true", help="print what would be used, and end")
    add("--token", action="store_true", help="show the token for changes on the page, and end")
    add(
        "--drill",
        action="store_true",
        help="play each signal of the alarm through every way, list what answered, and end",
    )
    add(
        "--rebuild",
        action="store_true",
        help="rebuild the history from its daily copies, and end; the old one is kept",
    )
    add("--host", default="127.0.0.1", help="address of the page (default: only this machine)")
    add("--port", type=_port, default=8080, help="port of the page (default: 8080)")
    add("--no-page", action="store_true", help="record without a page")
    add("--simulate", action="store_true", help="play a storm, on a Raspberry Pi too")
    add(
        "--replay",
        type=_file,
        metavar="CSV",
        help="play a record of your own: time_utc and pressure_hpa",
    )
    add(
        "--speed",
        type=float,
        metavar="N",
        help="N × real time (default: 300; a record of your own in about five minutes)",
    )
    add("--again", action="store_true", help="play the record again from its beginning")
    return parser


def _is_command(*words: str) -> bool:
    if len(words) == 3:
        return words[:2] in (("token", "add"), ("token", "revoke"))
    return words == ("token", "list")


def _formatter(prog: str) -> argparse.HelpFormatter:
    # Without a width argparse loads shutil, a megabyte, to find the terminal's.
    try:
        width = os.get_terminal_size().columns
    except OSError:  # no terminal
        width = 100
    return argparse.RawDescriptionHelpFormatter(prog, width=max(40, width - 2))


def _file(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the name of the file is empty")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: choose 1 to 65535")
    return int(text)


def config_of(options: argparse.Namespace) -> Config:
    """Read the settings file, with the command line's simulation.

    Raises ConfigError.
    """
    tables, where = load_tables(options.config)
    simulated = tables.get("simulated", {})
    if isinstance(simulated, Mapping):  # else it is refused by name
        # A played record is shown as it is: the chip's resolution, no noise on top.
        simulated = {"noise": False, **simulated}
        if options.replay:
            simulated = {**simulated, "record": options.replay, "start": ""}
        if options.speed is not None:
            simulated = {**simulated, "speed": options.speed}
    return Config.of({**tables, "simulated": simulated}, where)
