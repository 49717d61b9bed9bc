"""Colour sensors that the page can be given, and guests who have its token."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sensors import SensorError
from sensors.readings import RawColour
from web.pages.colour.routes import ColourPage
from web.pages.colour.sensor_port import Reading, Surface
from web.pages.security.token import Token

Channels = tuple[float, float, float, float]

NO_ERROR = RawColour(0.5, 0.5, 0.5, 0.5)

COLOURS = {"red": (900.0, 200.0, 250.0, 1350.0), "green": (250.0, 800.0, 300.0, 1350.0)}
READINGS: dict[str, Channels] = {
    "": (20.0, 18.0, 17.0, 50.0),
    "white": (2000.0, 1800.0, 1700.0, 5500.0),
    **COLOURS,
}
SURFACES = [
    Surface("white", (0.855, 0.9, 0.98)),
    Surface("red", (0.2, 0.12, 0.06)),
    Surface("green", (0.1, 0.2, 0.08)),
]


class Played:
    """A colour sensor that gives a reading for each surface, or raises.

    looks counts them; resting is set while it is at rest. While `held` it does not answer.
    """

    simulated = True
    scaling = "20%"

    def __init__(self, readings: dict[str, Channels], surfaces: Sequence[Surface] = ()) -> None:
        self.readings = readings
        self.surfaces = surfaces
        self.lies_there = ""
        self.looks = 0
        self.fault: Exception | None = None
        self.resting = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    def look(self) -> Reading:
        self.resting.clear()
        self.looks += 1
        self.answers.wait()
        if self.fault is not None:
            raise self.fault
        return Reading(RawColour(*self.readings[self.lies_there]), NO_ERROR, 0)

    def rest(self) -> None:
        self.resting.set()

    def show(self, surface: str, closeness: float) -> None:
        self.lies_there = surface


class Failing(SensorError, OSError):
    """What a real sensor may say."""


class Page(NamedTuple):
    """The application over a sight, with its token and its files."""

    app: Flask
    colours: ColourPage
    token: Token
    profile: Path
    sorter: Path

    def client(self) -> "Guest":
        return Guest(self.app.test_client(), self.token)


class Guest(NamedTuple):
    """Somebody who has the token."""

    client: FlaskClient
    token: Token

    def tell(self, what: str, **body: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token.text}"}
        return self.client.post(f"/api/colour/{what}", json=body, headers=headers)

    def live(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get("/api/colour").get_json()
        return answer

    def lesson(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get("/api/colour/lesson").get_json()
        return answer

    def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask until something is so; pytest's patience is the limit."""
        for _ in range(20_000):
            answer = self.live()
            if is_so(answer):
                return answer
            threading.Event().wait(0.005)
        pytest.fail(f"it never came to be so: {answer}")

    def until_seen(self, raw: Channels) -> dict[str, Any]:
        """Ask until this is what the sensor sees."""
        return self.until(
            lambda now: now["seen"] is not None and now["seen"]["hz"]["clear"] == raw[3]
        )

    def take(self, what: str, **body: Any) -> dict[str, Any]:
        """Tap, and wait for how it ended."""
        before = self.live()["notice"]["number"]
        answer = self.tell(what, **body)
        assert answer.status_code == 202, answer.get_data(as_text=True)
        found = self.until(lambda now: now["notice"]["number"] > before and not now["errand"])
        notice: dict[str, Any] = found["notice"]
        return notice
