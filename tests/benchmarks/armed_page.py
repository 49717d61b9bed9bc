"""Thirty minutes armed in a hidden tab, with WATCH, WARNING and STORM on the way.

armed_page.py BROWSER [MINUTES]

BROWSER is chromium or firefox. The browser is Debian's, with another tab in front and its own
throttling; the loudspeaker is PulseAudio's, with a sink for nothing, and writes down what it
plays. Each level is acknowledged by another client. Fails when a level is not heard within fifteen
seconds, or is heard fifteen seconds after it was acknowledged.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

# Neighbours of the repository's own, as pytest finds them.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.armed_tab import Passage, armed_tab
from web.weather import StormLevel

# Parts of the time at which the levels come.
LEVELS = {StormLevel.WATCH: 0.3, StormLevel.WARNING: 0.6, StormLevel.STORM: 0.9}


def words(passage: Passage) -> str:
    """Return a passage as a line."""
    sounded, silent = (
        "never" if moment_s is None else f"after {moment_s:.1f} s"
        for moment_s in (passage.sounded_s, passage.silent_s)
    )
    pitches = sorted(beep.hz for beep in passage.beeps) or [0.0]
    return (
        f"{passage.level} heard {sounded}, silent {silent};"
        f" {len(passage.beeps)} beeps of {pitches[len(pitches) // 2]:g} Hz"
    )


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("browser", choices=("chromium", "firefox"))
    parser.add_argument("minutes", nargs="?", type=float, default=30.0)
    options = parser.parse_args()
    name, minutes = options.browser, options.minutes
    with tempfile.TemporaryDirectory() as folder, armed_tab(name, Path(folder)) as armed:
        armed.arm()
        armed.hide()
        began, fails = time.time(), 0
        for level, share in LEVELS.items():
            time.sleep(max(0.0, began + 60 * minutes * share - time.time()))
            passage = armed.pass_through(level)
            fails += passage.sounded_s is None or passage.silent_s is None
            after_min = (time.time() - began) / 60
            print(f"{name}, {after_min:.0f} min hidden: {words(passage)}", flush=True)
        time.sleep(max(0.0, began + 60 * minutes - time.time()))
        print(
            f"{name}: a timer of 1 s waited up to {armed.longest_wait_s(armed.tab):.1f} s in the"
            f" armed tab, {armed.longest_wait_s(armed.control):.1f} s in one that is not armed;"
            f" the page says {armed.words()!r}"
        )
    return min(fails, 1)


if __name__ == "__main__":
    sys.exit(main())
