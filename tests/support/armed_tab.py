"""A page that is armed, in a hidden tab of a real browser, while levels come and go."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import Request, urlopen

from tests.support.loudspeaker import Beep, Loudspeaker, loudspeaker
from tests.support.page_states import TOKEN, State, calm
from tests.support.real_browsers import RealBrowser, Tab, chromium, firefox
from tests.support.waiting import eventually
from web.alarm.sounder import PATTERNS
from web.alarm.state import Alarm, AlarmSignal, AlarmState
from web.history.writer import History
from web.weather import StormLevel

LIMIT_S = 15.0  # until it sounds, and until it is silent
# Chromium throttles a hidden tab most after five minutes; a test does not wait for that.
SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10"
# A timer of the page's own: what the browser does to it shows how it throttles the tab.
_TIMER = """window.moments = [];
    setInterval(function () { window.moments.push(Date.now()); }, 1000);"""
_LONGEST_S = """moments.concat(Date.now()).slice(1).reduce(
    (longest, moment, n) => Math.max(longest, moment - moments[n]), 0) / 1000"""
_BAR = "document.querySelector('.armed').textContent"


class Passage(NamedTuple):
    """What came of a level. sounded_s: from the level to the first beep; silent_s: from the
    acknowledgement to the end of the last. None: never, within the limit."""

    level: str
    sounded_s: float | None
    silent_s: float | None
    beeps: tuple[Beep, ...]


class ArmedTab:
    """The armed tab, its boat and its loudspeaker. control: a hidden tab that is not armed."""

    def __init__(self, browser: RealBrowser, state: State, url: str, speaker: Loudspeaker) -> None:
        self._state, self._url, self._speaker = state, url, speaker
        self._browser = browser
        self.control, self.tab = browser.tab(_TIMER), browser.tab(_TIMER)
        self.control.open(url)
        self.tab.open(url)

    def arm(self) -> None:
        self.tab.click("#sound")
        assert eventually(self._speaker.beeps), "it does not sound when it is armed"

    def hide(self) -> None:
        """Bring another tab to the front."""
        self._browser.tab()
        assert eventually(lambda: self.tab.evaluate("document.hidden"))
        assert self.control.evaluate("document.hidden")

    def raise_to(self, level: StormLevel) -> None:
        self._state.alarm.update(level, 1000.0)

    def reload(self) -> None:
        self.tab.open(self._url)

    def says(self, words: str) -> bool:
        """Return whether the page soon says this of its being armed, and nothing else."""
        return eventually(lambda: self.words() == words)

    def pass_through(self, level: StormLevel) -> Passage:
        """Raise the level, listen, acknowledge it elsewhere, and listen again."""
        began = time.time()
        self.raise_to(level)
        is_heard = eventually(lambda: self._speaker.beeps(began), LIMIT_S + 5)
        turn_s = PATTERNS[AlarmSignal(level.word)].turn_s + 1.5
        time.sleep(turn_s)
        beeps = tuple(self._speaker.beeps(began))
        acknowledged = time.time()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        urlopen(Request(f"{self._url}api/alarm/acknowledge", b"", headers), timeout=10).close()
        # Silent is what makes no sound for longer than a turn.
        eventually(lambda: time.time() - self._last_end(acknowledged) > turn_s, LIMIT_S + turn_s)
        silent_s = self._last_end(acknowledged) - acknowledged
        return Passage(
            level.name,
            beeps[0].begin - began if is_heard else None,
            silent_s if silent_s <= LIMIT_S else None,
            beeps,
        )

    def wait_until_throttled(self, seconds: float) -> None:
        """Wait until a timer of one second has waited for so long in the tab that is not armed."""
        deadline = time.monotonic() + 120
        while self.longest_wait_s(self.control) < seconds:
            assert time.monotonic() < deadline, "the browser does not throttle a hidden tab"
            time.sleep(1)

    def _last_end(self, since: float) -> float:
        return max((beep.end for beep in self._speaker.beeps(since)), default=since)

    def longest_wait_s(self, tab: Tab) -> float:
        """Return the longest wait of a timer of one second in a tab."""
        return float(tab.evaluate(_LONGEST_S))

    def words(self) -> str:
        """Return what the page says of its being armed."""
        return str(self.tab.evaluate(_BAR))

    def is_heard(self, since: float) -> bool:
        """Return whether it sounds within the limit."""
        return eventually(lambda: self._speaker.beeps(since), LIMIT_S)


@contextmanager
def armed_tab(name: str, folder: Path, *flags: str) -> Iterator[ArmedTab]:
    """Open a page that can be armed in "chromium" or "firefox". folder: for the profile."""
    alarm = Alarm(AlarmState(sounds_from=StormLevel.WATCH))
    state = State(calm(time.time()), refresh_s=5, alarm=alarm)
    with (
        History(folder / "history.sqlite") as history,
        state.served(history) as url,
        loudspeaker(folder) as speaker,
    ):
        profile = folder / "profile"
        run = chromium(profile, speaker.address, *flags) if name == "chromium" else None
        with run or firefox(profile, speaker.address) as browser:
            yield ArmedTab(browser, state, url, speaker)
