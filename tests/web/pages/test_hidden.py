"""A page that is armed, in Chromium and Firefox as a crew has them: what the loudspeaker plays.

Thirty minutes of it are in tests/benchmarks/armed_page.py.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.armed_tab import LIMIT_S, SOON, ArmedTab, armed_tab
from tests.support.requirements import lacking
from web.weather import StormLevel

PROGRAMS = {"chromium": "chromium", "firefox": "firefox-esr"}
# Chromium throttles a timer in a hidden tab to one a minute.
THROTTLED_S = {"chromium": 10.0, "firefox": 1.0}


@pytest.fixture(params=list(PROGRAMS))
def name(request: pytest.FixtureRequest) -> str:
    """The browser's."""
    name = str(request.param)
    for program in (PROGRAMS[name], "pulseaudio", "parec"):
        if shutil.which(program) is None:
            lacking(f"{program} is not installed")
    return name


@pytest.fixture
def armed(name: str, tmp_path: Path) -> Iterator[ArmedTab]:
    """A page that can be armed, in a tab."""
    with armed_tab(name, tmp_path, *([SOON] if name == "chromium" else [])) as tab:
        yield tab


@pytest.mark.slow("minutes in a hidden tab, by the browser's own throttling")
def test_it_sounds_in_a_hidden_tab_and_falls_silent_when_acknowledged_elsewhere(
    armed: ArmedTab, name: str
) -> None:
    armed.arm()
    armed.hide()
    armed.wait_until_throttled(THROTTLED_S[name])
    for level in (StormLevel.WARNING, StormLevel.STORM):
        passage = armed.pass_through(level)
        assert passage.sounded_s is not None, level
        assert passage.sounded_s < LIMIT_S
        assert passage.silent_s is not None, level
        assert {round(beep.hz, -2) for beep in passage.beeps} == {900.0}
    assert armed.longest_wait_s(armed.tab) < 5


@pytest.mark.slow("begins a browser, and waits for sound")
def test_what_a_browser_holds_back_is_said_at_once_and_sounds_after_a_tap(armed: ArmedTab) -> None:
    """A page that was armed and is loaded without a tap, as after a crash of the browser."""
    armed.raise_to(StormLevel.STORM)
    armed.tab.evaluate("sessionStorage.setItem('storm-petrel-armed', '1')")
    began = time.time()
    armed.reload()
    assert armed.says("Tap once: this browser holds the sound back until then")
    armed.tab.click(".held button")
    assert armed.is_heard(began)
    assert armed.says("")


@pytest.mark.slow("begins a browser, and waits for sound")
@pytest.mark.parametrize("how", ["Night", "reload"])
def test_another_page_sounds_as_well_or_says_that_it_needs_a_tap(armed: ArmedTab, how: str) -> None:
    armed.arm()
    if how == "reload":
        armed.reload()
    else:
        armed.tab.click("header nav a")
    began = time.time()
    armed.raise_to(StormLevel.STORM)
    if not armed.is_heard(began):
        assert armed.says("Tap once: this browser holds the sound back until then")
        armed.tab.click(".held button")
        assert armed.is_heard(began)
