"""The blocks of code in README and docs, and the commands in them."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


class Block(NamedTuple):
    guide: Path
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.guide.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    found = []
    for guide in GUIDES:
        text = guide.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w+)\n(.*?)^```", text, re.M | re.S):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(guide, line, match[1], match[2]))
    return [block for block in found if block.language in languages]


def commands(block: Block) -> list[str]:
    """The commands of a block: a line, or as many as the shell wants for one."""
    if block.language == "console":
        # What a command prints stands below it; a line that goes on is its own.
        return re.findall(r"^\$ ((?:.*(?:&&|\||\\)\n)*.*)$", block.text, re.M)
    found, begun = [], ""
    for line in block.text.splitlines():
        begun += line + "\n"
        whole = subprocess.run(["bash", "-n"], input=begun, text=True, capture_output=True)
        # Of a here-document that does not end bash only warns.
        if whole.returncode == 0 and not whole.stderr and not line.endswith("\\"):
            if begun.strip() and not begun.lstrip().startswith("#"):
                found.append(begun.strip())
            begun = ""
    assert not begun, f"{block.name}: no whole command: {begun}"
    return found
