#!/usr/bin/env python3
"""Draw the pictures of docs/wiring.md: a sensor's wires on the header of a Raspberry Pi.

  docs/pictures/wiring_pictures.py           draws docs/wiring-*.svg
  docs/pictures/wiring_pictures.py FOLDER    draws them in that folder

A test compares the wires with the settings and README.md.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from support import environment

environment.enter()

import argparse

from header_picture import BLACK, RED, JumperWire, WiringDiagram, svg_of
from support.command import parser, run, say

_DOCS = Path(__file__).parents[2] / "docs"

_BLUE, _GREEN, _ORANGE, _PURPLE, _TEAL = "#1d5fbf", "#2e7d32", "#b45309", "#7b2fa0", "#00788a"

_POWER = (JumperWire("VCC", 1, "3.3 V", RED), JumperWire("GND", 6, "ground", BLACK))
_TCS3200 = (
    *_POWER,
    JumperWire("OE", 14, "ground", BLACK),
    JumperWire("S2", 16, "GPIO23", _BLUE),
    JumperWire("S3", 18, "GPIO24", _GREEN),
    JumperWire("OUT", 22, "GPIO25", _ORANGE),
)
_STRAPPED = (*_TCS3200, JumperWire("S0", 17, "3.3 V", RED), JumperWire("S1", 9, "ground", BLACK))
_SCALED = (
    *_TCS3200,
    JumperWire("S0", 11, "GPIO17", _PURPLE),
    JumperWire("S1", 13, "GPIO27", _TEAL),
)
_BREAKOUT = (*_POWER, JumperWire("SDA", 3, "GPIO2", _BLUE), JumperWire("SCL", 5, "GPIO3", _ORANGE))
_NO_FIVE_VOLTS = "Pins 2 and 4, with the red rings, are 5 V: leave them free."
_BY_NAME = "Go by the names on your board: their order differs."

PICTURES = (
    WiringDiagram(
        "wiring-tcs3200.svg",
        "TCS3200 on the header",
        "The default: S0 and S1 are strapped, so that the scaling is 20 %.",
        "TCS3200",
        _STRAPPED,
        (_NO_FIVE_VOLTS, _BY_NAME, "OE: only if your board has a pin for it."),
    ),
    WiringDiagram(
        "wiring-tcs3200-scaling.svg",
        "TCS3200 with S0 and S1 on lines of their own",
        "The scaling is automatic: --s0 17 --s1 27.",
        "TCS3200",
        _SCALED,
        (_NO_FIVE_VOLTS, _BY_NAME, "All other wires are those of the default."),
    ),
    WiringDiagram(
        "wiring-barometer.svg",
        "BMP280 or BME280 on the header",
        "A bare breakout board takes four wires, an Enviro pHAT none.",
        "BMP280 or BME280",
        _BREAKOUT,
        (
            _NO_FIVE_VOLTS,
            _BY_NAME,
            "SDO chooses the address: ground 0x76, 3.3 V 0x77.",
            "CSB at 3.3 V chooses I2C.",
            "Most boards tie these two themselves.",
        ),
        inset="An Enviro pHAT instead: on all 40 pins, over the Pi.",
    ),
    WiringDiagram(
        "wiring-both.svg",
        "Enviro pHAT and TCS3200 together",
        "The pHAT sits on a stacking header; the wires go on the pins that stand out above it.",
        "TCS3200",
        _STRAPPED,
        (
            _NO_FIVE_VOLTS,
            _BY_NAME,
            "Pins 3, 5 and 7 are the pHAT's: no wire there.",
            "In the settings: [board] enviro_phat = true",
        ),
        has_phat=True,
    ),
)


def main() -> None:
    """Write all pictures."""
    folder = parse().folder
    for picture in PICTURES:
        (folder / picture.file).write_text(svg_of(picture), encoding="utf-8")
        say(f"{folder / picture.file}")


def parse() -> argparse.Namespace:
    """Return the command line's options."""
    options = parser(__doc__)
    options.add_argument("folder", nargs="?", type=Path, default=_DOCS, help="target (docs)")
    return options.parse_args()


if __name__ == "__main__":
    run(main)
