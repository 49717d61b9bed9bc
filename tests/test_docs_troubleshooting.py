"""Each sentence that docs/troubleshooting.md quotes is one that the programs print.

What a program prints is looked up in its source: in the texts of the code, where what is filled
in may be anything, and in the words of the pages. Where the twin can show the fault, it does.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.diagnosis import diagnose
from sensors.tcs3200.filters import FrequencyScaling
from sensors.tcs3200.wiring import Wiring
from tests.support.breakable_wires import BreakableWires

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"^\| \*([^*]+)\* \|", GUIDE, re.MULTILINE)

STRAPPED, SCALED = Wiring(25, 23, 24), Wiring(25, 23, 24, 17, 27)
BROKEN: dict[str, tuple[Wiring, Callable[[BreakableWires], BreakableWires]]] = {
    "Nothing drives OUT (GPIO25)": (STRAPPED, lambda wires: wires.off("out")),
    "All four channels": (STRAPPED, lambda wires: wires.off("s2").off("s3")),
    "the filter does not follow S3 (GPIO24).": (STRAPPED, lambda wires: wires.off("s3")),
    "The channel selected as blue": (STRAPPED, lambda wires: wires.swapped("s2", "s3")),
    "20 % gives a tenth": (SCALED, lambda wires: wires.swapped("s0", "s1")),
    "The scaling does not follow S0": (SCALED, lambda wires: wires.off("s0")),
    "OUT is driven and there is no light": (STRAPPED, lambda wires: wires.off("led")),
}

ANYTHING = None  # what a program fills in
LONGEST_FILLING = 40
Text = list[str | None]


def texts_of(source: str) -> Iterator[Text]:
    """Every text in a piece of Python, letter by letter, with ANYTHING for what is filled in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [v.value if isinstance(v, ast.Constant) else ANYTHING for v in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = re.split(r"(%s)", node.value)
            parts = [ANYTHING if part == "%s" else part for part in parts]
        else:
            continue
        text: Text = []
        for part in parts:
            text += [ANYTHING] if part is ANYTHING else list(str(part))
        yield text


@cache
def printed() -> list[tuple[str, Text]]:
    """All that the programs can say, and before each its own words alone."""
    found: list[Text] = []
    for folder in ("sensors", "calibration", "web", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += texts_of(path.read_text(encoding="utf-8"))
    for page in sorted((ROOT / "web" / "pages" / "templates").glob("*.html")):
        words = re.sub(r"\{[%#].*?[%#]\}|<[^>]*>", " ", page.read_text(encoding="utf-8"))
        found.append(list(" ".join(words.split())))
    return [("".join(letter or "\n" for letter in text), text) for text in found]


def share_of_words(sentence: str, text: Text) -> float:
    """How much of a sentence stands word for word in a text that could say it; 0 if none can.

    reached: for each place in the text, and how much has been filled in there, the most letters
    of the sentence so far that were the text's own.
    """
    reached = {(i, 0): 0 for i in range(len(text))}
    for letter in sentence:
        goes_on: dict[tuple[int, int], int] = {}
        for (place, filled), own in reached.items():
            if place == len(text):
                continue
            if text[place] == letter:
                step = (place + 1, 0)
                goes_on[step] = max(goes_on.get(step, 0), own + 1)
            if text[place] is ANYTHING and filled < LONGEST_FILLING:
                for step in ((place, filled + 1), (place + 1, 0)):
                    goes_on[step] = max(goes_on.get(step, 0), own)
        reached = goes_on
    return max(reached.values(), default=0) / len(sentence)


def is_printed(sentence: str) -> bool:
    """Whether a text could say this, most of it in words of its own; or texts, clause by clause."""
    if any(share_of_words(sentence, text) > 0.5 for text in likely(sentence)):
        return True
    clauses = re.split(r"[,;] ", sentence)
    return len(clauses) > 1 and all(is_printed(clause) for clause in clauses)


def likely(sentence: str) -> Iterator[Text]:
    """The texts that have some letters in a row with a sentence in common."""
    row = min(8, len(sentence))
    rows = [sentence[i : i + row] for i in range(len(sentence) - row + 1)]
    for words, text in printed():
        if any(letters in words for letters in rows):
            yield text


def test_there_are_sentences() -> None:
    assert len(QUOTED) > 50
    assert len(set(QUOTED)) == len(QUOTED)


@pytest.mark.long("looks for each sentence in the whole product")
@pytest.mark.parametrize("sentence", [q for q in QUOTED if not q.startswith(tuple(BROKEN))])
def test_a_quoted_sentence_is_one_that_is_printed(sentence: str) -> None:
    for part in sentence.split("…"):
        assert is_printed(part.strip()), part


def test_a_sentence_that_nobody_prints_is_found() -> None:
    assert not is_printed("no chip answers at the address 0x77 of /dev/i2c-1")
    assert not is_printed("the BMP280 is broken and has to be exchanged")
    assert not is_printed("it belongs to group i2c, and you were never in it")


@pytest.mark.parametrize("begins", BROKEN)
def test_a_broken_wire_says_what_the_guide_quotes(begins: str) -> None:
    (quoted,) = (sentence for sentence in QUOTED if sentence.startswith(begins))
    wiring, breaks = BROKEN[begins]
    now_ns = [10**15]

    def sleep(seconds: float) -> None:
        now_ns[0] += round(seconds * 1e9)

    twin = SimulatedTCS3200(
        Scene("white"),
        wiring,
        wires=breaks(BreakableWires.of(wiring)),
        clock_ns=lambda: now_ns[0],
        sleep=sleep,
    )
    (finding,) = diagnose(twin, wiring, FrequencyScaling.TWENTY_PERCENT)
    assert quoted in str(finding)
