"""The page of settings, and its routes: anyone may read them; changing them needs the token."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from calibration.errors import CalibrationError
from calibration.pressure.offset import PressureOffset, ReferenceKind
from calibration.pressure.sea_level import HEIGHTS_M
from sensors.errors import ConfigError

from ..history.database import HistoryError
from ..history.reader import check_age, last_samples
from ..weather import StormLevel
from .preference_store import SETTABLE, SettableStore, settable_values
from .request_parsing import JsonBody
from .security.access import check_token
from .security.tokens import Tokens

_MINUTES = 10
_KINDS = tuple(kind.value for kind in ReferenceKind)
_KEYS = tuple(key for keys in SETTABLE.values() for key in keys)


class BarometerInfo(NamedTuple):
    """The barometer whose offset can be set.

    history: the file of its samples. now: returns the time (Unix seconds). serial: returns what
    tells the sensor from others, "" if unknown. simulated: whether it is the twin.
    """

    history: Path
    now: Callable[[], float]
    serial: Callable[[], str]
    simulated: bool = False


def settings_routes(store: SettableStore, barometer: BarometerInfo, tokens: Tokens) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("settings", __name__)

    @routes.get("/settings")
    def page() -> str:
        offset = store.current.offset
        return render_template(
            "settings.html",
            values=_rounded(settable_values(store.current)),
            kept=store.changed_keys,
            offset=offset.words() if offset else "",
            simulated=barometer.simulated,
            raised=[(level.word, level.word) for level in StormLevel if level],
        )

    @routes.get("/api/settings")
    def settings() -> tuple[dict[str, Any], dict[str, str]]:
        if "Authorization" not in request.headers:
            return _fields(store, _rounded(settable_values(store.current)))
        check_token(tokens)
        return _fields(store, settable_values(store.current))

    @routes.post("/api/settings")
    def change() -> tuple[dict[str, Any], dict[str, str]]:
        check_token(tokens)
        store.save(JsonBody(*_KEYS).values)
        return _fields(store, settable_values(store.current))

    @routes.post("/api/offset")
    def correct() -> dict[str, Any]:
        check_token(tokens)
        body = JsonBody("reference_hpa", "kind", "who", "height_m", "outdoor_c")
        return _save_offset(store, _compared(barometer, body))

    @routes.post("/api/offset/forget")
    def forget() -> dict[str, Any]:
        check_token(tokens)
        JsonBody()
        return _save_offset(store, None)

    routes.register_error_handler(ConfigError, lambda error: _refusal(error, 400))
    routes.register_error_handler(CalibrationError, lambda error: _refusal(error, 409))
    routes.register_error_handler(HistoryError, lambda error: _refusal(error, 409))
    return routes


def side_file_routes(acknowledge_files: Callable[[], None], tokens: Tokens) -> Blueprint:
    """Return the route that acknowledges the faults of side files."""
    routes = Blueprint("side_files", __name__)

    @routes.post("/api/side-files/acknowledge")
    def acknowledge() -> Response:
        check_token(tokens)
        acknowledge_files()
        return Response(status=204)

    return routes


def _fields(store: SettableStore, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    return {**values, "set_here": list(store.changed_keys)}, {"Cache-Control": "no-store"}


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings as anyone may read them: the position to a kilometre."""
    position = {key: values[key] for key in ("latitude", "longitude") if values[key] is not None}
    return {**values, **{key: round(degrees, 2) for key, degrees in position.items()}}


def _refusal(error: Exception, status: int) -> Response:
    return Response(f"{error}\n", status, mimetype="text/plain")


def _save_offset(store: SettableStore, offset: PressureOffset | None) -> dict[str, Any]:
    store.save_offset(offset)
    return {
        "offset_hpa": offset.offset_hpa if offset else 0.0,
        "words": offset.words() if offset else "",
    }


def _compared(barometer: BarometerInfo, body: JsonBody) -> PressureOffset:
    """Return the offset against the reference that a person gives."""
    from calibration.pressure.comparison import Reference, compare  # 1 MB that most never need

    kind = body.text("kind")
    if kind not in _KINDS:
        raise BadRequest(f"kind = {kind[:40]!r}: give one of {', '.join(_KINDS)}")
    outdoor = "outdoor_c" in body.values
    try:
        reference = Reference(
            body.number("reference_hpa", -1.0, 0.0, 2000.0),
            ReferenceKind(kind),
            body.text("who").strip(),
            body.number("height_m", 0.0, *HEIGHTS_M),
            body.number("outdoor_c", 0.0, -90.0, 60.0) if outdoor else None,
        )
    except CalibrationError as error:
        raise BadRequest(str(error)) from error
    samples = last_samples(barometer.history, _MINUTES * 60.0)
    check_age(samples, barometer.now())
    return compare(samples, reference, barometer.serial()).offset
