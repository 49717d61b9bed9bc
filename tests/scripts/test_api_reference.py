"""docs/reference.md is what the docstrings say today, and has every public name."""

import re

import api_reference
import pytest

import calibration
import sensors
import web.weather


def test_the_page_is_current() -> None:
    written = api_reference.PAGE.read_text(encoding="utf-8")
    assert written == api_reference.page(), f"run {api_reference.RENEW} to renew it"


def test_every_public_name_has_its_heading() -> None:
    headings = re.findall(r"^### (\S+)$", api_reference.page(), re.M)
    wanted = [*sensors.__all__, "frequency_from_edges", "compensate"]
    assert headings == [*wanted, *calibration.__all__, *web.weather.__all__]


def test_every_public_name_and_method_says_what_it_is() -> None:
    """After a heading and a signature come words, not the next heading."""
    page = re.sub(
        r"```text\n.*?```|^\[\S+\]\(\S+\)$|^Bases: .*$", "", api_reference.page(), flags=re.S | re.M
    )
    assert re.findall(r"^####? (\S+)\s+(?=##)", page, re.M) == []


def test_a_page_that_is_not_current_is_told_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(api_reference, "PAGE", api_reference.ROOT / "README.md")
    assert api_reference.main(["--check"]) == 1
    assert "run scripts/api_reference.py" in capsys.readouterr().err
