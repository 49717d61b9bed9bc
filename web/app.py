"""The Flask application: routes, headers that keep the page to itself, errors in one sentence."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, Unauthorized

from .access import check_host
from .alarm import AlarmState
from .api import number_routes
from .bulletin import Notices
from .compression import send_small
from .conditional import Present, answer_conditionally
from .controls import alarm_fields
from .glance import About
from .history_file import HistoryError
from .hosts import Hosts
from .pace import Pace
from .static_files import serve_static_files
from .views import page_routes

# Nothing but this machine's own files, nothing inline, in nobody's frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; manifest-src 'self'; form-action 'none'; frame-ancestors 'none'"
)


def _at_rest() -> dict[str, Any]:
    return alarm_fields(AlarmState(), 0.0)


def create_app(
    history: Path,
    pace: Pace,
    about: About,
    notices: Notices,
    *,
    hosts: Hosts | None = None,
    others: Iterable[Blueprint] = (),
    doubt: Callable[[], None] = lambda: None,
    alarm: Callable[[], dict[str, Any]] = _at_rest,
) -> Flask:
    """Return the application over a history file; `pace` tells the time that ages go by.

    notices: where the present is read. hosts: the names that it answers to; left out, this
    machine's own. others: pages besides. doubt: called when the file cannot be read. alarm: tells
    what answers say of the alarm.
    """
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # a question of other sites: they get nothing
    serve_static_files(app)
    known = hosts or Hosts()
    app.before_request(lambda: check_host(known))
    app.before_request(_check_query)
    answer_conditionally(app, Present(history, pace, about, notices, alarm))
    app.register_blueprint(page_routes(history, pace, about, notices, doubt, alarm))
    app.register_blueprint(number_routes(history, pace, about, notices, alarm))
    for blueprint in others:
        app.register_blueprint(blueprint)
    send_small(app)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _refusal)

    def no_history(error: HistoryError) -> tuple[Response, int]:
        doubt()
        return Response(f"{error}\n", mimetype="text/plain"), 503

    app.register_error_handler(HistoryError, no_history)
    return app


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"  # what the policy says, for old browsers
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _check_query() -> None:
    """Refuse an address that says a thing twice, or in no letters: nobody knows what is meant."""
    try:
        said = request.args.lists()
    except UnicodeDecodeError:
        raise BadRequest(
            "what stands behind the ? is no text in UTF-8: write other letters as in %C3%B6"
        ) from None
    for key, values in said:
        if len(values) > 1:
            raise BadRequest(f"{key[:40]!r} is in the address {len(values)} times: give it once")


def _refusal(error: HTTPException) -> tuple[Response, int]:
    answer = Response(f"{error.description}\n", mimetype="text/plain")
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer, error.code or 500
