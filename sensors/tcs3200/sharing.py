"""Sensors that share one Pins object: one reads at a time, and on a shared OUT the others are off.

    OUT ---+---------+---------+---- GPIO25
           |         |         |
        sensor 1  sensor 2  sensor 3      one output enabled at a time
          OE ^      OE ^      OE ^

Two enabled outputs on one line would drive against each other.
"""

from threading import RLock
from weakref import WeakKeyDictionary, WeakSet

from ..errors import ConfigError
from ..ports import Pins
from .wiring import Wiring


class Place:
    """One sensor's place on its pins. All places share `lock`, which a reading holds."""

    def __init__(self, wiring: Wiring, lock: RLock) -> None:
        self.wiring = wiring
        self.lock = lock


class _Shared:
    def __init__(self) -> None:
        self.lock = RLock()
        self.places: WeakSet[Place] = WeakSet()
        self.reserved: dict[int, str] = {}


_pins_in_use: WeakKeyDictionary[Pins, _Shared] = WeakKeyDictionary()
_registry = RLock()


def reserve_place(pins: Pins, wiring: Wiring) -> Place:
    """Return a place for a sensor wired like this.

    Raises ConfigError if a line is a different pin of another sensor, or if both have the same OUT
    line and not each has its own OE.
    """
    with _registry:
        shared = _pins_in_use.setdefault(pins, _Shared())
        for other in shared.places:
            _check_beside(wiring, other.wiring)
        for line, what in shared.reserved.items():
            check_free(wiring, line, what)
        place = Place(wiring, shared.lock)
        shared.places.add(place)
        return place


def reserve(pins: Pins, line: int, what: str) -> None:
    """Reserve a line of these pins for something other than a sensor, until release().

    Raises ConfigError if a sensor on these pins uses it. On another Pins object the kernel reports
    a line in use.
    """
    with _registry:
        shared = _pins_in_use.setdefault(pins, _Shared())
        for place in shared.places:
            check_free(place.wiring, line, what)
        shared.reserved[line] = what


def release(pins: Pins, line: int) -> None:
    """Free a reserved line. Releasing twice is fine."""
    with _registry:
        if pins in _pins_in_use:
            _pins_in_use[pins].reserved.pop(line, None)


def check_free(wiring: Wiring, line: int, what: str) -> None:
    """Raise ConfigError if a sensor wired like this uses a line that something else drives."""
    for pin, wired in wiring.wired().items():
        if wired == line:
            raise ConfigError(
                f"TCS3200: {pin} is on GPIO{line}, which drives {what}: wire it to another line"
            )


def release_place(pins: Pins, place: Place) -> None:
    """Free a place. Releasing twice is fine."""
    with _registry:
        if pins in _pins_in_use:
            _pins_in_use[pins].places.discard(place)


def neighbours_off(pins: Pins, place: Place) -> dict[int, bool]:
    """Return the levels that keep the other sensors on the same OUT line off it."""
    with _registry:
        others = [other.wiring for other in _pins_in_use[pins].places if other is not place]
    return {
        other.oe: True  # output enable is active low
        for other in others
        if other.out == place.wiring.out and other.oe is not None
    }


def _check_beside(wiring: Wiring, other: Wiring) -> None:
    roles = {line: pin for pin, line in other.wired().items()}
    for pin, line in wiring.wired().items():
        if roles.get(line, pin) != pin:
            raise ConfigError(
                f"TCS3200: GPIO{line} is {pin} here and {roles[line]} of another sensor on the"
                " same pins: sensors may share a line only for the same pin"
            )
    own_oe = wiring.oe is not None and other.oe is not None and wiring.oe != other.oe
    if wiring.out == other.out and not own_oe:
        raise ConfigError(
            f"TCS3200: two sensors have OUT on GPIO{wiring.out}: each of them needs an OE line of"
            " its own, so that one can be off while the other is read (close the first one if it"
            " is no longer used)"
        )
