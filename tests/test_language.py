"""The product speaks plain English, and each of its words means one thing."""

import ast
import io
import re
import subprocess
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("sensors", "calibration", "web", "scripts")
# What was measured or has happened is not written again; a picture's numbers are no words.
NOT_PROSE = ("docs/benchmarks.md", "CHANGELOG.md")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def python_files() -> list[Path]:
    named = [path for path in tracked(*ROOMS) if path.suffix == ".py"]
    launchers = [path for path in tracked("scripts") if not path.suffix]
    return named + launchers


def prose() -> Iterator[tuple[Path, int, str]]:
    """Comments, docstrings and messages of the product, and the pages of its docs, by line."""
    for path in python_files():
        with tokenize.open(path) as file:
            for token in tokenize.generate_tokens(io.StringIO(file.read()).readline):
                if token.type in (tokenize.COMMENT, tokenize.STRING):
                    for n, line in enumerate(token.string.splitlines()):
                        yield path, token.start[0] + n, line
    pages = [path for path in tracked("*.md") if str(path.relative_to(ROOT)) not in NOT_PROSE]
    for path in [*pages, *tracked("web/*.html", "web/*.js", "web/*.json")]:
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield path, n, line


def test_the_words_of_the_list_are_left_out() -> None:
    rows = (ROOT / "tests" / "words_left_out.txt").read_text(encoding="utf-8").splitlines()
    left_out = [row.split(" -> ") for row in rows if row and not row.startswith("#")]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()!r}: {advice}"
        for path, number, line in prose()
        for pattern, advice in left_out
        for match in re.finditer(pattern, line)
    ]
    assert not found, "\n".join(found)


def test_a_public_class_name_stands_for_one_thing() -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path.relative_to(ROOT)))
    assert len(homes) > 100
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
