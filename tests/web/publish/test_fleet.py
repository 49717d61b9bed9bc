"""docs/fleet.md with its real servers: thirty boats and InfluxDB, three pages and Prometheus."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from free_port import free_port

from tests.support.guide_blocks import blocks
from tests.support.program_process import Program
from tests.support.real_servers import Influx, influxd, is_listening, program
from tests.support.storm_conditions import (
    Clock,
    minute,
    one_publisher,
    publisher_thread,
    station_context,
)
from tests.support.waiting import eventually
from web.publish.publisher import PublisherThread

BOATS = [f"boat-{number:02}" for number in range(1, 31)]
HOUR_S = 3600
RULES = Path(__file__).parents[3] / "docs" / "prometheus-rules.yml"


def guide(language: str) -> list[str]:
    return [block.text for block in blocks(language) if block.guide.name == "fleet.md"]


@contextmanager
def fleet(server: Influx) -> Iterator[list[PublisherThread]]:
    with ExitStack() as running:
        yield [
            running.enter_context(
                publisher_thread(
                    one_publisher(
                        {"influx": {"url": server.url, "database": "boat", "node": boat}},
                        "",
                        station_context(Clock()),
                    )
                )
            )
            for boat in BOATS
        ]


def pressure_hpa(boat: int, number: int) -> float:
    return round(980.0 + boat + number * 0.01, 2)


def sail(threads: list[PublisherThread], begin: float, minutes: range) -> None:
    for number in minutes:
        taken_at = begin + 60 * number
        for boat, thread in enumerate(threads):
            conditions = minute(number, pressure_hpa(boat, number))
            assert conditions.sample is not None
            thread.put(replace(conditions, sample=conditions.sample._replace(taken_at=taken_at)))


def rows(server: Influx) -> list[tuple[str, float, float]]:
    answer = server.ask("SELECT pressure_hpa FROM storm_petrel GROUP BY node")
    found = [line.split(",") for line in answer.splitlines()]
    return [(tag.removeprefix("node="), float(at), float(hpa)) for _, tag, at, hpa in found]


@pytest.mark.parametrize("suddenly", [False, True])
def test_an_hour_without_the_server_loses_no_sample(tmp_path: Path, suddenly: bool) -> None:
    begin = time.time() // HOUR_S * HOUR_S - 4 * HOUR_S
    with influxd(tmp_path) as server:
        server.ask("CREATE DATABASE boat")
        with fleet(server) as threads:
            sail(threads, begin, range(100))
            assert eventually(lambda: len(rows(server)) == 30 * 100)
            server.end(suddenly=suddenly)
            sail(threads, begin, range(100, 160))
            server.start()
            sail(threads, begin, range(160, 240))
            assert eventually(lambda: len(rows(server)) >= 30 * 240)
        assert rows(server) == [
            (name, begin + 60 * number, pressure_hpa(boat, number))
            for boat, name in enumerate(BOATS)
            for number in range(240)
        ]
        newest, counts = (server.ask(query).splitlines() for query in guide("sql"))
    assert [line.split(",")[1] for line in newest] == [f"node={boat}" for boat in BOATS]
    assert newest[0].split(",")[3] == str(pressure_hpa(0, 239))
    complete = [line.split(",")[1] for line in counts if line.endswith(",60")]
    assert complete == [f"node={boat}" for boat in BOATS for _ in range(4)]


class Prometheus:
    """A Prometheus with the configuration of the guide, for targets on this machine."""

    def __init__(self, folder: Path, targets: list[int]) -> None:
        (config,) = guide("yaml")
        shutil.copy(RULES, folder)
        for line in [line for line in config.splitlines() if ":8080" in line]:
            address = f"127.0.0.1:{targets.pop()}"
            config = config.replace(line, f"{line.partition('- ')[0]}- {address}")
        assert not targets
        self.config = folder / "prometheus.yml"
        self.config.write_text(config.replace("scrape_interval: 1m", "scrape_interval: 1s"))
        self._folder, self._port = folder, free_port()

    @contextmanager
    def running(self) -> Iterator[None]:
        command = [program("prometheus", "prometheus"), f"--config.file={self.config}"]
        command.append(f"--storage.tsdb.path={self._folder / 'data'}")
        command.append(f"--web.listen-address=127.0.0.1:{self._port}")
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            assert eventually(lambda: is_listening(self._port)), (self._folder / "log").read_text()
            yield
        finally:
            process.terminate()
            process.wait()

    def query(self, query: str) -> list[float]:
        """The values that it answers, in ascending order."""
        url = f"http://127.0.0.1:{self._port}/api/v1/query?query={quote(query)}"
        try:
            with urlopen(url, timeout=10) as answer:
                found = json.load(answer)["data"]["result"]
        except OSError:  # 503 until it has read its own storage
            return []
        return sorted(round(float(series["value"][1]), 2) for series in found)


def test_prometheus_answers_for_all_boats(tmp_path: Path) -> None:
    programs: list[Program] = []
    try:
        for boat, hpa in enumerate((1001.5, 1002.5, 1003.5)):
            record = tmp_path / f"{boat}.csv"
            samples = "".join(f"2014-02-12T0{hour}:00:00Z,{hpa}\n" for hour in range(6))
            record.write_text(f"time_utc,pressure_hpa\n{samples}")
            home = tmp_path / f"home-{boat}"
            programs.append(Program(home, free_port(), "--replay", str(record), "--speed", "1e7"))
        for each in programs:
            each.until_up()
        prometheus = Prometheus(tmp_path, [each.port for each in programs])

        def pages() -> list[float]:
            return [float(str(each.now()["pressure_hpa"])) for each in programs]

        with prometheus.running():
            (query,) = guide("promql")
            assert eventually(lambda: prometheus.query(query) == pages())
            assert prometheus.query("up == 1") == [1.0, 1.0, 1.0]
            programs.pop(0).terminate()
            assert eventually(lambda: prometheus.query("up") == [0.0, 1.0, 1.0])
            assert prometheus.query(query) == pages()
    finally:
        for each in programs:
            each.terminate()


def test_the_alert_rules_fire_when_they_should(tmp_path: Path) -> None:
    """Prometheus's own tester, in simulated time."""
    prometheus = Prometheus(tmp_path, [1, 2, 3])
    promtool = program("promtool", "prometheus")
    cases = Path(__file__).parent / "data" / "prometheus-rules-test.yml"
    for command in (
        ["check", "config", str(prometheus.config)],
        ["check", "rules", str(RULES)],
        ["test", "rules", str(cases)],
    ):
        done = subprocess.run([promtool, *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
