"""Reading a barograph back from its SVG: what is drawn, and where."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"

Points = list[tuple[float, float]]


def find(svg: ElementTree.Element, name: str) -> ElementTree.Element:
    (element,) = (element for element in svg.iter() if element.get("class") == name)
    return element


def lines(svg: ElementTree.Element, name: str) -> list[Points]:
    """The subpaths of a path, its short steps added up."""
    drawn = []
    for subpath in re.findall(r"M([^M]+)", find(svg, name).get("d", "")):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", subpath)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        for n in range(1, len(points)):
            points[n] = (points[n][0] + points[n - 1][0], points[n][1] + points[n - 1][1])
        drawn.append(points)
    return drawn


def paper(svg: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    numbers = re.findall(r"[\d.]+", find(svg, "paper").get("d", ""))
    left, top, right, bottom = map(float, numbers[:4])
    return left, top, right, bottom


def scale(svg: ElementTree.Element) -> Callable[[float], float]:
    """Pressure at a height, by two of the printed numbers, in the unit that they are in."""
    printed = [
        (float(text.get("y", "")) - 7, float(text.text or ""))
        for text in svg.iter(SVG + "text")
        if re.fullmatch(r"\d{3,4}|\d\d\.\d", text.text or "")
    ]
    (y1, p1), (y2, p2) = printed[0], printed[-1]
    return lambda y: p1 + (y - y1) * (p2 - p1) / (y2 - y1)


def words(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(SVG + "text")]


def description(svg: ElementTree.Element) -> str:
    return svg.findtext(SVG + "desc") or ""


def rulings(svg: ElementTree.Element, names: tuple[str, ...] = ("fine", "bold")) -> list[float]:
    """Where the lines of time are, from left to right."""
    drawn = "".join(find(svg, name).get("d", "") for name in names)
    return sorted(float(x) for x in re.findall(r"M([\d.]+) [\d.]+V", drawn))


def moments(svg: ElementTree.Element, xs: list[float]) -> list[float]:
    """Unix seconds at these places, by the printed frame."""
    left, _, right, _ = paper(svg)
    start, end = float(svg.get("data-start", "")), float(svg.get("data-end", ""))
    return [start + (x - left) / (right - left) * (end - start) for x in xs]


def edges(svg: ElementTree.Element) -> dict[str, float]:
    """The words below the paper, each with its place."""
    return {text.text or "": float(text.get("x", "")) for text in find(svg, "times")}
