"""What the page costs a phone and the Pi, against the goals; by the real program.

Bytes are those of the answers' bodies, packed as a browser asks for them. CPU is that of this
process, which holds application and history alone: no sockets. The history is a year of minutes.
Usage: tests/benchmarks/page_budgets.py
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from urllib.request import Request, urlopen

import figures
from flask.testing import FlaskClient
from free_port import free_port
from history_cost import YEAR, sample, year
from resident import whole_kb

from web.history.reader import HistoryReader
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import StormWatch

ROOT = Path(__file__).resolve().parents[2]
SPANS_H = (6, 24, 48, 72, 168, 720, 8760)
ROWS: list[list[str]] = []
AS_A_BROWSER = {"Accept-Encoding": "gzip"}
PORT = free_port()
_NUMBERS = count()


def line(what: str, figure: float, goal: float, unit: str) -> None:
    """Say a figure, its goal, and whether it is met."""
    verdict = "ok" if figure <= goal else "MISSED"
    print(f"{what:58s} {figure:8.2f} {unit:3s} (goal {goal:g})  {verdict}")
    ROWS.append([what, f"{figure:.2f} {unit}", f"{goal:g} {unit}"])


def client_of(path: Path) -> FlaskClient:
    """The page at the end of the year, with what the last days lead to."""
    end = sample(YEAR, 0.0).taken_at
    watch, feed = StormWatch(), ConditionsFeed()
    with HistoryReader(path) as reader:
        for found in reader.samples(end - 3 * 86400, end):
            feed.publish(Conditions(found, watch.update(found)))
    info = StationInfo(60.0, 30, "1.2.3")
    return create_app(PageContext(path, RecordPace([end], end, 0.0), info, feed)).test_client()


def bytes_of(client: FlaskClient) -> None:
    """What a visit, a refresh and another chart bring over."""
    page = client.get("/", headers=AS_A_BROWSER)
    html = client.get("/").text
    own = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    whole = len(page.data) + sum(len(client.get(a, headers=AS_A_BROWSER).data) for a in own)
    figures.figure("first visit kB", whole / 1000)
    line(f"first visit: the page and {len(own)} files", whole / 1000, 60, "kB")
    glance = client.get("/glance", headers=AS_A_BROWSER)
    known = {**AS_A_BROWSER, "If-None-Match": glance.headers["ETag"]}
    again = client.get("/glance", headers=known)
    head = sum(len(f"{key}: {value}\r\n") for key, value in again.headers)
    line("refresh, nothing changed: 304 with its header", (len(again.data) + head) / 1000, 1, "kB")
    line("refresh, something changed: /glance", len(glance.data) / 1000, 8, "kB")
    year_view = client.get(f"/chart.svg?hours={SPANS_H[-1]}", headers=AS_A_BROWSER)
    figures.figure("year view kB", len(year_view.data) / 1000)
    for hours in SPANS_H:
        chart = client.get(f"/chart.svg?hours={hours}", headers=AS_A_BROWSER)
        line(f"chart of {hours} h", len(chart.data) / 1000, 8, "kB")


def cpu_of(client: FlaskClient) -> None:
    """What the answers cost the processor, the best of several."""
    for route, goal in (("/chart.svg?hours=8760", 20.0), ("/?hours=8760", 20.0), ("/", 20.0)):
        cost = _cpu_ms(client, route, AS_A_BROWSER, 8)
        if route.startswith("/chart"):
            figures.figure("year view ms", figures.middle(cost))
        line(f"CPU of {route}, packed", min(cost), goal, "ms")
    for route in ("/glance", "/", "/chart.svg?hours=8760", "/api/pressure?hours=8760", "/api/now"):
        known = {**AS_A_BROWSER, "If-None-Match": client.get(route).headers["ETag"]}
        assert client.get(route, headers=known).status_code == 304
        line(f"CPU of a 304 to {route}", min(_cpu_ms(client, route, known, 300)), 0.5, "ms")


def _cpu_ms(client: FlaskClient, route: str, headers: dict[str, str], times: int) -> list[float]:
    """CPU of one answer, nine times; what the test client itself takes is in it."""
    found = []
    for _ in range(9):
        began = time.process_time()
        for _ in range(times):
            # Another span each time: a chart that is in the cache costs nothing.
            if "If-None-Match" in headers:
                address = route
            else:
                path, _, hours = route.partition("?hours=")
                address = f"{path}?hours={int(hours or 48) - 1}.{next(_NUMBERS):04}"
            client.get(address, headers=headers)
        found.append((time.process_time() - began) / times * 1000)
    return found


def program(folder: Path) -> None:
    """From the command to the first page, and what it weighs then."""
    config = folder / "boat.toml"
    config.write_text(
        "[board]\nsimulated = false\n[barometer]\nbus = 77\n"
        f"[history]\npath = '{folder}/year.sqlite'\n"
    )
    _begin(config, folder)  # once, so that all is compiled
    best_s, rss_mb = min(_begin(config, folder) for _ in range(3))
    figures.figure("page MB", rss_mb)
    line("command to first page", best_s, 1, "s")
    line("memory of recorder and page, after the page, the charts, the numbers", rss_mb, 55, "MB")


def _begin(config: Path, folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-m", "web", "--port", str(PORT), "--config", str(config)]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    began = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as running:
        while not _page("/"):
            if running.poll() is not None:
                sys.exit("it ended at once: is the port taken, or a setting wrong?")
            time.sleep(0.005)
        took_s = time.monotonic() - began
        for route in (
            "/glance",
            "/api/now",
            "/metrics",
            *(f"/chart.svg?hours={h}" for h in SPANS_H),
        ):
            _page(route)
        kb = whole_kb(running.pid)
        running.terminate()
    return took_s, kb / 1000


def _page(route: str) -> bool:
    address = f"http://127.0.0.1:{PORT}{route}"
    try:
        with urlopen(Request(address, headers=AS_A_BROWSER), timeout=10) as answer:
            return bool(answer.read())
    except OSError:
        return False


def main() -> None:
    """Say all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        year(folder / "year.sqlite")
        client = client_of(folder / "year.sqlite")
        bytes_of(client)
        cpu_of(client)
        program(folder)
    figures.table("What the page costs (times: the best of several)", ["what", "", "goal"], ROWS)


if __name__ == "__main__":
    main()
