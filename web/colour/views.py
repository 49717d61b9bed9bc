"""The routes under /colour and /api/colour: looking is free, changing asks for the token."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template

from calibration.errors import CalibrationError

from ..access import check_token
from ..json_body import JsonBody
from ..token import Token
from .desk import Busy
from .sight import Sight

if TYPE_CHECKING:
    from .bench import Bench

_Answer = tuple[dict[str, Any], int]


class Colours:
    """The colour page of one sensor. Numpy and calibration are loaded when it is first opened."""

    def __init__(self, sight: Sight, profile: Path, sorter: Path) -> None:
        self._sight = sight
        self._files = profile, sorter
        self._lock = threading.Lock()
        self._bench: Bench | None = None

    def bench(self) -> "Bench":
        """Return the bench; the first call makes it."""
        with self._lock:
            if self._bench is None:
                from .bench import Bench

                self._bench = Bench(self._sight, *self._files)
            return self._bench

    def close(self) -> None:
        """Leave the sensor alone. Closing twice is fine."""
        if self._bench is not None:
            self._bench.close()


def colour_routes(colours: Colours, token: Token) -> Blueprint:
    """Return the page and what it asks for."""
    pages = Blueprint("colour", __name__)

    @pages.get("/colour")
    def page() -> str:
        return render_template("colour.html", simulated=colours.bench().simulated)

    @pages.get("/api/colour")
    def live() -> dict[str, Any]:
        bench = colours.bench()
        from .answers import live

        return live(bench.present())

    @pages.get("/api/colour/lesson")
    def lesson() -> dict[str, Any]:
        bench = colours.bench()
        from .answers import taught

        return taught(bench, bench.present())

    pages.register_blueprint(_writes(colours, token), url_prefix="/api/colour")
    return pages


def _writes(colours: Colours, token: Token) -> Blueprint:
    """What changes something. What is begun is answered with 202, what is done with 200."""
    writes = Blueprint("writes", __name__)

    @writes.before_request
    def ask_for_the_token() -> None:
        check_token(token)

    @writes.errorhandler(Busy)
    @writes.errorhandler(CalibrationError)  # this is not the moment, or there is no such thing
    def not_now(error: Exception) -> tuple[Response, int]:
        return Response(f"{error}\n", mimetype="text/plain"), 409

    @writes.post("/dark")
    def dark() -> _Answer:
        JsonBody()
        colours.bench().take_dark()
        return _begun()

    @writes.post("/white")
    def white() -> _Answer:
        reflectance = JsonBody("white_reflectance").number("white_reflectance", 0.9, 0.05, 1.0)
        colours.bench().take_white(reflectance)
        return _begun()

    @writes.post("/card")
    def card() -> _Answer:
        name = JsonBody("name").text("name")
        colours.bench().take_card(name)
        return _begun()

    @writes.post("/piece")
    def piece() -> _Answer:
        label = JsonBody("label").text("label")
        colours.bench().take_piece(label)
        return _begun()

    @writes.post("/empty")
    def empty() -> _Answer:
        JsonBody()
        colours.bench().take_empty()
        return _begun()

    @writes.post("/cancel")
    def cancel() -> _Answer:
        JsonBody()
        colours.bench().cancel()
        return _done()

    @writes.post("/undo")
    def undo() -> _Answer:
        JsonBody()
        colours.bench().undo()
        return _done()

    @writes.post("/keep-cards")
    def keep_cards() -> _Answer:
        JsonBody()
        colours.bench().keep_cards()
        return _done()

    @writes.post("/forget-cards")
    def forget_cards() -> _Answer:
        JsonBody()
        colours.bench().forget_cards()
        return _done()

    @writes.post("/forget-class")
    def forget_class() -> _Answer:
        label = JsonBody("label").text("label")
        colours.bench().forget_class(label)
        return _done()

    @writes.post("/scene")
    def scene() -> _Answer:
        body = JsonBody("show", "closeness")
        surface, closeness = body.text("show"), body.number("closeness", 1.0, 0.2, 5.0)
        colours.bench().show(surface, closeness)
        return _done()

    return writes


def _begun() -> _Answer:
    return {"state": "begun"}, 202


def _done() -> _Answer:
    return {"state": "done"}, 200
