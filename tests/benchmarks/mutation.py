"""How much the tests would notice: mutmut changes the arithmetic, one thing at a time.

    .venv/bin/python tests/benchmarks/mutation.py                 all five modules, half an hour
    .venv/bin/python tests/benchmarks/mutation.py tendency        those with that in their name

A mutant is the module with one thing changed: < for <=, + for -, 2 for 1, None for a value. It is
killed when a test fails or does not end, and survives when all pass. The score is the share that is
killed; the goal is 85 % of each module. Survivors are listed, each by its function and by the lines
that were changed; what is known of those that remain is in mutation_survivors.md.

Only the tests of a module are run, and of these only the quick ones, one process at a time. mutmut
is installed from PyPI, once, into an environment of its own below the cache folder. It changes
functions and methods; not constants, properties and default values.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from peers.environments import PeerMissing, python_with

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from support.command import run

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("mutation_survivors.md")
GOAL = 0.85
# mutmut and what it needs beside what the tests have.
MUTMUT = ("mutmut==3.8.1", "libcst==1.9.0", "setproctitle==1.3.8")
_ROOMS = ("sensors", "calibration", "web")
_COPIED = (*_ROOMS, "scripts", "tests", "setup.cfg", "pyproject.toml")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", ".hypothesis")
_SHOW = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
path, *names = sys.argv[1:]
print(json.dumps({name: get_diff_for_mutant(name, path=path) for name in names}))
"""
# By mutmut's codes: all tests passed, or none concerns it; and not tried, or broken off.
_SURVIVED, _NOT_RUN = (0, 5, 33), (None, 2)


class Module(NamedTuple):
    """A module, the tests that are about it, and which of these are too slow to be run so often."""

    path: str
    tests: tuple[str, ...]
    too_slow: tuple[str, ...] = ()


MODULES = (
    Module(
        "sensors/barometer/compensation.py",
        (
            "tests/sensors/barometer/test_compensation.py",
            "tests/sensors/barometer/test_barometer_limits.py",
            "tests/sensors/barometer/test_bmp280.py",
        ),
    ),
    Module(
        "sensors/frequency/estimate.py",
        ("tests/sensors/frequency/test_frequency.py", "tests/sensors/tcs3200/test_tcs3200.py"),
        ("late_kernel", "merged_edges", "flicker"),
    ),
    Module(
        "calibration/profiles/correction.py",
        ("tests/calibration/profiles/test_correction.py", "tests/calibration/profiles/test_fit.py"),
        ("order_of_the_readings", "read_more_often"),
    ),
    Module(
        "web/weather/tendency.py",
        ("tests/web/weather/test_tendency.py", "tests/web/weather/test_outlook.py"),
        ("altitude", "restless", "change_its_cadence"),
    ),
    Module(
        "web/weather/outlook.py",
        (
            "tests/web/weather/test_outlook.py",
            "tests/web/weather/test_quality_control.py",
            "tests/web/weather/test_squall.py",
            "tests/web/weather/test_tide_clock.py",
            "tests/web/weather/test_tropical_rule.py",
        ),
        ("a_fan_twice", "stuck_for_a_quarter"),
    ),
)


class Result(NamedTuple):
    """What became of a module's mutants. survivors: function, and the lines changed."""

    module: Module
    mutants: int
    survivors: list[str]

    @property
    def score(self) -> float:
        """The share that was killed."""
        return 1 - len(self.survivors) / self.mutants


def tried(module: Module, folder: Path) -> Result:
    """Try the mutants of one module on its tests, in a copy of the checkout."""
    _copy(module, folder)
    python = python_with(MUTMUT)
    # The tests' own packages from this environment, and the plugin from the copy.
    path = [folder / "tests" / "benchmarks", sysconfig.get_path("purelib")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    run: list[str | Path] = [
        "nice",
        "-n",
        "10",
        python.with_name("mutmut"),
        "run",
        "--max-children",
        "1",
    ]
    if subprocess.run(run, cwd=folder, env=environment, stdout=sys.stderr).returncode:
        sys.exit(f"{module.path}: mutmut ended with an error, see above")
    found = json.loads((folder / "mutants" / f"{module.path}.meta").read_text())
    codes: dict[str, int | None] = found["exit_code_by_key"]
    if not codes or any(code in _NOT_RUN for code in codes.values()):
        sys.exit(f"{module.path}: mutmut has not tried all mutants")
    survivors = [name for name, code in codes.items() if code in _SURVIVED]
    show: list[str | Path] = [python, "-c", _SHOW, module.path, *survivors]
    shown = subprocess.run(
        show, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    differences: dict[str, str] = json.loads(shown.stdout)
    return Result(module, len(codes), [_survivor(*each) for each in differences.items()])


def _copy(module: Module, folder: Path) -> None:
    """The checkout, and in its setup.cfg what mutmut is to do."""
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=_NOT_COPIED)
        else:
            shutil.copy(ROOT / name, folder)
    with (folder / "setup.cfg").open("a") as file:
        file.write("\n[mutmut]\n")
        for key, values in {
            "source_paths": _ROOMS,
            "only_mutate": (module.path,),
            "also_copy": ("scripts",),
            "pytest_add_cli_args": ("-p", "mutation_plugin", "-k", _quick(module)),
            "pytest_add_cli_args_test_selection": module.tests,
        }.items():
            file.write("\n    ".join([f"{key} =", *values]) + "\n")


def _quick(module: Module) -> str:
    return " and ".join(["test", *(f"not {words}" for words in module.too_slow)])


def _survivor(name: str, difference: str) -> str:
    """A survivor in one line: "function: a < b => a <= b"."""
    lines = difference.splitlines()
    was = [line[1:].strip() for line in lines if line[:1] == "-" and line[:3] != "---"]
    now = [line[1:].strip() for line in lines if line[:1] == "+" and line[:3] != "+++"]
    function = name.rpartition(".")[2].rpartition("__mutmut_")[0].replace("ǁ", ".").lstrip("x_.")
    return f"{function}: {' '.join(was)} => {' '.join(now)}"


def table(results: list[Result]) -> Iterator[str]:
    """The lines of the table, and of what survived."""
    yield f"{'module':28}{'mutants':>9}{'killed':>9}{'survived':>10}{'score':>9}"
    for each in results:
        killed = each.mutants - len(each.survivors)
        yield (
            f"{each.module.path:28}{each.mutants:9}{killed:9}{len(each.survivors):10}"
            f"{each.score:8.1%} {'ok' if each.score >= GOAL else 'MISSED'}"
        )
    known = KNOWN.read_text(encoding="utf-8")
    for each in results:
        yield f"\n{each.module.path}"
        for survivor in each.survivors:
            yield f"  {'known' if survivor in known else 'NEW  '}  {survivor}"


def main(argv: list[str] | None = None) -> int:
    """Print the table; 1 if a goal is missed, 2 if mutmut cannot be had."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", nargs="*", help="only modules with this in their path")
    wanted = parser.parse_args(argv).name
    chosen = [m for m in MODULES if not wanted or any(name in m.path for name in wanted)]
    if not chosen:
        parser.error(f"no module is called so; there are {', '.join(m.path for m in MODULES)}")
    results = []
    for number, module in enumerate(chosen, 1):
        print(f"{module.path} ({number} of {len(chosen)})", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                results.append(tried(module, Path(folder)))
            except PeerMissing as error:
                print(error, file=sys.stderr)
                return 2
    print("\n".join(table(results)))
    return 0 if all(each.score >= GOAL for each in results) else 1


if __name__ == "__main__":
    run(main)
