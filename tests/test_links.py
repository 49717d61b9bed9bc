"""Every link of the README and the guides leads somewhere: to a file, a picture, a heading."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^()\s]+)\)")


def prose(guide: Path) -> str:
    """Without its blocks of code and its code in lines, where brackets are no links."""
    text = re.sub(r"^(```+).*?^\1\s*$", "", guide.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.sub(r"^ {4}.*$|`[^`\n]*`(?!\])", "", text, flags=re.M)


def anchors(guide: Path) -> set[str]:
    """As GitHub makes them: small letters, no punctuation, a hyphen for each space."""
    found: set[str] = set()
    text = re.sub(r"^(```+).*?^\1\s*$", "", guide.read_text(encoding="utf-8"), flags=re.M | re.S)
    for heading in re.findall(r"^#{1,6} +(.*?)[ #]*$", text, re.M):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("\\", "").lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        same = sum(1 for anchor in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", anchor))
        found.add(f"{slug}-{same}" if slug in found else slug)
    return found


def broken(guide: Path, link: str) -> str:
    """What is wrong with a link, or an empty string."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        if parts.scheme == "mailto":
            return ""
        well = parts.scheme in ("http", "https") and re.fullmatch(r"[\w.-]+\.\w+", parts.netloc)
        return "" if well else "is no address of the web"
    target = guide.parent / unquote(parts.path) if parts.path else guide
    if not target.exists():
        return "there is no such file"
    if not target.resolve().is_relative_to(ROOT):
        return "leads out of the checkout"
    if parts.fragment and parts.fragment not in anchors(target):
        return "there is no such heading"
    return ""


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_link_leads_somewhere(guide: Path) -> None:
    wrong = {link: broken(guide, link) for link in LINK.findall(prose(guide))}
    assert {link: why for link, why in wrong.items() if why} == {}


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("docs/gone.md", "there is no such file"),
        ("docs/configuration.md#the-alarms", "there is no such heading"),
        ("#nowhere", "there is no such heading"),
        ("https://", "is no address of the web"),
    ],
)
def test_a_broken_link_is_found(link: str, why: str) -> None:
    assert broken(ROOT / "README.md", link) == why


def test_every_picture_of_the_guides_is_shown_in_one() -> None:
    shown = {
        (guide.parent / link).resolve()
        for guide in GUIDES
        for link in LINK.findall(prose(guide))
        if not urlsplit(link).scheme
    }
    pictures = [path for path in (ROOT / "docs").iterdir() if path.suffix in (".svg", ".png")]
    assert [path.name for path in pictures if path.resolve() not in shown] == []
