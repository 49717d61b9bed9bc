"""The routes under /colour and /api/colour: looking is free, changing asks for the token."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, render_template

from calibration.errors import CalibrationError

from ..request_parsing import JsonBody
from ..security.access import check_token
from ..security.tokens import Tokens
from .sensor_port import ColourSensorPort
from .sensor_reader import Busy

if TYPE_CHECKING:
    from .teaching_session import TeachingSession


class ColourPage:
    """The colour page of one sensor. Numpy and calibration are loaded when it is first opened."""

    def __init__(self, sensor: ColourSensorPort, profile: Path, sorter: Path) -> None:
        self._sensor = sensor
        self._files = profile, sorter
        self._lock = threading.Lock()
        self._session: TeachingSession | None = None

    def session(self) -> "TeachingSession":
        """Return the session; the first call makes it."""
        with self._lock:
            if self._session is None:
                from .teaching_session import TeachingSession

                self._session = TeachingSession(self._sensor, *self._files)
            return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


def colour_routes(colours: ColourPage, tokens: Tokens) -> Blueprint:
    """Return the page and what it asks for."""
    pages = Blueprint("colour", __name__)

    @pages.get("/colour")
    def page() -> str:
        return render_template("colour.html", simulated=colours.session().sensor.simulated)

    @pages.get("/api/colour")
    def live() -> dict[str, Any]:
        from .responses import live_document

        return live_document(colours.session())

    @pages.get("/api/colour/lesson")
    def lesson() -> dict[str, Any]:
        from .responses import lesson_document

        return lesson_document(colours.session())

    pages.register_blueprint(_writes(colours, tokens), url_prefix="/api/colour")
    return pages


def _writes(colours: ColourPage, tokens: Tokens) -> Blueprint:
    """Return the routes that change something: 202 for what has begun, 200 for what is done."""
    writes = Blueprint("writes", __name__)
    writes.before_request(lambda: check_token(tokens))
    for error in (Busy, CalibrationError):  # not now, or there is no such thing
        writes.register_error_handler(error, _refused)

    for write in _WRITES:
        writes.add_url_rule(
            f"/{write.name}", write.name, partial(_answer, write, colours), methods=["POST"]
        )
    return writes


def _answer(write: "_Write", colours: ColourPage) -> tuple[dict[str, str], int]:
    body = JsonBody(*write.keys)
    write.act(colours.session(), body)
    return ({"state": "begun"}, 202) if write.begins else ({"state": "done"}, 200)


def _refused(error: Exception) -> tuple[Response, int]:
    return Response(f"{error}\n", mimetype="text/plain"), 409


def _white(session: "TeachingSession", body: JsonBody) -> None:
    session.take_white(body.number("white_reflectance", 0.9, 0.05, 1.0))


def _show(session: "TeachingSession", body: JsonBody) -> None:
    session.show(body.text("show"), body.number("closeness", 1.0, 0.2, 5.0))


class _Write(NamedTuple):
    """A POST: the keys of its body, what it does, and whether readings follow."""

    name: str
    keys: tuple[str, ...]
    act: Callable[["TeachingSession", JsonBody], None]
    begins: bool = False


_WRITES = (
    _Write("dark", (), lambda session, _: session.take_dark(), begins=True),
    _Write("white", ("white_reflectance",), _white, begins=True),
    _Write(
        "card", ("name",), lambda session, body: session.take_card(body.text("name")), begins=True
    ),
    _Write(
        "piece",
        ("label",),
        lambda session, body: session.take_piece(body.text("label")),
        begins=True,
    ),
    _Write("empty", (), lambda session, _: session.take_empty(), begins=True),
    _Write("cancel", (), lambda session, _: session.cancel()),
    _Write("undo", (), lambda session, _: session.undo()),
    _Write("keep-cards", (), lambda session, _: session.keep_cards()),
    _Write("forget-cards", (), lambda session, _: session.forget_cards()),
    _Write(
        "forget-class", ("label",), lambda session, body: session.forget_class(body.text("label"))
    ),
    _Write("scene", ("show", "closeness"), _show),
)
