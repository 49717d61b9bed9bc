"""The description of the routes, against the routes themselves and what they answer."""

from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from calibration.pressure.offset import ReferenceKind
from tests.support.waiting import eventually
from web.display.preferences import NIGHTS
from web.display.units import UNITS
from web.history.clock_trust import EARLIEST_MS, LATEST_MS, ClockTrust
from web.history.events import EventKind
from web.history.reader import MOST_COLUMNS
from web.history.writer import History
from web.pages.app import create_app
from web.pages.context import PageContext
from web.pages.overview import StationInfo
from web.pages.preference_store import SETTABLE
from web.pages.request_parsing import FEWEST_HOURS, MOST_HOURS
from web.pages.security.token import Token
from web.recorder.conditions import Conditions, ConditionsFeed
from web.recorder.pacing import RecordPace
from web.weather import Sample, StormLevel

INFO = StationInfo(3600.0, 2, "1.2.3")
# They are for browsers: no program asks for one.
FILES = "/static/<filename>"


@pytest.fixture
def client(whole: Flask) -> FlaskClient:
    return whole.test_client()


@pytest.fixture
def described(client: FlaskClient) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").get_json()
    return described


def agrees(described: dict[str, Any], method: str, path: str, answer: TestResponse) -> bool:
    """Whether an answer is one of those that are described; what disagrees is raised."""
    operation = described["paths"][path.partition("?")[0]][method]
    told = operation["responses"][str(answer.status_code)]
    if "$ref" in told:
        told = described["components"]["responses"][told["$ref"].rpartition("/")[2]]
    content = told.get("content", {})
    if not content:
        return bool(answer.data == b"")
    assert list(content) == [answer.mimetype]
    (media,) = content.values()
    value = answer.get_json() if answer.mimetype == "application/json" else answer.text
    schema = {**media["schema"], "components": described["components"]}
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(value)
    return True


def test_every_route_is_described_and_nothing_else(whole: Flask, described: dict[str, Any]) -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in whole.url_map.iter_rules()
        if rule.rule != FILES
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, item in described["paths"].items() for method in item}
    assert told == routes


def test_what_an_application_does_not_have_is_not_described(
    history: History, feed: ConditionsFeed
) -> None:
    app = create_app(PageContext(history.path, RecordPace([0.0], 0.0, 0.0), INFO, feed))
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    assert "/api/now" in paths
    assert not [path for path in paths if "alarm/" in path or "colour" in path]


def test_writes_and_they_alone_ask_for_the_token(
    client: FlaskClient, described: dict[str, Any]
) -> None:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            answer = client.open(path, method=method)
            needs = operation.get("security") == [{"token": []}]
            assert (answer.status_code == 401) == needs == (method == "post")
            assert agrees(described, method, path, answer)
            if needs:
                answer = client.open(path, method=method, headers={"Authorization": "Bearer x"})
                assert answer.status_code in (401, 429)
                assert agrees(described, method, path, answer)


@pytest.mark.parametrize(
    "route",
    [
        "/api/now",
        "/api/outlook",
        "/api/alarm",
        "/api/pressure",
        "/api/pressure?hours=3",
        "/api/pressure?hours=null",
        "/api/events",
        "/events?zone=Europe/Dublin",
        "/events?zone=Nowhere",
        "/healthz",
        "/export.csv",
        "/metrics",
        "/now.txt?unit=inhg&zone=Europe/Dublin",
        "/chart.svg?hours=8760&dim=1&night=1",
        "/chart.svg?zone=Nowhere",
    ],
)
def test_answers_are_as_described(
    client: FlaskClient, described: dict[str, Any], route: str
) -> None:
    assert agrees(described, "get", route, client.get(route))


def test_so_they_are_without_a_reading_and_without_a_history(
    client: FlaskClient, described: dict[str, Any], feed: ConditionsFeed, history: History
) -> None:
    feed.publish(Conditions(outage="nobody answers at 0x77"))
    history.path.unlink()
    for path in described["paths"]:
        if "get" in described["paths"][path]:
            assert agrees(described, "get", path, client.get(path))


def test_stretches_are_as_described(
    history: History, client: FlaskClient, described: dict[str, Any], half_past_four: float
) -> None:
    for n in range(1000):
        history.queue(Sample(half_past_four - 1000 + n, 950.0), None)
    history.commit()
    answer = client.get("/api/pressure?hours=9")
    assert "low_hpa" in answer.get_json()["samples"][0]
    assert agrees(described, "get", "/api/pressure", answer)


def test_writes_answer_as_described(
    client: FlaskClient, described: dict[str, Any], token: Token
) -> None:
    bodies: dict[str, object] = {
        "/api/clock": {"unix_ms": 1_795_836_000_000},
        "/api/colour/card": {"name": "no such card"},
        "/api/colour/piece": {"label": "type 1"},
        "/api/colour/forget-class": {"label": "no such class"},
        "/api/colour/scene": {"show": "", "closeness": 1.0},
        "/api/settings": {"zone": "Europe/Dublin", "unit": "inhg", "latitude": None},
        "/api/offset": {"reference_hpa": 1013.0, "kind": "qnh", "who": "Horta"},
    }
    headers = {"Authorization": f"Bearer {token.text}"}
    for path, item in described["paths"].items():
        if "post" in item:
            answer = client.post(path, json=bodies.get(path, {}), headers=headers)
            assert answer.status_code in (200, 202, 204, 409), (path, answer.text)
            assert agrees(described, "post", path, answer)


@pytest.mark.long("a whole lesson")
def test_what_was_taught_is_as_described(
    client: FlaskClient, described: dict[str, Any], token: Token
) -> None:
    """Dark, white, a card and two classes: then nothing in the lesson is null."""
    headers = {"Authorization": f"Bearer {token.text}"}

    def take(what: str, show: str, **body: object) -> None:
        scene = {"show": show, "closeness": 1.0}
        assert client.post("/api/colour/scene", json=scene, headers=headers).status_code == 200
        before = client.get("/api/colour").get_json()["notice"]["number"]
        begun = client.post(f"/api/colour/{what}", json=body, headers=headers)
        assert begun.status_code == 202, begun.text
        assert agrees(described, "post", f"/api/colour/{what}", begun)
        assert agrees(described, "get", "/api/colour", client.get("/api/colour"))
        assert eventually(lambda: client.get("/api/colour").get_json()["notice"]["number"] > before)
        assert eventually(lambda: client.get("/api/colour").get_json()["errand"] is None)

    surfaces = client.get("/api/colour/lesson").get_json()["surfaces"]
    red, blue = surfaces[0], surfaces[1]
    take("dark", "")
    take("white", "white")
    for name in (red, blue):
        take("card", name, name=name)
        for _ in range(3):
            take("piece", name, label=f"class {name}")
    assert eventually(lambda: client.get("/api/colour").get_json()["seen"] is not None)
    for path in ("/api/colour", "/api/colour/lesson"):
        answer = client.get(path)
        assert agrees(described, "get", path, answer)
    lesson = client.get("/api/colour/lesson").get_json()
    assert lesson["classes"]["confusion"] is not None
    assert len(lesson["cards"]["rows"]) >= 2


@pytest.mark.long("schemathesis takes seconds to load")
def test_the_description_is_openapi(described: dict[str, Any]) -> None:
    """By schemathesis' reading of it: every operation can be made a request of."""
    import schemathesis

    operations = list(schemathesis.openapi.from_dict(described).get_all_operations())
    assert len(operations) == sum(map(len, described["paths"].values()))
    assert all(type(found).__name__ == "Ok" for found in operations)


def test_bounds_and_choices_are_those_of_the_program(described: dict[str, Any]) -> None:
    components = described["components"]
    parameters, schemas = components["parameters"], components["schemas"]
    hours = parameters["hours"]["schema"]
    assert (hours["minimum"], hours["maximum"]) == (FEWEST_HOURS, MOST_HOURS)
    assert parameters["unit"]["schema"]["enum"] == list(UNITS)
    assert parameters["night"]["schema"]["enum"] == list(NIGHTS)
    assert schemas["level"]["enum"] == [level.name.lower() for level in StormLevel]
    assert schemas["clock_trust"]["enum"] == [trust.name.lower() for trust in ClockTrust]
    assert schemas["event"]["properties"]["kind"]["enum"] == list(EventKind)
    assert schemas["pressure"]["properties"]["samples"]["maxItems"] == MOST_COLUMNS
    assert set(schemas["settings"]["properties"]) - {"set_here"} == {
        key for keys in SETTABLE.values() for key in keys
    }
    body = described["paths"]["/api/clock"]["post"]["requestBody"]["content"]["application/json"]
    clock = body["schema"]["properties"]["unix_ms"]
    assert (clock["minimum"], clock["maximum"]) == (EARLIEST_MS, LATEST_MS)
    kinds = [
        piece["properties"]["kind"]["const"] for piece in schemas["reference_barometer"]["oneOf"]
    ]
    assert kinds == [kind.value for kind in ReferenceKind]
