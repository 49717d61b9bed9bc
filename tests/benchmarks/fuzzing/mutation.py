"""Changes that keep the form: a value of a JSON tree or a field of a line, for one that is odd."""

import json
import re
from random import Random
from typing import Any

from fuzzing.target import Shape

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 7, 255, 65536, -0.0, 0.5, 1e-320, 1e16, -1e300, 1e308),
    *(2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63), 10**30, 10**400),
    *("", " ", "0", "-", "nan", "NaN", "inf", "-inf", "1e999", "1e5", "1_0", "0x77", "١", "½", "é"),
    *("\0", "\n", "\r", "\x85", "\u2028", "\ufeff", "\ud800", "\U0001f426", "..", "/", "/dev/zero"),
    *(
        "~",
        "~x/y",
        "%00",
        "%ff",
        "a" * 300,
        "a" * 5000,
        "{",
        "[",
        '"',
        "'",
        ",",
        ";",
        "=",
        "#",
        "'\"",
    ),
    *(
        "2014-02-12T17:00:00Z",
        "2014-02-12",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ),
    *("1640-01-01", "2500-12-31T23:59:59Z", "2014-02-12T17:00:00.0000001Z", "2014-W07-3", "24:00"),
    *([], {}, [[]], [None], [1, 2, 3, 4], [1e300] * 4, {"": None}, {"a": {"b": []}}),
)
_FIELD = re.compile(r"[^\s,;:=&?\[\]{}]+|[,;:=&?\[\]{}]")


def mutant(data: bytes, shape: Shape, seed: int) -> bytes | None:
    """A changed input of this shape; None where it has not got it."""
    chance = Random(seed)
    if shape is Shape.JSON:
        return _json_mutant(data, chance)
    return _lines_mutant(data, chance) if shape is Shape.LINES else None


def _json_mutant(data: bytes, chance: Random) -> bytes | None:
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        tree = _changed(tree, chance)
    if chance.random() < 0.01:
        tree = chance.choice(_DEEP)
        return tree.encode()
    try:
        return json.dumps(tree).encode()
    except (ValueError, RecursionError):
        return None


_DEEP = ("[" * 60_000, '{"a":' * 20_000, "[" * 900 + "]" * 900, "1" * 5000)


def _changed(tree: Any, chance: Random) -> Any:
    """The tree with one of its nodes changed, most often one far out."""
    if isinstance(tree, dict) and tree and chance.random() < 0.9:
        key = chance.choice(list(tree))
        what = chance.random()
        if what < 0.04:
            return {k: v for k, v in tree.items() if k != key}
        if what < 0.08:
            other = chance.choice(list(tree))
            return {**tree, key: tree[other]}
        if what < 0.1:
            return {**tree, str(chance.choice(ODD)): tree[key]}
        return {**tree, key: _changed(tree[key], chance)}
    if isinstance(tree, list) and tree and chance.random() < 0.9:
        place = chance.randrange(len(tree))
        what = chance.random()
        if what < 0.05:
            return tree[:place] + tree[place + 1 :]
        if what < 0.1:
            return [*tree, tree[place]]
        return [*tree[:place], _changed(tree[place], chance), *tree[place + 1 :]]
    if isinstance(tree, int | float) and not isinstance(tree, bool) and chance.random() < 0.5:
        factor = chance.choice((-1, 0.5, 2, 10, 100, 1e6, 1e-6, 1 + 1e-12))
        return tree * factor if abs(tree) < 1e300 else 0
    return chance.choice(ODD)


def _lines_mutant(data: bytes, chance: Random) -> bytes | None:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.randrange(len(lines))
        what = chance.random()
        if what < 0.1:
            lines.insert(place, lines[chance.randrange(len(lines))])
        elif what < 0.15 and len(lines) > 1:
            del lines[place]
        elif what < 0.2:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            lines[place] = _changed_line(lines[place], chance)
    return "\n".join(lines).encode(
        "utf-8", "surrogatepass" if chance.random() < 0.02 else "replace"
    )


def _changed_line(line: str, chance: Random) -> str:
    fields = list(_FIELD.finditer(line))
    odd = chance.choice(ODD)
    words = odd if isinstance(odd, str) else json.dumps(odd)
    if isinstance(odd, str) and chance.random() < 0.3:
        words = json.dumps(odd)
    if not fields:
        return words
    field = chance.choice(fields)
    if chance.random() < 0.1:
        words = line[field.start() : field.end()] + words
    return line[: field.start()] + words + line[field.end() :]
