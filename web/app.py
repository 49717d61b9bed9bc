"""The Flask application: routes, headers that keep the page to itself, errors in one sentence."""

from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, Unauthorized

from .access import check_host
from .glance import About
from .history import HistoryError
from .hosts import Hosts
from .pace import Pace
from .views import routes

# Nothing but this machine's own files, nothing inline, in nobody's frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def create_app(
    history: Path,
    pace: Pace,
    about: About,
    *,
    hosts: Hosts | None = None,
    others: Iterable[Blueprint] = (),
) -> Flask:
    """Return the application over a history file; `pace` tells the time that ages go by.

    hosts: the names that it answers to; left out, this machine's own. others: pages besides.
    """
    app = Flask(__name__)
    known = hosts or Hosts()
    app.before_request(lambda: check_host(known))
    app.register_blueprint(routes(history, pace, about))
    for blueprint in others:
        app.register_blueprint(blueprint)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(HistoryError, _no_history)
    return app


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype != "text/css" and response.mimetype != "text/javascript":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refusal(error: HTTPException) -> tuple[Response, int]:
    answer = Response(f"{error.description}\n", mimetype="text/plain")
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer, error.code or 500


def _no_history(error: HistoryError) -> tuple[Response, int]:
    return Response(f"{error}\n", mimetype="text/plain"), 503
