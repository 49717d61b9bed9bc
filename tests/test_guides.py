"""The guides are true: every command and every block of code in them is run as it stands.

They run in a copy of the checkout, in simulation, with a home of their own. What cannot run here is
listed below with its reason; its scripts must exist, and know the options that they are given.
"""

import ast
import functools
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from free_port import free_port

from sensors.backends.platform import pi_model
from tests.support.guide_blocks import GUIDES, ROOT, Block, blocks, commands

SKIPPED = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "*.egg-info", "build")
PATIENCE_S = 60.0
Begun = dict[str, Future[subprocess.CompletedProcess[str]]]

# What only a Pi, root or a network can do, and what another test already does, by its beginning.
NOT_HERE = {
    "sudo ": "changes the machine, as root",
    "git pull": "needs a network",
    "pip install": "needs a network",
    "raspi-config": "is a Pi's",
    "systemctl": "needs systemd",
    "journalctl": "needs systemd",
    "i2cdetect": "needs a bus",
    "scripts/test": "runs this test",
    "scripts/install-service": "changes the machine, as root",
    "curl": "tests/web/pages/test_gates.py runs it against a server",
    "boat=": "tests/web/pages/test_gates.py runs it against a server",
    "token=": "tests/web/pages/test_gates.py runs it against a server",
    "scripts/score_warnings.py --simple --wind-factor": "scores years that are not in the checkout",
    "scripts/score_warnings.py --simple 44005": "scores years that are not in the checkout",
    ".venv/bin/python tests/benchmarks/": "measures, for minutes; some want other packages",
}
# Those that go on until ctrl-C.
UNENDING = ("scripts/dashboard", "scripts/raw_rgb.py")
ENDING = ("|", "--help", "--check", "--token")
# Python that other tests run, or that only a machine with the board can.
OTHER_PYTHON = {
    "docs/add-a-sensor.md": "tests/test_add_a_sensor.py follows it step by step",
    "docs/robot.md": "tests/scripts/test_scripts.py runs each part of it with its board",
}
ON_A_PI = ("EnviroPHAT()",)


def reason(command: str) -> str:
    return next((why for begin, why in NOT_HERE.items() if command.startswith(begin)), "")


SHELL = [(block, command) for block in blocks("sh") for command in commands(block)]
HERE = [pair for pair in SHELL if not reason(pair[1])]
ELSEWHERE = [pair for pair in SHELL if reason(pair[1])]
ELSEWHERE += [(block, command) for block in blocks("console") for command in commands(block)]
# Commands that are set in by four spaces, as the service's are, are root's.
ELSEWHERE += [
    (Block(guide, 0, "console", ""), command)
    for guide in GUIDES
    for command in re.findall(r"^    ((?:sudo )?scripts/.*)$", guide.read_text("utf-8"), re.M)
]


def named(pairs: list[tuple[Block, str]]) -> list[str]:
    return [f"{block.name} {command[:40]}" for block, command in pairs]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with its environment, and the files that the guides take for granted."""
    folder = tmp_path_factory.mktemp("guides")
    (folder / "home").mkdir()
    copy = folder / "storm-petrel"
    shutil.copytree(ROOT, copy, ignore=SKIPPED)
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").symlink_to(sys.executable)
    storm = (ROOT / "sensors" / "simulated" / "data" / "storm_2014_02_12.csv").read_text()
    for record in ("january.csv", "buoy.csv"):
        (copy / record).write_text(storm)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (robot,) = [code for code in re.findall(r"```python\n(.*?)```", readme, re.S) if "BINS" in code]
    (copy / "robot.py").write_text(robot)
    return copy


def surroundings(checkout: Path) -> dict[str, str]:
    """A home of its own, and this environment's Python before any other."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(checkout.parent / "home"), "PYTHONPATH": str(checkout)}


def bare(command: str) -> str:
    return command if "\n" in command else command.split(" #")[0].strip()


def run(checkout: Path, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", as_here(f"set -o pipefail; {line}", free_port())],
        cwd=checkout,
        env=surroundings(checkout),
        input="",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def python(checkout: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=surroundings(checkout),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.fixture(scope="module", autouse=True)
def begun(checkout: Path) -> Iterator[Begun]:
    """What times light for long is begun at once, one of each script at a time."""
    with ExitStack() as workers:
        started: Begun = {}
        for script in ("scripts/calibrate_colours.py", "scripts/teach_colours.py"):
            worker = workers.enter_context(ThreadPoolExecutor(1))
            for line in dict.fromkeys(bare(command) for _, command in HERE):
                if line.startswith(script) and not pi_model():
                    started[line] = worker.submit(run, checkout, line)
        yield started


def as_here(command: str, port: int) -> str:
    """The dashboard's program without its setting up, which would fetch packages, and a port."""
    program = f"python -P -m web --port {port}"
    return command.replace("scripts/dashboard", program, 1)


def ask(port: int, until_s: float) -> str:
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/now.txt", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.1)


# The options of scripts/install-service that pass the rest on.
PASSED_ON = {"--run": "scripts/dashboard", "--calibrate": "scripts/calibrate_barometer.py"}


@functools.cache
def help_of(program: str) -> str:
    line = [sys.executable, str(ROOT / program), "--help"]
    if program == "scripts/dashboard":
        line = [sys.executable, "-m", "web", "--help"]
    result = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
    return result.stdout + (
        Path(ROOT / program).read_text() if program == "scripts/dashboard" else ""
    )


@pytest.mark.parametrize(("block", "command"), ELSEWHERE, ids=named(ELSEWHERE))
def test_what_cannot_run_here_names_what_is_there(block: Block, command: str) -> None:
    parsed = subprocess.run(["bash", "-n"], input=command, text=True, capture_output=True)
    assert parsed.returncode == 0, f"{block.name}: {parsed.stderr}"
    for line in command.splitlines():
        words = shlex.split(line.rstrip("\\"), comments=True)
        for place, word in enumerate(words):
            if not re.fullmatch(r"(scripts|tests)/[\w/.-]+", word):
                continue
            assert (ROOT / word).exists(), f"{block.name}: there is no {word}"
            if word.startswith("scripts/"):
                program = word
                for option in (option.split("=")[0] for option in words[place + 1 :]):
                    if option.startswith("--"):
                        assert option in help_of(program), f"{block.name}: {word} has no {option}"
                        program = PASSED_ON.get(option, program)


def programs() -> list[Block]:
    return [
        block
        for block in blocks("python")
        if block.guide.relative_to(ROOT).as_posix() not in OTHER_PYTHON
        and "BINS" not in block.text  # robot.py, which the commands run
    ]


@pytest.mark.parametrize(
    "guide", sorted({block.guide for block in programs()}), ids=lambda g: g.name
)
@pytest.mark.skipif(bool(pi_model()), reason="on a Pi the programs want the real sensors")
def test_every_program_works(checkout: Path, guide: Path) -> None:
    """The blocks of a guide in their order, as one program."""
    mine = [block for block in programs() if block.guide == guide]
    for block in mine:
        ast.parse(block.text)
    code = "\n".join(b.text for b in mine if not any(word in b.text for word in ON_A_PI))
    done = python(checkout, checkout, "-c", code)
    assert done.returncode == 0, f"{guide.name}: {done.stderr}"


TOML = blocks("toml")


@pytest.mark.parametrize("block", TOML, ids=[block.name for block in TOML])
def test_every_file_of_settings_is_taken(checkout: Path, tmp_path: Path, block: Block) -> None:
    settings = block.text
    for secret in re.findall(r'_file = "(/etc/[^"]+)"', block.text):  # the reader is to write it
        mine = tmp_path / Path(secret).name
        mine.write_text("secret\n")
        mine.chmod(0o600)
        settings = settings.replace(secret, str(mine))
    (tmp_path / "boat.toml").write_text(settings)
    options = ("--simulate", "--check", "--config", "boat.toml")
    done = python(checkout, tmp_path, "-P", "-m", "web", *options)
    assert done.returncode == 0, f"{block.name}: {done.stderr}"


@pytest.mark.parametrize("block", blocks("json"), ids=lambda block: block.name)
def test_every_json_parses(block: Block) -> None:
    assert json.loads(block.text)


def test_what_is_listed_as_not_for_here_is_in_a_guide() -> None:
    """So that the list stays short."""
    missing = [
        begin
        for begin in ("scripts/test", "curl", "boat=", "token=")
        if not any(command.startswith(begin) for _, command in SHELL)
    ]
    assert missing == []
    assert all((ROOT / guide).exists() for guide in OTHER_PYTHON)


@pytest.mark.skipif(bool(pi_model()), reason="on a Pi the commands want the real sensors")
@pytest.mark.parametrize(("block", "command"), HERE, ids=named(HERE))
def test_every_command_works(checkout: Path, begun: Begun, block: Block, command: str) -> None:
    line = bare(command)
    if line == ".venv/bin/python robot.py":
        begun["scripts/calibrate_colours.py"].result()
    if line.startswith(UNENDING) and not any(word in line for word in ENDING):
        goes_on_until_ctrl_c(checkout, line)
        return
    done = begun[line].result() if line in begun else run(checkout, line)
    unhappy = "Traceback" in done.stderr
    found_fault = "doctor.py" in line and done.returncode == 1  # that is its answer, off a Pi
    assert not unhappy, f"{block.name}: {line}\n{done.stderr}"
    assert done.returncode == 0 or found_fault, f"{block.name}: {line}\n{done.stdout}{done.stderr}"


def goes_on_until_ctrl_c(checkout: Path, line: str) -> None:
    """It is started, asked, and ended."""
    port = free_port()
    with subprocess.Popen(
        ["bash", "-c", f"exec {as_here(line, port)}"],
        cwd=checkout,
        env=surroundings(checkout),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        try:
            if line.startswith("scripts/dashboard"):
                assert "hPa" in ask(port, time.monotonic() + PATIENCE_S)
            else:
                assert running.stdout is not None
                assert running.stdout.readline().startswith("time_utc,")
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=PATIENCE_S)
        finally:
            running.kill()
    assert running.returncode in (0, 130)
