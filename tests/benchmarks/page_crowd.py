"""Two hundred phones on one page: does the recorder miss a reading, and how long do they wait?

The real program plays a record with a reading each second, after two days of minutes that the
chart shows. Each client polls /glance about every two seconds over one connection, with the tag
that it had last, as a page does; the spans are those that a crew looks at. Clients and program
share this machine. Usage: tests/benchmarks/page_crowd.py [seconds]
"""

import asyncio
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import figures
from free_port import free_port

from web.history.reader import HistoryReader

ROOT = Path(__file__).resolve().parents[2]
PORT, CLIENTS, POLL_S = free_port(), 200, 2.0
QUERIES = ("", "", "", "", "", "?hours=24", "?hours=6", "?unit=inhg", "?night=1", "?hours=168")
BEGINS = 1_767_225_600
BEFORE = 2 * 1440


class Crowd:
    """What the clients saw: how long they waited, in seconds, and which answers they got."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.waited_s: list[float] = []
        self.answers: Counter[int] = Counter()
        self.received = 0

    async def client(self, number: int) -> None:
        """One phone: it comes at its own moment and stays."""
        chance, tag = random.Random(number), '"none yet"'
        query = QUERIES[number % len(QUERIES)]
        await asyncio.sleep(chance.uniform(0, POLL_S))
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        while time.monotonic() < self.until:
            began = time.monotonic()
            writer.write(
                f"GET /glance{query} HTTP/1.1\r\nHost: localhost:{PORT}\r\n"
                f"Accept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = [line.partition(": ") for line in head.splitlines()[1:]]
            headers = {key.lower(): value for key, _, value in lines}
            length = int(headers.get("content-length", 0))
            await reader.readexactly(length)
            self.waited_s.append(time.monotonic() - began)
            self.answers[int(head.split()[1])] += 1
            self.received += len(head) + length
            tag = headers.get("etag", "")
            await asyncio.sleep(max(0.0, chance.uniform(0.9, 1.1) * POLL_S - self.waited_s[-1]))
        writer.close()


def record(path: Path, seconds: int) -> None:
    """Two days of minutes, then a reading each second for longer than it is needed."""
    moments = [BEGINS + 60 * n for n in range(BEFORE)]
    moments += range(moments[-1] + 1, moments[-1] + seconds + 120)
    rows = (
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(moment))},"
        f"{1005 + 8 * math.sin(moment / 20_000):.2f}\n"
        for moment in moments
    )
    path.write_text("time_utc,pressure_hpa\n" + "".join(rows))


def _is_up() -> bool:
    """Whether it answers and has caught up with the record, for which a slow disk takes long."""
    try:
        age_s = _now()["age_s"]
    except OSError:
        return False
    return age_s is not None and float(str(age_s)) < 2.0


def _newest() -> float:
    """When the newest reading was taken, by the record's clock."""
    return datetime.fromisoformat(str(_now()["taken_at"])).timestamp()


def _now() -> dict[str, object]:
    with urlopen(f"http://127.0.0.1:{PORT}/api/now", timeout=10) as answer:
        fields: dict[str, object] = json.load(answer)
        return fields


async def gather(crowd: Crowd) -> None:
    """All clients at once."""
    await asyncio.gather(*(crowd.client(number) for number in range(CLIENTS)))


def measure(folder: Path, seconds: int) -> None:
    """Let them come, and say how it was."""
    record(folder / "record.csv", seconds)
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGINS + 60 * (BEFORE - 1)))
    config = folder / "boat.toml"
    config.write_text(
        f"[simulated]\nrecord = '{folder}/record.csv'\nspeed = 1\nstart = '{start}'\n"
    )
    command = [sys.executable, "-m", "web", "--simulate", "--port", str(PORT)]
    with subprocess.Popen(
        [*command, "--config", str(config)],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    ) as program:
        try:
            while not _is_up():
                if program.poll() is not None:
                    sys.exit("it ended at once: is the port taken?")
                time.sleep(0.05)
            crowd = Crowd(time.monotonic() + seconds)
            cpu, begins, began = _cpu_s(program.pid), _newest(), time.monotonic()
            asyncio.run(gather(crowd))
            behind = time.monotonic() - began - (_newest() - begins)
            cpu = _cpu_s(program.pid) - cpu
        finally:  # or the with waits for a program that nobody ends
            program.terminate()
    _tell(crowd, seconds, cpu)
    (path,) = (folder / "storm-petrel").glob("history-simulated-*.sqlite")
    with HistoryReader(path) as reader:
        moments = [round(s.taken_at) for s in reader.samples(BEGINS + 60.0 * (BEFORE - 1))]
    missing = moments[-1] - moments[0] + 1 - len(moments)
    verdict = "ok" if not missing and behind < 2 else "MISSED"
    figures.figure("crowd readings missing", missing)
    print(
        f"readings: {len(moments)}, missing {missing}, late by {behind:.1f} s (goal 0, 2) {verdict}"
    )


def _tell(crowd: Crowd, seconds: int, cpu_s: float) -> None:
    waited = sorted(1000 * s for s in crowd.waited_s)
    p50, p90, p99 = (waited[int(len(waited) * share)] for share in (0.5, 0.9, 0.99))
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(crowd.answers.items()))
    print(
        f"{CLIENTS} clients for {seconds} s, each /glance every {POLL_S:g} s with If-None-Match,"
        f" keep-alive, gzip; {os.cpu_count()} cores for them and the program"
    )
    print(
        f"answers: {answers}; {len(waited) / seconds:.0f} a second, {crowd.received / 1e6:.1f} MB"
    )
    print(f"program: {100 * cpu_s / seconds:.0f} % of one core")
    verdict = "ok" if p99 <= 250 else "MISSED"
    figures.figure("crowd p99 ms", p99)
    figures.table(
        f"{CLIENTS} phones for {seconds} s, each asking every {POLL_S:g} s",
        ["waited: median ms", "99 % ms", "worst ms", "the program's share of a core"],
        [[*(f"{ms:.0f}" for ms in (p50, p99, waited[-1])), f"{cpu_s / seconds:.0%}"]],
    )
    print("waited, ms:   median     90 %     99 %    worst")
    print(f"            {p50:8.1f} {p90:8.1f} {p99:8.1f} {waited[-1]:8.1f}  (goal 250) {verdict}")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Let a crowd look for a minute, or for as many seconds as are given."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), seconds)


if __name__ == "__main__":
    main()
