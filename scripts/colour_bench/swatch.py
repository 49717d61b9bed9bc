"""Colours in a terminal: a block where the terminal supports it, and the hex code."""

import os
import re
from collections.abc import Sequence
from typing import IO

from calibration.colorimetry.css import css_hex

_BLOCK = "      "
_USUAL_COLUMNS = 80
_CODE = re.compile(r"\x1b\[[0-9;]*m")


def has_colours(stream: IO[str] | None) -> bool:
    """Whether a stream is a terminal with colours.

    NO_COLOR, set to anything, switches them off (no-color.org); so does TERM=dumb.
    """
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def swatch(srgb: Sequence[float], *, colours: bool) -> str:
    """Return the hex code of a colour, after a block of it if colours. sRGB in 0..1."""
    code = css_hex(srgb)
    if not colours:
        return code
    values = ";".join(map(str, bytes.fromhex(code[1:])))
    return f"\x1b[48;2;{values}m{_BLOCK}\x1b[0m {code}"


def raw_swatch(rgb_hz: Sequence[float], brightest_hz: float, *, colours: bool) -> str:
    """Return the swatch of three frequencies without a calibration, marked as raw."""
    share = [hz / max(brightest_hz, 1.0) for hz in rgb_hz]
    return f"{swatch(share, colours=colours)} (raw)"


def columns_of(stream: IO[str]) -> int:
    """Return the width of a terminal; 80 if unknown."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL_COLUMNS
    except (OSError, ValueError):
        return _USUAL_COLUMNS


def fitted(line: str, columns: int) -> str:
    """Cut a line to the width of a terminal; a wrapped line could not be overwritten."""
    cut, left, at = "", columns - 1, 0
    for code in [*_CODE.finditer(line), None]:
        text = line[at : code.start() if code else len(line)][:left]
        cut += text
        left -= len(text)
        if code:
            cut += code.group()
            at = code.end()
    return cut
