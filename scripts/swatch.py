"""A colour in a terminal: a block of it where the terminal can, its hex code everywhere."""

import os
import re
from collections.abc import Sequence
from typing import IO

from calibration.css import css_hex

_BLOCK = "      "
_USUAL_COLUMNS = 80
_CODE = re.compile(r"\x1b\[[0-9;]*m")


def has_colours(stream: IO[str] | None) -> bool:
    """Whether blocks of colour may be written there: a terminal, and nobody who asks for none.

    NO_COLOR, set to anything, asks for none (no-color.org); so does TERM=dumb.
    """
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def swatch(srgb: Sequence[float], *, colours: bool) -> str:
    """A block of the colour before its hex code, or the hex code alone. sRGB in 0..1."""
    code = css_hex(srgb)
    if not colours:
        return code
    values = ";".join(map(str, bytes.fromhex(code[1:])))
    return f"\x1b[48;2;{values}m{_BLOCK}\x1b[0m {code}"


def raw_swatch(rgb_hz: Sequence[float], brightest_hz: float, *, colours: bool) -> str:
    """The same of three frequencies, before any calibration; it says so of itself."""
    share = [hz / max(brightest_hz, 1.0) for hz in rgb_hz]
    return f"{swatch(share, colours=colours)} (raw)"


def columns_of(stream: IO[str]) -> int:
    """How wide the terminal is; 80 where it does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError):
        return _USUAL_COLUMNS


def fitted(line: str, columns: int) -> str:
    """The line cut to the width of the terminal: one that wraps could not be written over."""
    cut, left, at = "", columns - 1, 0
    for code in [*_CODE.finditer(line), None]:
        text = line[at : code.start() if code else len(line)][:left]
        cut += text
        left -= len(text)
        if code:
            cut += code.group()
            at = code.end()
    return cut
