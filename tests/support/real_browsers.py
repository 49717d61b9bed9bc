"""Chromium and Firefox as a crew has them: driven over their own websockets.

Nothing keeps a hidden tab awake: Playwright would make each page believe that it is seen.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import websocket

from tests.support.waiting import eventually

PATIENCE_S = 60.0
_CHROMIUM = [
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-quic"),
    *("--remote-debugging-port=0", "--window-size=390,844"),
]
_FIREFOX = {
    "remote.prefs.recommended": False,  # what automation likes is not what a crew has
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.auto": False,
    "app.normandy.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}
_WHERE = """(() => { const node = document.querySelector(%s);
    node.scrollIntoView({block: "center"});
    const box = node.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2]; })()"""


class Wire:
    """Commands as JSON over a websocket; events are passed over."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(
            url, timeout=PATIENCE_S, suppress_origin=True, http_no_proxy=["127.0.0.1"]
        )
        self._last = 0

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Send a command; return its result. Raises RuntimeError if the browser refuses it."""
        self._last += 1
        command: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        self._socket.send(json.dumps(command))
        while (answer := json.loads(self._socket.recv())).get("id") != self._last:
            pass
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']} {answer.get('message', '')}")
        result: dict[str, Any] = answer["result"]
        return result

    def close(self) -> None:
        self._socket.close()


class Tab(Protocol):
    """A tab of a browser."""

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, or of the promise that it gives; a number or text."""

    def show(self) -> None:
        """Bring it to the front: all others are hidden."""

    def click(self, selector: str) -> None:
        """Click with the mouse, which the browser takes for a person's."""


class _ChromiumTab:
    def __init__(self, wire: Wire, preload: str) -> None:
        self._wire = wire
        self._target = wire.call("Target.createTarget", url="about:blank")["targetId"]
        attached = wire.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        if preload:
            self._call("Page.enable")
            self._call("Page.addScriptToEvaluateOnNewDocument", source=preload)

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._wire.call(method, self._session, **params)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        is_loaded = "document.readyState === 'complete' && location.href !== 'about:blank'"
        assert eventually(lambda: self.evaluate(is_loaded), PATIENCE_S)

    def evaluate(self, expression: str) -> Any:
        answer = self._call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def show(self) -> None:
        self._wire.call("Target.activateTarget", targetId=self._target)

    def click(self, selector: str) -> None:
        x, y = self.evaluate(_WHERE % json.dumps(selector))
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


class _FirefoxTab:
    def __init__(self, wire: Wire, preload: str) -> None:
        self._wire = wire
        self._context = wire.call("browsingContext.create", type="tab")["context"]
        if preload:
            wire.call(
                "script.addPreloadScript",
                functionDeclaration=f"() => {{ {preload} }}",
                contexts=[self._context],
            )

    def open(self, url: str) -> None:
        self._wire.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        answer = self._wire.call(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then(JSON.stringify)",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def show(self) -> None:
        self._wire.call("browsingContext.activate", context=self._context)

    def click(self, selector: str) -> None:
        x, y = self.evaluate(_WHERE % json.dumps(selector))
        steps = [
            {"type": "pointerMove", "x": round(x), "y": round(y)},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": steps}
        self._wire.call("input.performActions", context=self._context, actions=[mouse])


class RealBrowser:
    """A browser that runs."""

    def __init__(self, wire: Wire, kind: Callable[[Wire, str], Tab]) -> None:
        self._wire, self._kind = wire, kind

    def tab(self, preload: str = "") -> Tab:
        """Open a tab in front of the others. preload: runs before each page's own scripts."""
        return self._kind(self._wire, preload)


@contextmanager
def chromium(profile: Path, speaker: str, *flags: str) -> Iterator[RealBrowser]:
    """Run Chromium with a profile of its own. speaker: the PulseAudio server."""
    port_file = profile / "DevToolsActivePort"
    with _running(["chromium", *_CHROMIUM, f"--user-data-dir={profile}", *flags], speaker):
        assert eventually(lambda: port_file.exists() and "/" in port_file.read_text(), PATIENCE_S)
        port, path = port_file.read_text().split()
        with closing(Wire(f"ws://127.0.0.1:{port}{path}")) as wire:
            yield RealBrowser(wire, _ChromiumTab)
            wire.call("Browser.close")


@contextmanager
def firefox(profile: Path, speaker: str) -> Iterator[RealBrowser]:
    """Run Firefox with a profile of its own. speaker: the PulseAudio server."""
    profile.mkdir(exist_ok=True)
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _FIREFOX.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    port_file = profile / "WebDriverBiDiServer.json"
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]
    with _running([*command, "--remote-debugging-port", "0"], speaker):
        assert eventually(lambda: port_file.exists() and port_file.stat().st_size, PATIENCE_S)
        port = json.loads(port_file.read_text())["ws_port"]
        with closing(Wire(f"ws://127.0.0.1:{port}/session")) as wire:
            wire.call("session.new", capabilities={})
            yield RealBrowser(wire, _FirefoxTab)
            wire.call("browser.close")


@contextmanager
def _running(command: list[str], speaker: str) -> Iterator[None]:
    """Run a browser; it is ended by its own command, or killed with its children."""
    process = subprocess.Popen(
        command,
        env={**os.environ, "PULSE_SERVER": speaker},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
        process.wait(PATIENCE_S)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
