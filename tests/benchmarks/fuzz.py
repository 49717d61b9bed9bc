#!/usr/bin/env python3
"""Fuzz every parser: only its own named errors may come out, in two seconds, and no wrong number.

  .venv/bin/python tests/benchmarks/fuzz.py                      an hour, all targets in turn
  .venv/bin/python tests/benchmarks/fuzz.py --minutes 10 --only web publish/broker
  .venv/bin/python tests/benchmarks/fuzz.py --list               what there is
  .venv/bin/python tests/benchmarks/fuzz.py --only web/copies --input FILE   one input, its error

A finding is another exception than the part promises, more than 2 s or 200 MB for one input, or a
result that cannot be (nan, a pressure outside of the chip's range). Its input is kept as a file; so
is what reached something new, and the next run goes on from there. Atheris, which sees what code an
input reaches, is installed once into an environment of its own. One process at a time.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from peers.environments import PeerMissing, python_with

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("fuzzing") / "worker.py"
ROOMS = ("sensors", "calibration", "web", "publish", "scripts")
# With all that they need in turn: nothing is resolved.
REQUIREMENTS = (
    *(
        "atheris>=3",
        "numpy",
        "smbus2",
        "segno",
        "astral",
        "waitress",
        "prometheus-client",
        "paho-mqtt>=2",
    ),
    *("flask>=3.1", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker"),
)
_ROUND_S = 120
_GRACE_S = 90


class Round(NamedTuple):
    """What a target came to. findings: one line of JSON each, as the worker wrote it."""

    runs: int
    seconds: int
    new_paths: int
    findings: tuple[str, ...]

    def with_another(self, other: "Round") -> "Round":
        """Both together; a finding that came again is one."""
        return Round(
            self.runs + other.runs,
            self.seconds + other.seconds,
            self.new_paths + other.new_paths,
            tuple(dict.fromkeys(self.findings + other.findings)),
        )


def main() -> int:
    """Fuzz, and say what was found; 1 if that is anything."""
    options = parse()
    all_ = known()
    names = [name for name in all_ if not options.only or matches(name, options.only)]
    for choice in options.only or ():
        if not any(matches(name, [choice]) for name in all_):
            sys.exit(f"{choice!r} is no room and no target; known are {', '.join((*ROOMS, *all_))}")
    if options.list:
        print("\n".join(names))
        return 0
    try:
        python = python_with(REQUIREMENTS)
    except PeerMissing as error:
        sys.exit(f"fuzz: {error}")
    if options.input:
        return feed(python, names[0], options.input, options.folder)
    found = {name: Round(0, 0, 0, ()) for name in names}
    left_s = round(options.minutes * 60)
    try:
        while left_s > 0:
            each_s = max(5, min(_ROUND_S, left_s // len(names)))
            for name in names:
                if left_s <= 0:
                    break
                say(f"{name}: {each_s} s, then {max(0, left_s - each_s) / 60:.0f} min are left")
                found[name] = found[name].with_another(fuzzed(python, name, each_s, options.folder))
                left_s -= each_s
    except KeyboardInterrupt:
        say("ended early")
    return report(found, options.folder)


def known() -> list[str]:
    """All targets, room by room."""
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    return [
        f"{room}/{name}" for room in ROOMS for name in import_module(f"fuzzing.{room}_room").TARGETS
    ]


def matches(name: str, only: list[str]) -> bool:
    """Whether a target, or its room, is among these."""
    return name in only or name.partition("/")[0] in only


def fuzzed(python: Path, name: str, seconds: int, base: Path) -> Round:
    """A target for so many seconds."""
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    findings = folder / "findings.jsonl"
    findings.unlink(missing_ok=True)
    before, began = set(folder.iterdir()), time.monotonic()
    process = subprocess.Popen(
        ["nice", "-n", "10", python, WORKER, name, str(seconds), folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        output = process.communicate(timeout=seconds + _GRACE_S)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[1]
    except KeyboardInterrupt:
        process.terminate()
        process.communicate()
        raise
    lines = findings.read_text().splitlines() if findings.exists() else []
    # What atheris itself ended for: a hang, too much memory, a crash of the interpreter.
    for path in sorted(set(folder.iterdir()) - before):
        if path.name.startswith(("timeout-", "oom-", "crash-")):
            kind = path.name.partition("-")[0]
            lines.append(json.dumps({"kind": kind, "words": "", "where": "", "input": path.name}))
    if process.returncode and not lines:
        words = " ".join(output.split()[-40:])
        lines.append(json.dumps({"kind": "ended", "words": words, "where": "", "input": ""}))
    for line in lines:
        say(f"  {in_words(line)}")
    shutil.rmtree(folder / "scratch", ignore_errors=True)
    lasted_s = round(time.monotonic() - began)
    return Round(
        _stat(output, "number_of_executed_units"),
        lasted_s,
        _stat(output, "new_units_added"),
        tuple(lines),
    )


def feed(python: Path, name: str, file: Path, base: Path) -> int:
    """One input again, with the whole error."""
    return subprocess.run([python, WORKER, name, "0", base / name, file], check=False).returncode


def report(found: dict[str, Round], folder: Path) -> int:
    """The table, and the findings."""
    print(f"{'target':24} {'runs':>9} {'minutes':>8} {'new paths':>10} {'findings':>9}")
    for name, one in found.items():
        minutes = one.seconds / 60
        print(f"{name:24} {one.runs:9} {minutes:8.1f} {one.new_paths:10} {len(one.findings):9}")
    all_ = [one for one in found.values() if one.findings]
    for name, one in found.items():
        for line in one.findings:
            print(f"{name}: {in_words(line)}")
    runs, minutes = sum(one.runs for one in found.values()), sum(o.seconds for o in found.values())
    count = sum(len(one.findings) for one in all_)
    print(
        f"fuzz: {runs} runs in {minutes / 60:.0f} min, {count} findings (goal 0)"
        f" {'ok' if not count else 'MISSED'}"
    )
    if count:
        say(f"the inputs are in {folder}")
    return 1 if count else 0


def in_words(line: str) -> str:
    """A finding for a person."""
    finding = json.loads(line)
    where = f" at {finding['where']}" if finding["where"] else ""
    return f"{finding['words'] or finding['kind']}{where} [{finding['input']}]"


def say(words: str) -> None:
    """Progress goes to standard error."""
    print(words, file=sys.stderr, flush=True)


def _stat(output: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", output)
    return int(found[1]) if found else 0


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cache = Path.home() / ".cache" / "storm-petrel" / "fuzz"
    options.add_argument("--minutes", type=float, default=60.0, help="for all (default: 60)")
    options.add_argument("--only", nargs="+", metavar="NAME", help="these rooms or targets")
    options.add_argument("--list", action="store_true", help="print what there is, and end")
    options.add_argument("--input", type=Path, metavar="FILE", help="feed this alone")
    options.add_argument(
        "--folder", type=Path, default=cache, help=f"where all is kept (default: {cache})"
    )
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(main())
