"""A header of 40 pins with the wires of a sensor on it, drawn as an SVG.

The SD card is at the top: odd pins are on the left, even pins at the edge of the board. A wire to
an odd pin passes above its neighbour, between two even pins. Pads have the order of their wires, so
that no wires cross.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from web.pages.chart.svg import circle, element, rect, svg, text

_WIDTH, _HEIGHT = 640, 614
_ODD_X, _TOP_Y, _PITCH = 158, 104, 24  # of pin 1, and from pin to pin
_EDGE_X, _FAN_X, _PAD_X = 206, 296, 440  # of the Pi; where a wire has fanned out; of the pads
_PADS_Y, _PAD_PITCH = 100, 34
_NOTES_X = 238
_FIVE_VOLTS = (2, 4)

_BOARD, _PHAT, _PRINT, _SOCKET, _GOLD = "#2f6b4f", "#26303c", "#dbe7df", "#14171b", "#d9c27a"
RED, BLACK = "#c62828", "#30343b"

_STYLE = """
  text { font-family: system-ui, "DejaVu Sans", Arial, sans-serif; fill: #1b1f24; font-size: 13px }
  .title { font-size: 19px; font-weight: 600 }
  .soft { fill: #4a525c }
  .pad-name { font-weight: 600; font-size: 14px }
  .on-board { fill: #f3f7f4; font-size: 12px }
  .number { font-size: 9.5px; text-anchor: middle; fill: #2b2410 }
  .used .number { fill: #ffffff; font-weight: 600 }
  .where { font-size: 12px; text-anchor: middle }
  .wire, .edge { fill: none; stroke-width: 3.2; stroke-linejoin: round; stroke-linecap: round }
  .edge { stroke: #ffffff; stroke-width: 5.4 }
"""


class JumperWire(NamedTuple):
    """A wire from a pad of the sensor to a pin of the header. what: the function of the pin."""

    pad: str
    pin: int
    what: str
    colour: str


class WiringDiagram(NamedTuple):
    """A picture: its file, title, wires, and notes."""

    file: str
    title: str
    subtitle: str
    sensor: str
    wires: Sequence[JumperWire]
    notes: Sequence[str]
    has_phat: bool = False
    inset: str = ""


def svg_of(picture: WiringDiagram) -> str:
    """Draw a picture as an SVG document."""
    wires = sorted(picture.wires, key=attrgetter("pin"))
    used = {wire.pin: wire.colour for wire in wires}
    heights = range(_PADS_Y, _PADS_Y + _PAD_PITCH * len(wires), _PAD_PITCH)
    description = "; ".join(f"{wire.pad} to pin {wire.pin} ({wire.what})" for wire in wires)
    notes_y = heights.stop + 52
    parts = [
        "",
        text(picture.title, "title", id="title"),
        text(description, "desc", id="wires"),
        element("style", _STYLE),
        rect((0.5, 0.5), (_WIDTH - 1, _HEIGHT - 1), rx=10, fill="#ffffff", stroke="#c9ced6"),
        _text(24, 36, picture.title, "title"),
        _text(24, 58, picture.subtitle, "soft"),
        *_pi(has_phat=picture.has_phat),
        *(_pin(number, None) for number in range(1, 41) if number not in used),
        *_sensor(picture.sensor, heights),
        *(_wire(wire, y) for wire, y in zip(wires, heights, strict=True)),
        *(_pad(wire, y) for wire, y in zip(wires, heights, strict=True)),
        *(_pin(number, colour) for number, colour in used.items()),
        *(_text(_NOTES_X, notes_y + 22 * i, note, "soft") for i, note in enumerate(picture.notes)),
        *_inset(picture.inset),
        "",
    ]
    size = {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "width": f"{_WIDTH}", "height": f"{_HEIGHT}"}
    return svg("\n".join(parts), **size, role="img", aria_labelledby="title wires") + "\n"


def place(pin: int) -> tuple[int, int]:
    """Return the position of a pin."""
    row, column = divmod(pin - 1, 2)
    return _ODD_X + _PITCH * column, _TOP_Y + _PITCH * row


def _pi(*, has_phat: bool) -> list[str]:
    left, top, bottom = 24, _TOP_Y - 30, _TOP_Y + 19 * _PITCH + 30
    parts = [_rect((left, top), (_EDGE_X - left, bottom - top), _BOARD, 10)]
    arrow_y = _TOP_Y - 12
    if has_phat:
        size = (_EDGE_X - left - 10, bottom - top - 12)
        parts += [
            _rect((left + 4, top + 6), size, _PHAT, 8),
            _text(left + 14, place(3)[1] + 4, "its sensors: SDA", "on-board"),
            _text(left + 90, place(5)[1] + 4, "SCL", "on-board"),
            _text(left + 14, place(7)[1] + 4, "its LEDs: GPIO4", "on-board"),
            _text(left + 14, bottom - 60, "Enviro pHAT", "on-board"),
        ]
        arrow_y = place(13)[1]
    parts += [
        element("path", d=f"M {left + 22} {arrow_y} l 8 14 h -16 z", fill=_PRINT),
        _text(left + 14, arrow_y + 32, "this end: the", "on-board"),
        _text(left + 14, arrow_y + 48, "SD card", "on-board"),
        _text(left + 14, bottom - 42, "on the Pi" if has_phat else "Raspberry Pi", "on-board"),
    ]
    header = (2 * _PITCH, 20 * _PITCH)
    corner = (_ODD_X - _PITCH // 2, _TOP_Y - _PITCH // 2)
    return [*parts, _rect(corner, header, _SOCKET, 3)]


def _pin(number: int, colour: str | None) -> str:
    x, y = place(number)
    if colour is None:
        ring = {"stroke": RED, "stroke_width": "2.5"} if number in _FIVE_VOLTS else {}
        dot, kind = circle((x, y), 8.5, fill=_GOLD, **ring), "pin"
    else:
        dot = circle((x, y), 9, fill=colour, stroke="#ffffff", stroke_width=1.6)
        kind = "pin used"
    return element("g", dot + _text(x, y + 3.5, str(number), "number"), class_=kind)


def _wire(wire: JumperWire, pad_y: int) -> str:
    x, y = place(wire.pin)
    way = f"M {x} {y}"
    if wire.pin % 2:  # above its neighbour, between two even pins
        y -= _PITCH // 2
        way += f" L {x + _PITCH // 2} {y}"
    bend_x = (_EDGE_X + _FAN_X) // 2
    way += f" H {_EDGE_X} C {bend_x} {y} {bend_x} {pad_y} {_FAN_X} {pad_y} H {_PAD_X}"
    title = text(f"{wire.pad} to pin {wire.pin}, {wire.what}", "title")
    edge = element("path", class_="edge", d=way)
    return edge + element("path", title, class_="wire", stroke=wire.colour, d=way)


def _pad(wire: JumperWire, y: int) -> str:
    left, width = _FAN_X + 8, 118
    look = {"fill": "#ffffff", "stroke": wire.colour, "stroke_width": "1.6"}
    label = rect((left, y - 11), (width, 22), rx=11, **look)
    label += _text(left + width // 2, y + 4, f"pin {wire.pin}, {wire.what}", "where")
    pad = circle((_PAD_X, y), 6.5, fill="#f4f1e6", stroke=wire.colour, stroke_width=3)
    return element("g", label + pad + _text(_PAD_X + 16, y + 5, wire.pad, "pad-name"), class_="pad")


def _sensor(name: str, heights: range) -> list[str]:
    top, bottom, right = heights.start - 26, heights[-1] + 26, _WIDTH - 24
    middle_x, middle_y = 562, (top + bottom) // 2
    parts = [
        _rect((_PAD_X - 16, top), (right - _PAD_X + 16, bottom - top), "#eef2f7", 10, "#8b97a8"),
        _text(_PAD_X - 16, bottom + 20, name, "pad-name"),
    ]
    if not name.startswith("TCS3200"):
        chip = _rect((middle_x - 14, middle_y - 14), (28, 28), "#c8ccd2", 3, "#6b7480")
        return [*parts, chip, circle((middle_x - 7, middle_y - 7), 2.5, fill="#3a3f47")]
    lamps = [
        circle((middle_x + dx, middle_y + dy), 10, fill="#fff6c9", stroke="#b9a24a")
        for dx in (-36, 36)
        for dy in (-44, 44)
    ]
    chip = _rect((middle_x - 17, middle_y - 17), (34, 34), BLACK, 3)
    window = _rect((middle_x - 7, middle_y - 7), (14, 14), "#8fb5d9", 1)
    return [*parts, *lamps, chip, window]


def _inset(words: str) -> list[str]:
    """Draw a small Enviro pHAT on a Pi, with the header on top."""
    if not words:
        return []
    x, y, pitch = _NOTES_X, 428, 9
    pins = [
        circle((x + 24 + pitch * (i // 2), y + 12 + pitch * (i % 2)), 2.6, fill=_GOLD)
        for i in range(40)
    ]
    chips = [_rect((x + 30 + 46 * i, y + 52), (14, 14), BLACK, 2, "#8b97a8") for i in range(4)]
    return [
        _text(x, y - 14, words, "soft"),
        _rect((x, y), (300, 140), _BOARD, 10),
        _rect((x + 6, y + 3), (206, 92), _PHAT, 6),
        _rect((x + 18, y + 6), (2 * pitch * 10 + 6, 22), _SOCKET, 2),
        *pins,
        *chips,
        _text(x + 18, y + 87, "Enviro pHAT", "on-board"),
        _text(x + 18, y + 124, "Raspberry Pi", "on-board"),
    ]


def _rect(
    corner: tuple[int, int], size: tuple[int, int], fill: str, radius: int, stroke: str = "none"
) -> str:
    return rect(corner, size, rx=radius, fill=fill, stroke=stroke)


def _text(x: float, y: float, words: str, kind: str) -> str:
    return text(words, x=x, y=y, class_=kind)
