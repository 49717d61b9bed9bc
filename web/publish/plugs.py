"""The plugs that the settings ask for; what is not asked for is not even loaded."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, Protocol, cast

from ..bulletin import Bulletin, Notices
from ..plugging import PLUGS
from .plug import Plug, Ship, Wire


class _Room(Protocol):
    """A plug's file."""

    def plug_of(self, tables: Mapping[str, Any], where: str, ship: Ship) -> Plug:
        """The plug, by its table; ConfigError for a setting that cannot be."""


def plugs_of(tables: Mapping[str, Any], where: str, ship: Ship) -> list[Plug]:
    """The plugs whose tables are there. Raises ConfigError."""
    rooms = [import_module(f".{PLUGS[name]}", __package__) for name in PLUGS if name in tables]
    return [cast(_Room, room).plug_of(tables, where, ship) for room in rooms]


@contextmanager
def plugged(
    plugs: list[Plug], notices: Notices, correct: Callable[[Bulletin], Bulletin]
) -> Iterator[None]:
    """Have them told of each bulletin for as long as this is entered."""
    with ExitStack() as wires:
        for plug in plugs:
            notices.read_along(wires.enter_context(Wire(plug, correct=correct)).take)
        yield
