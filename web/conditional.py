"""Answers that are not made again while they would be the same: ETag and 304, before the work.

    answer = what was asked + newest bulletin + alarm + file of the history + time, as far as told

A tag is made of that, and not of the answer: a 304 costs neither the drawing nor a look into the
file. It lasts no longer than what the answer says stays true: ages tick. And an answer that was
made for one guest is given to the next who asks for the same: a crew costs as much as one.
"""

import secrets
from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, Response, request

from .bulletin import Notices
from .glance import About, freshness
from .pace import Pace
from .times import age_words

# No answer stays the same for longer: a chart creeps to the left, and the sun sets.
_LONGEST_S = 60.0
# These move all the time, are asked for by machines that do not compare, or are for one person.
_NEVER = ("static", "numbers.export", "numbers.health", "numbers.metrics")

# Some phones, each with its span and its look.
_KEPT = 8

_Parts = Callable[[], tuple[object, ...]]


class Present:
    """All that the answers depend on besides the address.

    history: the file, of which the time of its last change is looked at. alarm: tells what answers
    say of the alarm.
    """

    def __init__(
        self,
        history: Path,
        pace: Pace,
        about: About,
        notices: Notices,
        alarm: Callable[[], dict[str, Any]],
    ) -> None:
        # A commit changes the second; what brings it over to the first comes later.
        self._files = history, history.with_name(f"{history.name}-wal")
        self._pace, self._about, self._notices, self._alarm = pace, about, notices, alarm
        # The next start may be of another version, with other settings.
        self._start = secrets.token_hex(4)
        self._parts: dict[str, _Parts] = {
            "pages.page": self._seen,
            "pages.fresh": self._refreshed,
            "pages.now_text": self._seen,
            "pages.chart": self._drawn,
            "numbers.pressure": self._drawn,
            "numbers.present": self._counted,
        }

    def tag(self, endpoint: str | None, query: bytes) -> str | None:
        """What an answer of this moment is tagged with; None where that is not told beforehand."""
        parts = self._parts.get(endpoint or "")
        if parts is None:
            return None
        text = repr((self._start, endpoint, query, *parts()))
        return blake2b(text.encode(), digest_size=9).hexdigest()

    def _drawn(self) -> tuple[object, ...]:
        return floor(self._pace.now() / _LONGEST_S), *map(_changed, self._files)

    def _seen(self) -> tuple[object, ...]:
        sample = self._notices.newest.sample
        age = age_words(self._pace.now() - sample.taken_at) if sample else ""
        return age, *self._refreshed()

    def _refreshed(self) -> tuple[object, ...]:
        # Without the age: who fetches this again counts the seconds itself.
        bulletin, alarm, now = self._notices.newest, self._alarm(), self._pace.now()
        sample = bulletin.sample
        return (
            bulletin,
            {**alarm, "silent_for_s": ceil(alarm["silent_for_s"] / 60)},
            freshness(sample, self._about.period_s, now),
            self._pace.remark(),
            *self._drawn(),
        )

    def _counted(self) -> tuple[object, ...]:
        return self._notices.newest, self._alarm(), floor(self._pace.now())


class _Answer(NamedTuple):
    """What was answered under a tag, packed or not."""

    tag: str
    is_packed: bool
    body: bytes
    headers: tuple[tuple[str, str], ...]


def answer_conditionally(app: Flask, present: Present) -> None:
    """Tag the answers of an application, and answer 304 to whoever has them already.

    To be called first: what it keeps is as it goes out.
    """
    kept: deque[_Answer] = deque(maxlen=_KEPT)

    def look() -> Response | None:
        if request.method not in ("GET", "HEAD"):
            return None
        tag = present.tag(request.endpoint, request.query_string)
        if tag is None:
            return None
        request.environ["storm_petrel.tag"] = tag
        # Not "*": that asks for nothing that is here.
        known = request.if_none_match
        if known.contains_weak(tag) and not known.star_tag:
            return Response(status=304)
        found = _found(kept, tag) if request.method == "GET" else None
        return Response(found.body, headers=found.headers) if found else None

    def mark(response: Response) -> Response:
        tag = request.environ.get("storm_petrel.tag")
        is_asked = request.method in ("GET", "HEAD") and request.endpoint not in _NEVER
        if not is_asked or response.status_code not in (200, 304) or response.is_streamed:
            return response
        response.headers["Cache-Control"] = "no-cache"  # kept, and asked about each time
        if tag is not None:
            response.set_etag(tag, weak=True)
            is_whole = request.method == "GET" and response.status_code == 200
            if is_whole and not _found(kept, tag):
                headers = tuple(response.headers)
                kept.append(_Answer(tag, _is_packed(), response.get_data(), headers))
            return response
        response.add_etag(weak=True)
        response.make_conditional(request)
        return response

    app.before_request(look)
    app.after_request(mark)


def _found(kept: deque[_Answer], tag: str) -> _Answer | None:
    """What is kept under this tag, in the form that the present guest takes."""
    wanted = tag, _is_packed()
    return next((answer for answer in tuple(kept) if answer[:2] == wanted), None)


def _is_packed() -> bool:
    return bool(request.accept_encodings.quality("gzip"))


def _changed(path: Path) -> tuple[int, int]:
    """When a file was last changed, and how long it is."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
