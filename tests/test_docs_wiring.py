"""The pictures of docs/wiring.md: each wire ends where the settings, README.md and a Pi have it."""

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
import wiring_pictures
from header_picture import svg_of

from sensors.board import open_board
from sensors.config import ColourConfig
from sensors.hats.envirophat import LED_LINE
from sensors.tcs3200.filters import FrequencyScaling

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = [
    "wiring-tcs3200.svg",
    "wiring-tcs3200-scaling.svg",
    "wiring-barometer.svg",
    "wiring-both.svg",
]

# The 40-pin header, row by row (Raspberry Pi documentation, GPIO and the 40-pin header).
HEADER = """
    3.3 V  5 V      GPIO2  5 V      GPIO3  ground   GPIO4  GPIO14   ground GPIO15
    GPIO17 GPIO18   GPIO27 ground   GPIO22 GPIO23   3.3 V  GPIO24   GPIO10 ground
    GPIO9  GPIO25   GPIO11 GPIO8    ground GPIO7    GPIO0  GPIO1    GPIO5  ground
    GPIO6  GPIO12   GPIO13 ground   GPIO19 GPIO16   GPIO26 GPIO20   ground GPIO21
"""
ON_PIN = dict(enumerate(re.findall(r"GPIO\d+|ground|[35][.3]* V", HEADER), 1))


class Wire(NamedTuple):
    """A wire as drawn: where it begins, leaves the board and ends, and what is said of it."""

    title: str
    begins: tuple[float, float]
    leaves_y: float
    ends: tuple[float, float]


class Picture:
    """What an SVG shows to somebody who looks at it: circles, the numbers in them, and wires."""

    def __init__(self, name: str) -> None:
        root = ElementTree.parse(DOCS / name).getroot()
        self.ground = root.find(f"{SVG}rect")
        groups = root.findall(f"{SVG}g")
        self.pins = {text(g): circle(g) for g in groups if "pin" in kind(g)}
        pads = [g for g in groups if kind(g) == "pad"]
        self.pads = {g.findall(f"{SVG}text")[-1].text: circle(g) for g in pads}
        self.titles = {g.findall(f"{SVG}text")[-1].text: text(g) for g in pads}
        self.wires = [wire(p) for p in root.iter(f"{SVG}path") if kind(p) == "wire"]
        self.words = {t.text: float(t.attrib["y"]) for t in root.findall(f"{SVG}text")}
        self.ringed = {
            text(g)
            for g in groups
            if "pin" in kind(g) and g.find(f"{SVG}circle[@stroke='#c62828']") is not None
        }

    def pin_of(self, pad: str) -> int:
        """The pin that the wire from a pad is drawn to; there is one such wire."""
        (begins,) = (w.begins for w in self.wires if w.ends == self.pads[pad])
        return next(int(number) for number, place in self.pins.items() if place == begins)

    def connections(self) -> dict[str, int]:
        """The pin of every pad."""
        return {str(pad): self.pin_of(str(pad)) for pad in self.pads}


def kind(element: ElementTree.Element) -> str:
    return element.get("class", "")


def text(group: ElementTree.Element) -> str:
    return group.findtext(f"{SVG}text", "")


def circle(group: ElementTree.Element) -> tuple[float, float]:
    found = group.find(f"{SVG}circle")
    assert found is not None
    return float(found.attrib["cx"]), float(found.attrib["cy"])


def wire(path: ElementTree.Element) -> Wire:
    way = re.fullmatch(
        r"M (\S+) (\S+)(?: L \S+ \S+)? H \S+ C \S+ (\S+) \S+ \S+ \S+ (\S+) H (\S+)",
        path.attrib["d"],
    )
    assert way is not None
    x, y, leaves_y, end_y, end_x = map(float, way.groups())
    return Wire(path.findtext(f"{SVG}title", ""), (x, y), leaves_y, (end_x, end_y))


@pytest.fixture(params=PICTURES)
def picture(request: pytest.FixtureRequest) -> Picture:
    return Picture(request.param)


def table(heading: str) -> dict[str, int]:
    """The pins of one of README.md's two tables of wires."""
    (rows,) = re.findall(
        rf"\| {heading}[^\n]*\n\|---[^\n]*\n(.*?)\n\n", (ROOT / "README.md").read_text(), re.DOTALL
    )
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
    return {name: int(pin) for name, _, pin in cells}


def test_the_header_has_forty_pins_in_the_order_of_a_pi(picture: Picture) -> None:
    assert len(ON_PIN) == 40
    assert set(picture.pins) == {str(pin) for pin in ON_PIN}
    xs = sorted({x for x, _ in picture.pins.values()})
    ys = sorted({y for _, y in picture.pins.values()})
    for number, (x, y) in picture.pins.items():
        assert 2 * ys.index(y) + xs.index(x) + 1 == int(number)


def test_each_wire_ends_where_its_words_say(picture: Picture) -> None:
    assert len(picture.wires) == len(picture.pads)
    for pad, pin in picture.connections().items():
        assert picture.titles[pad] == f"pin {pin}, {ON_PIN[pin]}"
        assert f"{pad} to pin {pin}, {ON_PIN[pin]}" in {w.title for w in picture.wires}


def test_no_two_wires_share_a_pin_or_cross(picture: Picture) -> None:
    assert len(set(picture.connections().values())) == len(picture.wires)
    by_height = sorted(picture.wires, key=lambda w: w.ends[1])
    assert all(above.leaves_y < below.leaves_y for above, below in pairwise(by_height))


def test_nothing_is_wired_to_5_v(picture: Picture) -> None:
    five_volts = {pin for pin, what in ON_PIN.items() if what == "5 V"}
    assert five_volts == {2, 4}
    assert not five_volts & set(picture.connections().values())
    assert picture.ringed == {"2", "4"}


def test_it_can_be_read_on_a_dark_page(picture: Picture) -> None:
    assert picture.ground is not None
    assert picture.ground.get("fill") == "#ffffff"


@pytest.mark.parametrize("name", ["wiring-tcs3200.svg", "wiring-both.svg"])
def test_the_colour_sensor_is_wired_as_the_settings_have_it(name: str) -> None:
    wired = {pad: ON_PIN[pin] for pad, pin in Picture(name).connections().items()}
    default = ColourConfig()
    assert (default.s0, default.s1, default.oe) == (None, None, None)  # strapped, as drawn
    levels = {"3.3 V": True, "ground": False}
    strapped = (levels[wired["S0"]], levels[wired["S1"]])
    assert strapped == FrequencyScaling.TWENTY_PERCENT.levels
    assert wired["OE"] == "ground"  # active low: on
    lines = {pad: f"GPIO{getattr(default, pad.lower())}" for pad in ("OUT", "S2", "S3")}
    assert {pad: wired[pad] for pad in lines} == lines
    assert (wired["VCC"], wired["GND"]) == ("3.3 V", "ground")


@pytest.mark.parametrize("name", ["wiring-tcs3200.svg", "wiring-both.svg"])
def test_the_colour_sensor_is_wired_as_readme_has_it(name: str) -> None:
    assert Picture(name).connections() == table("TCS3200")


def test_scaling_is_wired_as_the_options_have_it() -> None:
    connections = Picture("wiring-tcs3200-scaling.svg").connections()
    help_words = (ROOT / "scripts" / "raw_rgb.py").read_text(encoding="utf-8")
    options = re.search(r"--s0 (\d+) --s1 (\d+)", help_words)
    assert options is not None
    assert ON_PIN[connections.pop("S0")] == f"GPIO{options[1]}"
    assert ON_PIN[connections.pop("S1")] == f"GPIO{options[2]}"
    default = Picture("wiring-tcs3200.svg").connections()
    assert connections.items() < default.items()


def test_the_barometer_is_wired_as_readme_and_the_doctor_have_it() -> None:
    connections = Picture("wiring-barometer.svg").connections()
    assert connections == table("BMP280")
    doctor = (ROOT / "scripts" / "support" / "checks" / "wires.py").read_text(encoding="utf-8")
    assert f"SDA on pin {connections['SDA']}, SCL on pin {connections['SCL']}" in doctor


def test_the_phat_and_the_colour_sensor_share_no_line() -> None:
    both = Picture("wiring-both.svg")
    its_own = {int(pin) for pin, (_, y) in both.pins.items() if y + 4 in its_lines(both)}
    odd = {pin for pin in its_own if pin % 2}
    assert {pin: ON_PIN[pin] for pin in odd} == {3: "GPIO2", 5: "GPIO3", 7: f"GPIO{LED_LINE}"}
    assert not odd & set(both.connections().values())
    with open_board({"board": {"enviro_phat": True}}, simulated=True) as board:
        assert board.enviro_phat  # the default wiring is let be beside it


def its_lines(picture: Picture) -> set[float]:
    """The heights at which the picture names a line of the pHAT's own."""
    names = ("SDA", "SCL", f"GPIO{LED_LINE}")
    return {y for words, y in picture.words.items() if words and words.endswith(names)}


def test_the_pictures_are_those_that_the_script_draws() -> None:
    for drawing in wiring_pictures.PICTURES:
        assert (DOCS / drawing.file).read_text(encoding="utf-8") == svg_of(drawing)
    assert {drawing.file for drawing in wiring_pictures.PICTURES} == set(PICTURES)


def test_the_guide_shows_every_picture() -> None:
    guide = (DOCS / "wiring.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(([\w-]+\.svg)\)", guide)) == set(PICTURES)
