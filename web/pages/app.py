"""The Flask application: routes, headers that isolate the page, gzip, errors in one sentence."""

import gzip
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    TooManyRequests,
    Unauthorized,
)

from ..history.database import HistoryError
from ..weather import StormLevel
from .api import numbers
from .caching.conditional import answer_conditionally
from .caching.static_files import serve_static_files
from .context import PageContext, page_context, set_page_context
from .dashboard import pages
from .events import events
from .security.access import check_host

_LEAST_GZIPPED = 1000  # bytes
_GZIP_LEVEL = 4  # quickly rather than well
_TEXTS = ("text/", "application/json", "image/svg+xml")
# Only this machine's own files, nothing inline, in no frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " worker-src 'self'; base-uri 'none'; manifest-src 'self'; form-action 'none';"
    " frame-ancestors 'none'"
)


def create_app(context: PageContext, *, others: Iterable[Blueprint] = ()) -> Flask:
    """Return the application that shows this. others: routes besides those that only read.

    after_request functions run in reverse order: headers, gzip, entity tags.
    """
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # only other sites would ask with OPTIONS
    app.jinja_env.globals["levels"] = [level.word for level in StormLevel]
    set_page_context(app, context)
    serve_static_files(app)
    app.before_request(lambda: check_host(page_context().hosts))
    app.before_request(_check_query)
    answer_conditionally(app)
    for blueprint in (pages, numbers, events, *others):
        app.register_blueprint(blueprint)
    app.after_request(_compress)
    app.after_request(_set_headers)
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(HistoryError, _unreadable_history)
    return app


def _set_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"  # what the policy says, for old browsers
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _compress(response: Response) -> Response:
    """Compress texts where the client accepts gzip, but not what is streamed."""
    is_text = (response.mimetype or "").startswith(_TEXTS)
    if not is_text or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) > _LEAST_GZIPPED and request.accept_encodings.quality("gzip"):
        response.set_data(gzip.compress(body, _GZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _check_query() -> None:
    """Reject repeated query parameters and query strings that are not valid UTF-8."""
    try:
        parameters = request.args.lists()
    except UnicodeDecodeError:
        raise BadRequest(
            "the part of the address after ? is not valid UTF-8: encode other letters as in %C3%B6"
        ) from None
    for key, values in parameters:
        if len(values) > 1:
            raise BadRequest(f"{key[:40]!r} is in the address {len(values)} times: give it once")


def _refusal(error: HTTPException) -> tuple[Response, int]:
    answer = Response(f"{error.description}\n", mimetype="text/plain")
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if retry_after := getattr(error, "retry_after", None):
        answer.headers["Retry-After"] = str(retry_after)
    return answer, error.code or 500


def _unreadable_history(error: HistoryError) -> tuple[Response, int]:
    page_context().doubt()
    return Response(f"{error}\n", mimetype="text/plain"), 503
