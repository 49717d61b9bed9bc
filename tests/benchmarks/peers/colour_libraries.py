"""How each library is asked for the word of a reading: ours, and what people use instead.

The peers have no dark and no white; each is given what a sketch makes of a reading, red, green and
blue as shares of white, and takes the nearest of the CSS names, as its users do it: webcolors by
distance in RGB, the other two by CIEDE2000 with the names converted once. This module runs in each
library's own environment, so it needs the standard library alone.

    python -m peers.colour_libraries NAME

It answers "one", "many", "sort" and "sort_many" with microseconds a reading.
"""

import json
import random
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from time import process_time_ns
from typing import Any, Final, NamedTuple

_ROOT = Path(__file__).resolve().parents[3]

DARK_HZ: Final = (30.0, 28.0, 33.0, 95.0)
WHITE_HZ: Final = (3000.0, 2700.0, 3300.0, 9400.0)

Reading = tuple[float, ...]
Task = Callable[[], object]


class Library(NamedTuple):
    """One library. tasks: makes its answers by question; statement: how a program imports it.

    requirements: what its environment holds; {numpy} stands for the numpy that we run with. many:
    how many readings a batch has, fewer than a thousand where each is dear and the batch is a loop.
    """

    name: str
    requirements: tuple[str, ...]
    statement: str
    tasks: Callable[[Sequence[Reading]], dict[str, Task]]
    many: int = 1000


def readings(count: int) -> list[Reading]:
    """Readings of surfaces, the same in every process: dull and bright ones of every hue."""
    dice = random.Random(3200)
    found = []
    for _ in range(count):
        level, strength = dice.uniform(0.05, 0.9), dice.uniform(0.1, 0.9)
        shares = [level * (1 - strength * dice.random()) for _ in range(3)]
        shares.append(sum(shares) / 3)
        pairs = zip(DARK_HZ, WHITE_HZ, shares, strict=True)
        found.append(tuple(dark + share * (white - dark) for dark, white, share in pairs))
    return found


def _share_of_white(reading: Reading) -> list[float]:
    pairs = zip(reading[:3], WHITE_HZ, strict=False)
    return [min(1.0, hz / white) for hz, white in pairs]


def _ours(raw: Sequence[Reading]) -> dict[str, Task]:
    numpy = import_module("numpy")
    calibration = import_module("calibration")
    references = calibration.References(DARK_HZ, WHITE_HZ)
    profile = calibration.ColourProfile.default(references)
    sorter = _taught(calibration, numpy)
    batch = numpy.array(raw)
    one = _one_by_one(raw)
    return {
        "one": lambda: profile.name(one()),
        "many": lambda: profile.name(batch),
        "sort": lambda: sorter.sort(one()),
        "sort_many": lambda: sorter.sort_many(batch),
    }


def _taught(calibration: Any, numpy: Any) -> Any:
    """Eight classes of ten pieces, at distances that differ."""
    dice = numpy.random.default_rng(8)
    dark = numpy.array(DARK_HZ)
    light = numpy.array(readings(8)) - dark
    closeness = dice.uniform(0.7, 1.3, (8, 10, 1))
    pieces = dark + light[:, None] * closeness * dice.normal(1, 0.02, (8, 10, 4))
    labels = [f"class {number}" for number in range(8) for _ in range(10)]
    return calibration.ColourSorter.fit(pieces.reshape(-1, 4), labels, DARK_HZ, DARK_HZ)


def _webcolors(raw: Sequence[Reading]) -> dict[str, Task]:
    webcolors = import_module("webcolors")

    def name(reading: Reading) -> str:
        seen = [round(255 * share) for share in _share_of_white(reading)]
        off = {}
        for css in webcolors.names("css3"):
            pairs = zip(webcolors.name_to_rgb(css), seen, strict=True)
            off[sum((code - value) ** 2 for code, value in pairs)] = css
        return str(off[min(off)])

    return _loops(name, raw)


def _colormath(raw: Sequence[Reading]) -> dict[str, Task]:
    objects = import_module("colormath2.color_objects")
    convert = import_module("colormath2.color_conversions").convert_color
    difference = import_module("colormath2.color_diff").delta_e_cie2000

    def lab(srgb: Sequence[float]) -> Any:
        return convert(objects.sRGBColor(*srgb), objects.LabColor)

    table = [(css, lab(srgb)) for css, srgb in _css()]

    def name(reading: Reading) -> str:
        seen = lab(_share_of_white(reading))
        return min(table, key=lambda entry: float(difference(seen, entry[1])))[0]

    return _loops(name, raw)


def _colour_science(raw: Sequence[Reading]) -> dict[str, Task]:
    numpy, colour = import_module("numpy"), import_module("colour")
    names = [css for css, _ in _css()]

    def lab(srgb: Any) -> Any:
        return colour.XYZ_to_Lab(colour.sRGB_to_XYZ(srgb))

    table = lab(numpy.array([srgb for _, srgb in _css()]))

    def name(seen: Any) -> Any:
        return colour.delta_E(lab(seen)[..., None, :], table, method="CIE 2000").argmin(-1)

    one = _one_by_one(raw)

    def many() -> list[str]:
        return [names[i] for i in name(numpy.array([_share_of_white(row) for row in raw]))]

    return {"one": lambda: names[name(numpy.array(_share_of_white(one())))], "many": many}


def _css() -> list[tuple[str, list[float]]]:
    webcolors = import_module("webcolors")
    names = webcolors.names("css3")
    return [(css, [code / 255 for code in webcolors.name_to_rgb(css)]) for css in names]


def _loops(name: Callable[[Reading], str], raw: Sequence[Reading]) -> dict[str, Task]:
    one = _one_by_one(raw)
    return {"one": lambda: name(one()), "many": lambda: [name(reading) for reading in raw]}


def _one_by_one(raw: Sequence[Reading]) -> Callable[[], Reading]:
    """Another reading with each call, as a sensor gives them."""
    count = 0

    def one() -> Reading:
        nonlocal count
        count += 1
        return raw[count % len(raw)]

    return one


OURS: Final = Library(
    "Storm Petrel", (), "from calibration import ColourProfile, ColourSorter", _ours
)
PEERS: Final = (
    Library("webcolors", ("webcolors==25.10.0",), "import webcolors", _webcolors),
    # The living fork: colormath 3.0.0 calls what numpy has dropped.
    Library(
        "colormath2",
        ("colormath2==3.0.3", "networkx==3.6.1", "webcolors==25.10.0", "numpy=={numpy}"),
        "import colormath2.color_objects, colormath2.color_conversions, colormath2.color_diff",
        _colormath,
        many=20,
    ),
    Library(
        "colour-science",
        (
            "colour-science==0.4.7",
            "typing_extensions==4.15.0",
            "webcolors==25.10.0",
            "numpy=={numpy}",
        ),
        "import warnings; warnings.simplefilter('ignore'); import colour",
        _colour_science,
    ),
)


def _time_us(task: Task, batch: int) -> float:
    """Microseconds of processor a reading takes, over some twenty milliseconds or one call."""
    began, calls = process_time_ns(), 0
    while calls == 0 or process_time_ns() - began < 20_000_000:
        task()
        calls += 1
    return (process_time_ns() - began) / 1e3 / calls / batch


def main() -> None:
    """Answer each question on standard input with a number."""
    library = next(each for each in (OURS, *PEERS) if each.name == sys.argv[1])
    if library is OURS:
        sys.path.insert(0, str(_ROOT))
    import_module("warnings").simplefilter("ignore")
    tasks = library.tasks(readings(library.many))
    for task in tasks.values():
        task()  # tables are read, caches filled
    print(json.dumps(sorted(tasks)), flush=True)
    for line in sys.stdin:
        question = line.strip()
        batch = library.many if question.endswith("many") else 1
        print(json.dumps(_time_us(tasks[question], batch)), flush=True)


if __name__ == "__main__":
    main()
