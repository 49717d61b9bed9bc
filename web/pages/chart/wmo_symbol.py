"""The symbols of WMO code table 0200: the course of the pressure in the last 3 h."""

from .svg import ROUND, element, svg, text

# Points in a box of 24 by 24, y downwards: start, where the two halves meet, end.
_RISES = {
    0: ((3, 18), (14, 5), (21, 10)),  # rising, then falling; higher than before
    1: ((3, 19), (11, 7), (21, 7)),  # rising, then steady
    2: ((3, 19), (12, 12), (21, 5)),  # rising
    3: ((3, 14), (10, 19), (21, 5)),  # falling, then rising; higher than before
}
_STEADY = ((3, 12), (12, 12), (21, 12))
# The falling half of the table is the rising half turned over.
_FALLS = {5 + code: tuple((x, 24 - y) for x, y in trace) for code, trace in _RISES.items()}
_TRACES = _RISES | {4: _STEADY} | _FALLS


def wmo_symbol(characteristic: int, words: str = "") -> str:
    """Return a small inline `<svg>` in the colour of the text around it.

    words: for a screen reader, which ignores the symbol without them. Raises ValueError for a
    characteristic that is not from 0 to 8.
    """
    if characteristic not in _TRACES:
        raise ValueError(f"WMO code table 0200 runs from 0 to 8: {characteristic}")
    points = "L".join(f"{x} {y}" for x, y in _TRACES[characteristic])
    title = text(words, "title") if words else ""
    hidden = {} if words else {"aria_hidden": "true"}
    stroke = {"stroke": "currentColor", "stroke_width": "2.5", **ROUND}
    trace = element("path", d=f"M{points}", fill="none", **stroke)
    size = {"width": "24", "height": "24", "viewBox": "0 0 24 24"}
    return svg(title + trace, class_="wmo", role="img", **hidden, **size)
