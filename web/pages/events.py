"""What happened: the newest events of the history, as a page and as JSON."""

from typing import Any

from flask import Blueprint, render_template

from ..display.times import date_words, iso
from ..history.events import Event
from ..history.reader import HistoryReader
from .caching.conditional import chart_version, tag_with
from .context import page_context
from .request_parsing import query_preferences

_COUNT = 30

events = Blueprint("events", __name__)


@events.get("/events")
@tag_with(chart_version)
def page() -> str:
    """Answer with the newest events, the newest first, in the reader's time zone."""
    info = page_context().info
    zone = query_preferences(info.preferences).zone.tzinfo
    rows = [
        {
            "iso": iso(event.happened_at),
            "time": date_words(event.happened_at, zone),
            "kind": event.kind.value,
            "words": event.words,
            "since": "" if event.since is None else date_words(event.since, zone),
        }
        for event in _newest()
    ]
    return render_template("events.html", events=rows, simulated=info.simulated)


@events.get("/api/events")
@tag_with(chart_version)
def newest() -> dict[str, Any]:
    """Answer with the newest events, the newest first."""
    rows = [
        {
            "happened_at": iso(event.happened_at),
            "kind": event.kind.value,
            "words": event.words,
            "since": None if event.since is None else iso(event.since),
        }
        for event in _newest()
    ]
    return {"simulated": page_context().info.simulated, "events": rows}


def _newest() -> list[Event]:
    with HistoryReader(page_context().history) as reader:
        return reader.events(_COUNT)
