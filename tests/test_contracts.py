"""Imports run one way: a line that is planted against the direction breaks its room's contract."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# By the name of the contract in setup.cfg: the file, and an import that is against it.
PLANTS = {
    "web stands on sensors and calibration": ("sensors/ports.py", "import web.config"),
    "web runs one way": ("web/weather/levels.py", "import web.pages"),
    "sensors runs one way": ("sensors/readings.py", "import sensors.board"),
    "calibration runs one way": ("calibration/errors.py", "import calibration.profiles"),
    "no package imports the scripts": ("web/display/units.py", "import support"),
}
# The folders of scripts/, from top to bottom; folders of one floor do not know each other. The
# commands beside them may import any, and are imported by none.
FLOORS = (("colour_bench", "storm_records", "service"), ("support",))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says of the packages with all the plants in them."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "setup.cfg", folder)
    for room in ("sensors", "calibration", "web"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in PLANTS.values():
        with (folder / name).open("a") as file:
            file.write(f"\n{line}\n")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("contract", PLANTS)
def test_a_planted_import_breaks_the_contract(report: str, contract: str) -> None:
    name, line = PLANTS[contract]
    _, _, details = report.partition("Broken contracts")
    (section,) = [
        part for part in details.split("\n\n\n") if part.strip("- \n").startswith(contract)
    ]
    module, imported = name.removesuffix(".py").replace("/", "."), line.split()[1]
    assert f"{module} -> {imported}" in " ".join(section.split()), section


def upward_imports(scripts: Path) -> Iterator[str]:
    """Each import of a folder of scripts/ that is not of its own or of a lower floor."""
    commands = {path.stem for path in scripts.iterdir() if path.is_file()}
    for number, floor in enumerate(FLOORS):
        lower = {name for names in FLOORS[number + 1 :] for name in names}
        for folder in floor:
            wrong = {name for names in FLOORS for name in names} - lower - {folder} | commands
            for path in (scripts / folder).rglob("*.py"):
                for imported in imports_of(path):
                    if imported.partition(".")[0] in wrong:
                        yield f"{path.relative_to(scripts)} -> {imported}"


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_scripts_run_one_way() -> None:
    folders = {path.parent.name for path in (ROOT / "scripts").glob("*/*.py")}
    assert folders == {name for names in FLOORS for name in names}
    assert list(upward_imports(ROOT / "scripts")) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("support/command.py", "from colour_bench import lesson"),
        ("service/unit.py", "import storm_records.simple_rules"),
        ("colour_bench/lesson.py", "import teach_colours"),
    ],
)
def test_a_planted_import_among_the_scripts_is_found(tmp_path: Path, name: str, line: str) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(ROOT / "scripts", scripts, ignore=shutil.ignore_patterns("__pycache__"))
    with (scripts / name).open("a") as file:
        file.write(f"\n{line}\n")
    (found,) = upward_imports(scripts)
    assert found.startswith(f"{name} -> ")
