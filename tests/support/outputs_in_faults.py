"""What each output is to say of a fault, and what none of them may say any more."""

import re
from collections.abc import Iterator
from typing import Any

from tests.support.watched_boat import View
from web.recorder.freshness import FreshnessRule

OUTPUTS = ("sound", "page", "notification", "MQTT", "Signal K", "Prometheus")
# Of a page's answer, of MQTT's state, and of the metrics: what is measured, or derived from it.
_FIELDS = re.compile("hpa|temperature|level|chance|wind|tendency|characteristic|^since$")
_NOT = re.compile("offset_hpa|last_known")
_METRICS = re.compile("pascals|celsius|storm_level|chance|wind")
_PRESSURE = "environment.outside.pressure"
RULE = FreshnessRule(1.0)
# A poll of a publisher, and the time of this look.
_SLACK_S = 2.5
_NOT_NEEDED = "not needed: {}"

Signs = dict[str, tuple[float, str]]


def first_signs(kind: str, view: View, before: View, began_at: float) -> Signs:
    """The outputs that tell of the fault at this moment, with what they say. began_at: of it."""
    signs = {"data": _no_data, "disk": _disk, "clock": _clock, "killed": _killed}[kind]
    return dict(signs(view, before, began_at))


def _no_data(view: View, before: View, began_at: float) -> Iterator[tuple[str, tuple[float, str]]]:
    for sound in view.sounds:
        if sound.text == "no_data":
            yield "sound", (sound.at, "NO DATA's long beep")
            break
    for notice in view.notices:
        if notice.json["event"] == "no_data":
            yield "notification", (notice.at, _short(notice.json["message"]))
    page = view.page
    if page is not None and page["alarm"]["signal"] == "no_data":
        yield "page", (view.at, f"NO DATA sounds; {_short(page['outage'])}")
    if view.state.get("no_data"):
        yield "MQTT", (view.at, f"no_data on; {_short(view.state['outage'])}")
    for alarm in view.alarms("noData"):
        if alarm["state"] == "alarm" and "sound" in alarm["method"]:
            yield "Signal K", (view.at, f"alarm, sound: {alarm['message']}")
    if view.metrics is not None and view.metrics["no_data"] == 1:
        yield "Prometheus", (view.at, "no_data 1")


def _disk(view: View, before: View, began_at: float) -> Iterator[tuple[str, tuple[float, str]]]:
    """The readings go on, and so does the alarm: nothing but what is stored is missing."""
    page = view.page
    if page is not None and page["outage"]:
        yield "page", (view.at, _short(page["outage"]))
    if view.state.get("outage"):
        yield "MQTT", (view.at, _short(view.state["outage"]))
    if view.metrics is not None and view.metrics["outage"]:
        yield "Prometheus", (view.at, "outage 1")
    if view.at - began_at > RULE.lost_after_s and page is not None and page["freshness"] == "fresh":
        goes_on = _NOT_NEEDED.format("readings and alarm go on")
        assert before.page is not None
        level_sounds = before.page["alarm"]["signal"]
        sounds = [s.text for s in view.sounds if s.at > began_at + RULE.lost_after_s - 10]
        if not level_sounds or level_sounds in sounds:
            yield "sound", (view.at, goes_on)
        yield "notification", (view.at, goes_on)
        if view.signal_k[_PRESSURE] is not None and view.at - view.signal_k_at < 5:
            yield "Signal K", (view.at, goes_on)


def _clock(view: View, before: View, began_at: float) -> Iterator[tuple[str, tuple[float, str]]]:
    """Everything has the other date, and goes on."""
    page, metrics = view.page, view.metrics
    if page is None or metrics is None or before.page is None or before.metrics is None:
        return
    date = (page["taken_at"] or "")[:10]
    if date and date != before.page["taken_at"][:10]:
        yield "page", (view.at, f"dated {date}; 'what happened' has the step")
    if view.state.get("taken_at", "")[:10] == date != before.state["taken_at"][:10]:
        yield "MQTT", (view.at, f"dated {date}")
    stamp = "last_reading_timestamp_seconds"
    if metrics[stamp] < before.metrics[stamp] - 86_400:
        yield "Prometheus", (view.at, "the stamp is 40 days back")
    if view.at - began_at > RULE.lost_after_s and page["freshness"] == "fresh":
        goes_on = _NOT_NEEDED.format("readings, level and alarm go on")
        if page["level"] == before.page["level"]:
            yield "sound", (view.at, goes_on)
            yield "notification", (view.at, goes_on)
        if view.signal_k[_PRESSURE] is not None and view.at - view.signal_k_at < 5:
            yield "Signal K", (view.at, goes_on)


def _killed(view: View, before: View, began_at: float) -> Iterator[tuple[str, tuple[float, str]]]:
    assert before.page is not None
    signal, is_back = before.page["alarm"]["signal"], view.page is not None
    if not is_back:
        yield "page", (view.at, "no answer")
        yield "Prometheus", (view.at, "up 0: no answer")
    if view.availability == "offline":
        yield "MQTT", (view.at, "offline: the last will")
    if view.at - view.signal_k_at > RULE.late_after_s:
        yield "Signal K", (view.at, "no delta for the 10 s of its timeout")
    if is_back and not signal:
        yield "sound", (view.at, _NOT_NEEDED.format("CALM before and after"))
    sounds = [s.at for s in view.sounds if s.at > began_at + 2 and s.text == signal]
    if is_back and sounds:
        yield "sound", (sounds[0], f"{signal.upper()} again")
    if is_back and view.at - began_at > RULE.lost_after_s:
        yield "notification", (view.at, _NOT_NEEDED.format("nothing is notified again"))


def old_values(kind: str, view: View, before: View, began_at: float) -> Iterator[str]:
    """What an output gives as the present although it is lost, or does not give although it is."""
    if kind == "data":
        if view.at - began_at > RULE.late_after_s + _SLACK_S:
            yield from _given("Signal K", _signal_k(view.signal_k))
        if view.at - began_at > RULE.lost_after_s + _SLACK_S:
            yield from _lost(view)
    elif kind != "killed" and view.page is not None:
        if view.page["freshness"] != "fresh" or view.page["alarm"]["no_data"]:
            yield f"the readings do not go on: {view.page['freshness']}"
        if before.page is not None and view.page["level"] != before.page["level"]:
            yield f"the level is {view.page['level']}"
    if kind != "killed" and not (view.page and view.glance and view.line):
        yield "the page does not answer"


def _lost(view: View) -> Iterator[str]:
    assert view.page is not None and view.metrics is not None
    fields = {k: v for k, v in view.page.items() if _FIELDS.search(k) and not _NOT.search(k)}
    yield from _given("/api/now", fields)
    state = {k: v for k, v in view.state.items() if _FIELDS.search(k)}
    yield from _given("MQTT", state)
    yield from _given("/metrics", {k: v for k, v in view.metrics.items() if _METRICS.search(k)})
    if 'is-lost"' not in view.glance or "No data since" not in view.glance:
        yield "/glance is not marked as lost"
    if not view.line.startswith("NO DATA since"):
        yield f"/now.txt says {view.line}"
    last = view.notices[-1].json if view.notices else {}
    if last.get("event") != "no_data" or last.get("pressure_hpa") is not None:
        yield f"the last notice is {last}"


def _given(output: str, values: dict[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value not in (None, []):
            yield f"{output} gives {name} = {value} although it is lost"


def _signal_k(values: dict[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in values.items() if not path.startswith("notif")}


def _shortened(found: re.Match[str]) -> str:
    """Without folders, and a notice without its date."""
    return "" if found[0].startswith("/") else "NO DATA (was …) since …: "


def _short(words: str) -> str:
    words = re.sub(r"/\S+/|NO DATA .*UTC: ", _shortened, words)
    return words if len(words) <= 60 else f"{words[:57]}…"
