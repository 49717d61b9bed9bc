"""The virtual machine for the tests; without what it needs they are skipped, and say why."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, NoReturn

import pytest
from machine import Guest, run
from machine_parts import HERE, PartMissing, Parts, prepare
from power import Cut
from power_cuts import Tally, cut_one_card, cut_power


@pytest.fixture(scope="session")
def parts(pytestconfig: pytest.Config) -> Parts:
    """What the machine is made of, built if need be. With CI set it must be possible."""
    with _seen(pytestconfig), _to_be_had():
        return prepare()


@pytest.fixture(scope="session")
def guest(parts: Parts, pytestconfig: pytest.Config) -> Guest:
    """Runs a program in the guest; a program that fails, fails the test with its output."""

    @cache  # a boot takes ten seconds, and says the same each time
    def run_program(name: str, *arguments: str) -> Any:
        with _seen(pytestconfig):
            outcome = run(parts, HERE / "guest" / name, *arguments)
        assert outcome.status == 0, f"{name} ended with {outcome.status}:\n{outcome.output}"
        return outcome.result

    return run_program


@pytest.fixture(scope="session")
def rpi_lgpio(parts: Parts) -> str:
    """The argument that has a program use rpi-lgpio, where that can be had."""
    if parts.rpi_lgpio:
        _missing(f"no rpi-lgpio for this Python: {parts.rpi_lgpio}")
    return "rpi-lgpio"


@pytest.fixture(scope="session")
def tallies(parts: Parts, pytestconfig: pytest.Config) -> list[Tally]:
    """What came of cuts while the logger's writer records, and of some while it starts.

    Eight of them in a usual run and twenty in a whole one: each is a boot of ten seconds.
    """
    with _seen(pytestconfig), _to_be_had():
        return cut_power(parts, 20 if pytestconfig.getoption("--all") else 8)


@pytest.fixture(scope="session")
def careless_tally(parts: Parts, pytestconfig: pytest.Config) -> Tally:
    """The same of one cut, three seconds into the record of a writer that does not wait."""
    with _seen(pytestconfig), _to_be_had():
        return cut_one_card(parts, [Cut("acknowledged", 30, 0)], random.Random(0), "careless")


@contextmanager
def _to_be_had() -> Iterator[None]:
    try:
        yield
    except PartMissing as error:
        _missing(f"no virtual machine: {error}")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def _seen(config: pytest.Config) -> Iterator[None]:
    """Let a person see the progress: building takes a minute, each boot some seconds."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        yield
