"""The page of settings, and its routes: to look at for everybody, to change with the token."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from flask import Blueprint, render_template
from werkzeug.exceptions import BadRequest, Conflict

from calibration.barometer import Comparison, Reference, compare
from calibration.errors import CalibrationError
from calibration.pressure_offset import PressureOffset, ReferenceKind
from calibration.sea_level import HEIGHTS_M
from sensors.errors import ConfigError

from .access import check_token
from .history_file import HistoryError
from .json_body import JsonBody
from .recorded import check_age, last_samples
from .settings import SETTABLE, Settings
from .token import Token
from .weather import StormLevel

_T = TypeVar("_T")
_MINUTES = 10
_KINDS = tuple(kind.value for kind in ReferenceKind)
_KEYS = tuple(key for _, keys in SETTABLE.values() for key in keys)


class Barometer(NamedTuple):
    """The barometer whose offset can be set.

    history: where its samples are. offset: where its offset is kept. now: tells the time (Unix
    seconds). serial: tells the sensor from others, empty where that is not known.
    """

    history: Path
    offset: Path
    now: Callable[[], float]
    serial: Callable[[], str]


def settings_routes(
    settings: Settings,
    barometer: Barometer,
    token: Token,
    restart: Callable[[], None],
    simulated: str,
) -> Blueprint:
    """Return the routes. restart: has the program start anew, by what is set then."""
    routes = Blueprint("settings", __name__)

    @routes.get("/settings")
    def page() -> str:
        return render_template(
            "settings.html",
            values=_kept(settings.values),
            kept=_kept(settings.kept_keys),
            offset=_kept(partial(_offset_words, barometer.offset)),
            simulated=simulated,
            raised=[(level.word, level.word) for level in StormLevel if level],
        )

    @routes.get("/api/settings")
    def shown() -> dict[str, Any]:
        return {**_kept(settings.values), "set_here": _kept(settings.kept_keys)}

    @routes.post("/api/settings")
    def change() -> dict[str, Any]:
        check_token(token)
        try:
            settings.keep(JsonBody(*_KEYS).values)
        except ConfigError as error:
            raise BadRequest(str(error)) from error
        except CalibrationError as error:
            raise Conflict(str(error)) from error
        restart()
        return shown()

    @routes.post("/api/offset")
    def correct() -> dict[str, Any]:
        check_token(token)
        reference = _reference(JsonBody("reference_hpa", "kind", "who", "height_m", "outdoor_c"))
        try:
            found = _compared(barometer, reference)
            found.offset.save(barometer.offset)
        except (CalibrationError, HistoryError) as error:
            raise Conflict(str(error)) from error
        restart()
        return {"offset_hpa": found.offset.offset_hpa, "words": found.offset.words()}

    @routes.post("/api/offset/forget")
    def forget() -> dict[str, Any]:
        check_token(token)
        JsonBody()
        try:
            barometer.offset.unlink(missing_ok=True)
        except OSError as error:
            raise Conflict(f"{barometer.offset} cannot be deleted: {error.strerror}") from error
        restart()
        return {"offset_hpa": 0.0, "words": ""}

    return routes


def _reference(body: JsonBody) -> Reference:
    kind = body.text("kind")
    if kind not in _KINDS:
        raise BadRequest(f"kind = {kind[:40]!r}: give one of {', '.join(_KINDS)}")
    outdoor = "outdoor_c" in body.values
    try:
        return Reference(
            body.number("reference_hpa", -1.0, 0.0, 2000.0),
            ReferenceKind(kind),
            body.text("who").strip(),
            body.number("height_m", 0.0, *HEIGHTS_M),
            body.number("outdoor_c", 0.0, -90.0, 60.0) if outdoor else None,
        )
    except CalibrationError as error:
        raise BadRequest(str(error)) from error


def _compared(barometer: Barometer, reference: Reference) -> Comparison:
    samples = last_samples(barometer.history, _MINUTES * 60.0)
    check_age(samples, barometer.now())
    return compare(samples, reference, barometer.serial())


def _kept(read: Callable[[], _T]) -> _T:
    """What a file says; what is wrong with it in a sentence, for it may be damaged meanwhile."""
    try:
        return read()
    except (ConfigError, CalibrationError) as error:
        raise Conflict(str(error)) from error


def _offset_words(path: Path) -> str:
    return PressureOffset.load(path).words() if path.exists() else ""
