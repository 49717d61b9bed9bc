"""docs/glossary.md gives each word once, and names what is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in re.findall(r"^\| (?!word|---).*$", PAGE, re.M)]
CLASSES = re.findall(r"`(\w+)` in \[([\w/]+\.py)\]", PAGE)


def test_each_word_has_one_line_with_a_meaning_a_place_and_what_not_to_say() -> None:
    words = [word for row in ROWS for word in row[0].split(", ")]
    assert len(words) > 60
    assert len(set(words)) == len(words)
    assert [row for row in ROWS if len(row) != 4 or not all(row)] == []


def test_no_word_of_ours_is_a_word_to_leave_out() -> None:
    words = {word for row in ROWS for word in row[0].split(", ")}
    left_out = {word for row in ROWS for word in row[3].split(", ")}
    assert words & left_out == set()


@pytest.mark.parametrize(("name", "home"), CLASSES, ids=[name for name, _ in CLASSES])
def test_each_class_that_is_named_is_in_its_file(name: str, home: str) -> None:
    tree = ast.parse((ROOT / home).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def test_each_room_of_the_three_packages_is_named() -> None:
    rooms = {
        path.parent.relative_to(ROOT).as_posix()
        for package in ("sensors", "calibration", "web")
        for path in (ROOT / package).glob("*/__init__.py")
    }
    named = {name.replace(".", "/") for name in re.findall(r"`([\w.]+)`", PAGE)}
    named |= {Path(home).parent.as_posix() for home in re.findall(r"\[([\w/]+\.py)\]", PAGE)}
    assert rooms - named == set()
