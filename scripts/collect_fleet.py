#!/usr/bin/env python3
"""Collect the minutes of a fleet from an MQTT broker in one SQLite file, until ctrl-C.

  scripts/collect_fleet.py fleet.sqlite                     a broker on this machine
  scripts/collect_fleet.py fleet.sqlite --host shore.lan --username desk --password-file desk.txt
  scripts/collect_fleet.py fleet.sqlite --host shore.lan --tls --ca-file ca.pem

Each boat needs a node of its own in [mqtt] (docs/fleet.md). What a boat sends late, or twice, is
one row. What comes while this is not running is kept by the broker, as docs/fleet.md sets it up.
Other programs may read the file meanwhile:

  sqlite3 fleet.sqlite "SELECT node, datetime(max(taken_at), 'unixepoch'), pressure_pa / 100
                        FROM samples GROUP BY node"
"""

import environment

environment.enter()

import argparse
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from command import parser, run, say
from fleet_file import FleetFile, Minute, NoMinuteError

from web.publish.broker import Broker
from web.publish.mqtt import MqttConfig

PAUSE_S = 2.0
LOOK_S = 0.5
TELL_EVERY_S = 60.0
# What is heard within a look is written at once: each writing waits for the disk.
MOST_AT_ONCE = 500


class Collector:
    """What a broker has of the fleet, on its way into the file."""

    def __init__(self, file: FleetFile, broker: Broker, prefix: str) -> None:
        self._file, self._broker, self._topic = file, broker, f"{prefix}/+/sample"
        self._heard: list[tuple[Minute, Callable[[], None]]] = []
        self._strange: set[str] = set()
        self._told_at = time.monotonic()
        self.stop = threading.Event()

    def run(self) -> None:
        """Collect until it is told to stop, and connect anew for as long as it takes."""
        failure = ""
        while not self.stop.is_set():
            try:
                self._broker.connect()
                self._broker.subscribe(self._topic, self._hear)
                say(f"collecting {self._topic}; {self._file.tally()}")
                failure = ""
                self._collect()
            except OSError as error:
                if str(error) != failure:
                    say(f"{error}; it is tried again and again")
                failure = str(error)
                self._heard.clear()  # not acknowledged: it comes again
                self._broker.close()
                self.stop.wait(PAUSE_S)
        self._broker.close()

    def _collect(self) -> None:
        while not self.stop.is_set():
            self._broker.look(LOOK_S)
            had = 0
            while had < len(self._heard) < MOST_AT_ONCE:
                had = len(self._heard)
                self._broker.look()
            self._file.add(minute for minute, _ in self._heard)
            for _, acknowledge in self._heard:
                acknowledge()
            self._heard.clear()
            if time.monotonic() - self._told_at >= TELL_EVERY_S:
                self._told_at = time.monotonic()
                say(f"  {self._file.tally()}")

    def _hear(self, topic: str, payload: bytes, acknowledge: Callable[[], None]) -> None:
        try:
            self._heard.append((Minute.of(_node(topic), payload), acknowledge))
        except NoMinuteError as error:
            acknowledge()
            if topic not in self._strange:
                self._strange.add(topic)
                say(f"something on {topic} is left out: {error}")


def _node(topic: str) -> str:
    """The boat of a topic; NoMinuteError for one that was not asked for."""
    parts = topic.split("/")
    if len(parts) < 2:
        raise NoMinuteError("its topic names no boat")
    return parts[-2]


def main() -> None:
    """Open the file, then collect."""
    options = parse()
    config = MqttConfig(
        host=options.host,
        port=options.port,
        username=options.username,
        password_file=options.password_file,
        tls=options.tls,
        ca_file=options.ca_file,
        prefix=options.prefix,
        node=options.name,
    )
    broker = Broker(config.address(), f"storm-petrel-collector-{options.name}", is_awaited=True)
    file = FleetFile(options.file)
    collector = Collector(file, broker, options.prefix)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: collector.stop.set())
    try:
        collector.run()
        say(f"ended; {file.tally()}")
    finally:
        file.close()


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    add = options.add_argument
    add("file", type=Path, help="the SQLite file; made if it is not there")
    add("--host", default="localhost", help="the broker (default: this machine)")
    add("--port", type=int, help="its port (default: 1883, with --tls 8883)")
    add("--username", default="", help="who is let in")
    add("--password-file", default="", metavar="FILE", help="the password is its first line")
    add("--tls", action="store_true", help="encrypted")
    add("--ca-file", default="", metavar="FILE", help="who vouches for the broker")
    add("--prefix", default="storm-petrel", help="what the topics begin with, as in [mqtt]")
    add("--name", default="desk", help="another one for each further collector (default: desk)")
    return options.parse_args()


def main_in_words() -> None:
    """An option that cannot be is told like any other failure."""
    try:
        main()
    except ValueError as error:
        raise OSError(str(error)) from error
    except ImportError as error:
        raise OSError("it needs paho-mqtt 2 or newer: pip install 'paho-mqtt>=2'") from error


if __name__ == "__main__":
    run(main_in_words)
