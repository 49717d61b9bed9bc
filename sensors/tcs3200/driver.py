"""The driver of the TCS3200, a light-to-frequency colour sensor."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from math import hypot
from threading import Event
from typing import Any, Self

from ..backends import best_pins
from ..errors import ConfigError, PinError, SensorError
from ..ports import Pins
from ..readings import Frequency, RawColour
from .background import Background, listener
from .channels import Channels
from .diagnosis import Finding, diagnose
from .filters import Filter, FrequencyScaling
from .ranging import first_scaling
from .sharing import neighbours_off, release_place, reserve_place
from .wiring import Times, Wiring

# The longest wait for ambient light, in gates: dimmer light does not matter.
_AMBIENT_GATES = 4
# A channel has changed by this share of the brighter reading's clear: the colour has changed.
_CHANGE = 0.1


class TCS3200:
    """A TCS3200 on GPIO lines, by BCM number. A context manager; closing twice is fine.

    out, s2, s3: always wired.
    s0, s1: if wired, scaling="auto" ranges between 2 % and 20 %, and the sensor is powered down
    between readings; otherwise it counts as strapped to 20 %.
    scaling: another strapping; a FrequencyScaling, or its name, such as "2%".
    oe: active low, on while reading; sensors with an OE line each may share one OUT line and one
    Pins object.
    led: on from the first reading to closing.
    gate_time_s: the time for each channel; multiples of 0.05 cancel 100 and 120 Hz lamp flicker,
    and 0.01 is fast, for a sensor that sees only its own LED.
    timeout_s: the longest wait for a dark channel.
    pins: a Pins object, which the caller closes; by default the best of this machine.

    Any thread may read; readings are taken one after the other.
    Raises ConfigError for impossible wiring; the first reading claims the lines.
    """

    def __init__(
        self,
        out: int,
        s2: int,
        s3: int,
        s0: int | None = None,
        s1: int | None = None,
        oe: int | None = None,
        led: int | None = None,
        *,
        scaling: FrequencyScaling | str = "auto",
        gate_time_s: float = 0.05,
        timeout_s: float = 1.0,
        pins: Pins | None = None,
    ) -> None:
        self._wiring = Wiring(out, s2, s3, s0, s1, oe, led)
        self._times = Times(gate_time_s, timeout_s)
        auto, first = first_scaling(scaling, strapped=s0 is None)
        self._pins = best_pins() if pins is None else pins
        self._owns_pins = pins is None
        self._place = reserve_place(self._pins, self._wiring)
        self._channels = Channels(self._pins, self._wiring, first, auto)
        self._background = Background(self._read_until, self._on_reading)
        self._announced: RawColour | None = None
        self._when_colour_changed: Callable[..., Any] | None = None
        self._call: Callable[[], Any] | None = None
        self._used = False
        self._closed = False

    @property
    def scaling(self) -> FrequencyScaling:
        """The output scaling of the next reading for clear, the brightest channel."""
        return self._channels.scaling

    @property
    def gate_time_s(self) -> float:
        """The time for each channel; may be set between readings. Raises ConfigError."""
        return self._times.gate_time_s

    @gate_time_s.setter
    def gate_time_s(self, seconds: float) -> None:
        self._times = replace(self._times, gate_time_s=seconds)

    @property
    def timeout_s(self) -> float:
        """The longest wait for a dark channel; may be set between readings."""
        return self._times.timeout_s

    @timeout_s.setter
    def timeout_s(self, seconds: float) -> None:
        self._times = replace(self._times, timeout_s=seconds)

    def read(self) -> RawColour:
        """Time all four filters and return their frequencies in Hz at 100 % scaling.

        Darkness is 0.0 and takes gate_time_s + timeout_s a channel; a fault raises SensorError.
        """
        return _raw(self.measure())

    def measure(self) -> dict[Filter, Frequency]:
        """Read, and return uncertainty, edges and lost edges as well."""
        return self._measure(self.timeout_s)

    def read_without_ambient(self) -> RawColour:
        """Return the light of the sensor's own LED: a reading with it on minus one with it off.

        A channel may come out slightly below zero. Raises ConfigError when no LED line is wired.
        """
        return _raw(self.measure_without_ambient())

    def measure_without_ambient(self) -> dict[Filter, Frequency]:
        """Read without ambient light, and return uncertainty, edges and lost edges as well."""
        if self._wiring.led is None:
            raise ConfigError(
                "TCS3200: led is not given: only switching it separates ambient light"
            )
        ambient_s = min(self.timeout_s, _AMBIENT_GATES * self.gate_time_s)
        with self._place.lock:
            lit = self._measure(self.timeout_s)
            try:
                ambient = self._measure(ambient_s, led=False)
            finally:
                self._channels.light(led=True)
        return {channel: _difference(lit[channel], ambient[channel]) for channel in lit}

    def diagnose(self) -> list[Finding]:
        """Return the faults of the wires or the light; an empty list if all is well.

        Takes some seconds, and longer in the dark.
        """
        with self._awake(led=True):
            return diagnose(self._pins, self._wiring, self.scaling)

    def start(self, interval_s: float = 0.0) -> None:
        """Start reading in the background, every interval_s or as fast as possible.

        `latest` is the newest reading; `when_colour_changed` is called at each change. An error of
        a reading or of the callback ends the background, and `latest` raises it.
        """
        if self._closed:
            raise PinError("this TCS3200 is closed: open another")
        if not 0.0 <= interval_s <= 86400.0:
            raise ConfigError(f"TCS3200: interval_s={interval_s}: choose 0 to 86400 s")
        self._background.start(interval_s)

    @property
    def latest(self) -> RawColour:
        """The newest reading of the background; waits for the first one."""
        return self._background.latest()

    def stop(self) -> None:
        """End the background after the channel being timed. Stopping twice is fine."""
        self._background.stop()

    @property
    def when_colour_changed(self) -> Callable[..., Any] | None:
        """A function to call, with this sensor or without arguments, if the colour has changed.

        It runs in the background thread, between readings, and may stop it. The colour has changed
        if a channel differs from the last call by a tenth of the brighter clear channel.
        """
        return self._when_colour_changed

    @when_colour_changed.setter
    def when_colour_changed(self, function: Callable[..., Any] | None) -> None:
        self._call = listener(function, self)
        self._when_colour_changed = function

    def rest(self) -> None:
        """Switch the LED off until the next reading, if there is a line for it."""
        with self._place.lock:
            if self._used and not self._closed:
                self._channels.light(led=False)

    def close(self) -> None:
        """Stop the background, switch the output and the LED off, release the lines."""
        self._background.stop()
        with self._place.lock:
            if self._closed:
                return
            self._closed = True
            with ExitStack() as closing:  # an error of one does not keep the others
                if self._owns_pins:
                    closing.callback(self._pins.close)
                closing.callback(release_place, self._pins, self._place)
                if self._used:
                    closing.callback(self._channels.light, led=False)
                    closing.callback(self._channels.power_down)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _measure(
        self, timeout_s: float, stop: Event | None = None, *, led: bool = True
    ) -> dict[Filter, Frequency]:
        with self._awake(led=led):
            return self._channels.time_all(self.gate_time_s, timeout_s, stop or Event())

    @contextmanager
    def _awake(self, *, led: bool) -> Iterator[None]:
        """Wake the sensor, with its lines to itself; power it down, without hiding an error."""
        with self._place.lock:
            if self._closed:
                raise PinError("this TCS3200 is closed: open another")
            try:
                off = neighbours_off(self._pins, self._place)
                if off:
                    self._pins.drive(off)
                self._channels.wake(led=led)
                self._used = True
                yield
            except BaseException as fault:
                try:
                    self._channels.power_down()
                except SensorError as second:
                    if self._used:  # else it was never awake
                        fault.add_note(f"and the sensor could not be powered down: {second}")
                raise
            self._channels.power_down()

    def _read_until(self, stop: Event) -> RawColour:
        return _raw(self._measure(self.timeout_s, stop))

    def _on_reading(self, reading: RawColour) -> None:
        if self._announced is None:
            self._announced = reading
        elif _differ(self._announced, reading):
            self._announced = reading
            call = self._call  # another thread may assign it
            if call is not None:
                call()


def _raw(channels: dict[Filter, Frequency]) -> RawColour:
    return RawColour(*(channels[Filter[name.upper()]].hz for name in RawColour._fields))


def _difference(lit: Frequency, ambient: Frequency) -> Frequency:
    return Frequency(
        lit.hz - ambient.hz,
        hypot(lit.uncertainty_hz, ambient.uncertainty_hz),
        lit.edges + ambient.edges,
        lit.lost + ambient.lost,
    )


def _differ(one: RawColour, other: RawColour) -> bool:
    brighter_hz = max(one.clear, other.clear)
    return any(abs(a - b) > _CHANGE * brighter_hz for a, b in zip(one, other, strict=True))
