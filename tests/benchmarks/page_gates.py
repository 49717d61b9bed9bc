"""Wapiti over the running program, all its attacks: it is to find nothing. Takes two minutes.

Wapiti wants older versions of Flask and others than ours, and so gets an environment of its own.
What it merely tells of, methods that a route has, is no finding. Usage:
tests/benchmarks/page_gates.py [folder of the environment]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
PORT = 18767
URL = f"http://127.0.0.1:{PORT}/"
FROM = (
    "colour",
    "settings",
    "events?zone=utc",
    "?hours=24&end=2014-02-11T00:00:00Z&unit=hpa&zone=utc&night=1&dim=0",
    "glance?hours=24&end=2014-02-11T00:00:00Z&unit=hpa&zone=utc&night=1&dim=0",
    "chart.svg?hours=24&end=2014-02-11T00:00:00Z&unit=hpa&zone=utc&night=1&dim=0",
    "now.txt?unit=hpa&zone=utc&night=1&dim=0",
    "api/pressure?hours=24&end=2014-02-11T00:00:00Z",
)


def wapiti(folder: Path) -> Path:
    """The command, installed if need be."""
    command = folder / "bin" / "wapiti"
    if not command.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", "wapiti3>=3.2"], check=True)
    return command


def scan(command: Path, folder: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Start the program, attack it, and return what was found."""
    report = folder / "report.json"
    program = subprocess.Popen(
        [sys.executable, "-m", "web", "--simulate", "--port", str(PORT)],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _is_up():
            if program.poll() is not None:
                sys.exit("it ended at once: is the port taken?")
            time.sleep(0.05)
        attack: list[str | Path] = [
            command,
            "-u",
            URL,
            "--scope",
            "folder",
            "-m",
            "all",
            "--flush-session",
        ]
        # What can be chosen on the page multiplies; each choice is among the starts already.
        attack += ["--depth", "1"]
        attack += ["--swagger", f"{URL}openapi.json", "--no-bugreport", "--max-scan-time", "600"]
        attack += ["--store-session", folder, "-f", "json", "-o", report]
        for start in FROM:
            attack += ["-s", URL + start]
        subprocess.run(attack, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not _is_up():
            sys.exit("the program did not survive it")
    finally:
        program.terminate()
        program.wait()
    found: dict[str, dict[str, list[dict[str, str]]]] = json.loads(report.read_text())
    return found


def _is_up() -> bool:
    try:
        with urlopen(f"{URL}now.txt", timeout=5) as answer:
            return b"hPa" in answer.read()
    except OSError:
        return False


def main() -> int:
    """Say what it found; 1 if that is anything."""
    with tempfile.TemporaryDirectory() as name:
        own = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name) / "wapiti"
        began = time.monotonic()
        print("wapiti attacks the page: some minutes", file=sys.stderr)
        report = scan(wapiti(own), Path(name))
    count = 0
    for kind in ("vulnerabilities", "anomalies"):
        for title, found in report[kind].items():
            for one in found:
                print(f"{title}: {one['method']} {one['path']}: {one['info']}")
                count += 1
    remarks = sum(len(found) for found in report["additionals"].values())
    print(
        f"wapiti, {time.monotonic() - began:.0f} s: {count} findings (goal 0),"
        f" {remarks} remarks on methods {'ok' if not count else 'MISSED'}"
    )
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
