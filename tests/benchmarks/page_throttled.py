"""The page in Chromium with its processor slowed down six times: first paint, and a touch.

  .venv/bin/python tests/benchmarks/page_throttled.py

Plays the storm, opens the page ten times, and prints medians against the goals. An interaction is a
key on the curve, a wheel step and a change of span: until the frame after it is drawn.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

import figures
from free_port import free_port
from playwright.sync_api import CDPSession, Page, sync_playwright

SLOWER = 6
TIMES = 10
PAINT_MS, TOUCH_MS = 1000.0, 100.0
_PAINTED = """performance.getEntriesByType("paint")
    .filter(entry => entry.name === "first-contentful-paint").map(entry => entry.startTime)[0]"""
_UNTIL_DRAWN = """act => new Promise(done => {
    const began = performance.now();
    eval(act);
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
_KEY = """document.getElementById("chart").dispatchEvent(
    new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true, cancelable: true}))"""
_WHEEL = """document.getElementById("chart").dispatchEvent(
    new WheelEvent("wheel", {deltaY: -100, clientX: 250, bubbles: true, cancelable: true}))"""
_SPAN = """document.querySelector("#spans a[data-hours='24']").click()"""


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        program = subprocess.Popen(
            [sys.executable, "-m", "web", "--simulate", "--port", str(port)],
            env={**os.environ, "XDG_DATA_HOME": home},
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_for(url)
            return _measured(url)
        finally:
            program.terminate()
            program.wait()


def _wait_for(url: str) -> None:
    while True:
        with suppress(URLError, ConnectionError), urlopen(url):
            return
        time.sleep(0.1)


def _measured(url: str) -> int:
    paints: list[float] = []
    addresses: set[str] = set()
    touches: dict[str, list[float]] = {"key": [], "wheel": [], "span": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(TIMES):
            print(f"visit {number + 1} of {TIMES}", file=sys.stderr)
            context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
            page = context.new_page()
            page.on("request", lambda request: addresses.add(request.url.partition("//")[2]))
            _slow_down(context.new_cdp_session(page))
            page.goto(url, wait_until="networkidle")
            paints.append(page.evaluate(_PAINTED))
            for name, act in (("key", _KEY), ("wheel", _WHEEL), ("span", _SPAN)):
                touches[name].append(_touched(page, act))
            context.close()
        browser.close()
    elsewhere = [one for one in addresses if not one.startswith(url.partition("//")[2])]
    figures.figure("requests that leave the boat", len(elsewhere))
    print(f"{len(addresses)} addresses asked for, {len(elsewhere)} of them elsewhere")
    for what, times in (("first paint", paints), *touches.items()):
        figures.figure(f"throttled {what} ms", figures.middle(times))
    rows = [("first paint", median(paints), PAINT_MS)]
    rows += [(f"interaction: {name}", median(ms), TOUCH_MS) for name, ms in touches.items()]
    for what, ms, goal_ms in rows:
        verdict = "ok" if ms <= goal_ms else "MISSED"
        print(f"{what:24}{ms:8.0f} ms  (goal {goal_ms:.0f}, {SLOWER} times slower)  {verdict}")
    reached = not elsewhere and all(ms <= goal_ms for _, ms, goal_ms in rows)
    figures.table(
        f"Chromium, {SLOWER} times slower: medians of {TIMES}",
        ["what", "ms", "goal"],
        [[what, f"{ms:.0f}", f"{goal_ms:.0f}"] for what, ms, goal_ms in rows],
    )
    figures.goals(reached, "first paint within 1 s, a touch within 100 ms, nothing elsewhere")
    return 0 if reached else 1


def _slow_down(session: CDPSession) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _touched(page: Page, act: str) -> float:
    return float(page.evaluate(_UNTIL_DRAWN, act))


if __name__ == "__main__":
    sys.exit(main())
