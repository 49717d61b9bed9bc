"""ETag and 304, decided before the work: a 304 draws no chart and opens no file.

    tag = address + settings + version of what the view shows

`@tag_with` names the version of a view. A tag lasts no longer than the answer stays true: ages
tick. Answers of other views are tagged by their content.
"""

import secrets
from collections.abc import Callable
from hashlib import blake2b
from math import ceil, floor
from typing import Any, TypeVar

from flask import Flask, Response, g, request

from ...display.times import age_words
from ..context import PageContext, page_context

# No answer stays the same for longer: a chart creeps to the left, and the sun sets.
LONGEST_S = 60.0

# Shown in whole minutes.
_SECONDS = ("silent_for_s", "acknowledged_for_s")

_Version = Callable[[PageContext], tuple[object, ...]]
_View = TypeVar("_View", bound=Callable[..., Any])

_VERSIONS: dict[Callable[..., Any], _Version] = {}


def tag_with(version: _Version) -> Callable[[_View], _View]:
    """Mark a view whose answers change only when this version does."""

    def mark(view: _View) -> _View:
        _VERSIONS[view] = version
        return view

    return mark


def chart_version(context: PageContext) -> tuple[object, ...]:
    """Return the version of charts and of series of samples."""
    return floor(context.pace.now() / LONGEST_S), *context.history_version()


def fragment_version(context: PageContext) -> tuple[object, ...]:
    """Return the version of the part of the page that a script fetches again.

    The age is not in it: the script counts the seconds itself.
    """
    conditions, alarm, now = context.feed.newest, context.alarm(), context.pace.now()
    return (
        conditions,
        {**alarm, **{key: ceil((alarm[key] or 0) / 60) for key in _SECONDS}},
        context.info.freshness.freshness(conditions, now),
        context.pace.remark(),
        context.faults(),
        *chart_version(context),
    )


def page_version(context: PageContext) -> tuple[object, ...]:
    """Return the version of the whole page."""
    sample = context.feed.newest.sample
    age = age_words(context.pace.now() - sample.taken_at) if sample else ""
    return age, *fragment_version(context)


def second_version(context: PageContext) -> tuple[object, ...]:
    """Return the version of the conditions with their age in seconds."""
    faults = context.faults()
    return context.feed.newest, context.alarm(), faults, floor(context.pace.now())


def answer_conditionally(app: Flask) -> None:
    """Tag the answers of an application, and answer 304 to a client that has them already.

    Call it before other functions are registered with after_request: Flask calls the first last.
    """
    start = secrets.token_hex(4)  # the next start may be of another version

    def check() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        version = _VERSIONS.get(view) if view else None
        if version is None or request.method not in ("GET", "HEAD"):
            return None
        context = page_context()
        address = start, request.endpoint, request.query_string, context.info
        g.tag = blake2b(repr((*address, *version(context))).encode(), digest_size=9).hexdigest()
        known = request.if_none_match
        # Not "*": it matches any tag.
        is_known = known.contains_weak(g.tag) and not known.star_tag
        return Response(status=304) if is_known else None

    app.before_request(check)
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    is_read = request.method in ("GET", "HEAD") and response.status_code in (200, 304)
    if not is_read or response.is_streamed or "Cache-Control" in response.headers:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    response.headers["Cache-Control"] = "no-cache"  # stored, and checked each time
    if "tag" in g:
        response.set_etag(g.tag, weak=True)
        return response
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
