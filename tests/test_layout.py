"""The house: few entries in each room, files of one idea, short functions with few parameters."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.test_language import ROOT, python_files, tracked

# With __init__.py; py.typed is a mark for type checkers and no entry.
ENTRIES = {"web": 12, "sensors": 15, "calibration": 15, "scripts": 15}
LONGEST_FILE, LONGEST_TEST = 300, 400
SHORT_FILE, SHORT_FILES = 30, 10
LONGEST_FUNCTION, MOST_PARAMETERS = 50, 7
# Constructors of public names, whose parameters DESIGN and the docs promise.
PUBLIC_CONSTRUCTORS = ("TCS3200", "SimulatedTCS3200")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("room", ENTRIES)
def test_a_room_has_few_entries(room: str) -> None:
    entries = {path.relative_to(ROOT / room).parts[0] for path in tracked(room)} - {"py.typed"}
    assert len(entries) <= ENTRIES[room], sorted(entries)


def test_no_file_is_too_long() -> None:
    product = [path for path in python_files() if lines(path) > LONGEST_FILE]
    tests = [p for p in tracked("tests") if p.suffix == ".py" and lines(p) > LONGEST_TEST]
    assert [shown(path) for path in product + tests] == []


def test_few_files_are_only_a_paragraph() -> None:
    modules = [path for path in python_files() if path.name != "__init__.py"]
    short = [shown(path) for path in modules if lines(path) < SHORT_FILE]
    assert len(short) < SHORT_FILES, short
    assert 80 <= median(map(lines, modules)) <= 200


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = {
        id(child): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for child in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield classes.get(id(node), ""), node


def test_functions_are_short() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for _, node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_have_few_parameters() -> None:
    many = []
    for path in python_files():
        for owner, node in functions(path):
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            count = len([a for a in arguments if a.arg not in ("self", "cls")])
            is_public = node.name == "__init__" and owner in PUBLIC_CONSTRUCTORS
            if count > MOST_PARAMETERS and not is_public:
                many.append(f"{shown(path)}:{node.lineno} {owner}.{node.name} ({count})")
    assert many == []
