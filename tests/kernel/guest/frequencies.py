"""Square waves timed by both backends as they are, beside the source's own count."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import bench
import gpiod

from sensors import SensorError
from sensors.backends.kernel_gpio import KernelPins
from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.frequency.estimate import frequency_of
from sensors.ports import Pins
from sensors.readings import Edges

OUT = 25
# Hz, and a gate of some periods.
WAVES = ((50, 1.0), (120, 0.5), (500, 0.2), (1_100, 0.05), (5_000, 0.05), (12_000, 0.05))
FAST = ((20_000, 0.05), (40_000, 0.05))
# A host that stops the whole machine for some milliseconds makes edges merge: another try, then.
TRIES = 5


def measure(pins: Pins, hz: float, gate_time_s: float) -> dict[str, Any]:
    """Time one wave; say what was measured, what was true, or why there is no answer."""
    bench.shine(red_hz=hz)
    bench.forget()
    try:
        edges = pins.rising_edges(OUT, gate_time_s)
    except SensorError as error:
        return {"hz": hz, "refused": f"{type(error).__name__}: {error}"}
    finally:
        bench.shine()
    return {"hz": hz, **compare(edges)}


def compare(edges: Edges) -> dict[str, Any]:
    measured = frequency_of(edges)
    true = bench.truth(edges.timestamps_ns)
    numbers = edges.sequence_numbers
    return {
        "measured": measured._asdict(),
        "true": true._asdict(),
        "delivered": len(edges.timestamps_ns),
        "numbered": numbers[-1] - numbers[0] + 1 if numbers else None,
        "dropped_before": edges.dropped,
        "skipped": bench.source().skipped,
    }


def in_peace(result: dict[str, Any]) -> bool:
    """Whether the source kept its time, and the kernel made an event of each of its edges."""
    if "refused" in result or result["skipped"]:
        return False
    return result["numbered"] in (None, result["true"]["rises"])


def first_in_peace(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The first of some attempts that the host did not disturb, else the last."""
    for _ in range(TRIES):
        result = attempt()
        if in_peace(result):
            break
    return result


def slow_reader(hz: float) -> dict[str, Any]:
    """A queue of 16 edges, looked into far too seldom."""
    line = gpiod.line
    settings = gpiod.LineSettings(edge_detection=line.Edge.RISING, bias=line.Bias.PULL_DOWN)
    bench.shine(red_hz=hz)
    bench.forget()
    events = []
    with gpiod.request_lines(
        "/dev/gpiochip0", config={OUT: settings}, event_buffer_size=16
    ) as request:
        began = time.monotonic()
        for _ in range(10):
            time.sleep(0.02)
            events += request.read_edge_events(16)
        elapsed_s = time.monotonic() - began
    bench.shine()
    stamps = [event.timestamp_ns for event in events]
    return compare(Edges(stamps, [event.line_seqno for event in events], elapsed_s))


@contextmanager
def late_interrupt_thread() -> Iterator[None]:
    """Keep the kernel's interrupt thread waiting for 0.3 ms again and again: edges merge."""
    hog = os.fork()
    if hog == 0:
        # Above the thread's priority, 50.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(60))
        while True:
            until_ns = time.monotonic_ns() + 300_000
            while time.monotonic_ns() < until_ns:
                pass
            time.sleep(0.002)
    try:
        yield
    finally:
        os.kill(hog, signal.SIGKILL)
        os.waitpid(hog, 0)


def through_gpiod() -> dict[str, Any]:
    pins = KernelPins()
    measure(pins, 1_000, 0.01)  # everything is loaded before it counts
    waves = [first_in_peace(partial(measure, pins, *wave)) for wave in WAVES + FAST]
    with late_interrupt_thread():
        merged = [measure(pins, 5_000, 0.1) for _ in range(5)]
    slow = first_in_peace(partial(slow_reader, 5_000))
    return {"waves": waves, "merged": merged, "slow_reader": slow}


def through_rpi_lgpio() -> dict[str, Any]:
    pins = RPiGPIOPins()
    measure(pins, 1_000, 0.01)
    waves = [measure(pins, *wave) for wave in FAST]
    possible = [first_in_peace(partial(measure, pins, *wave)) for wave in WAVES]
    # Looked at once a period or so, a fast wave passes for a slow one: nowhere may it.
    beats = [measure(pins, round(13_000 * 1.06**step), 0.01) for step in range(24)]
    return {"waves": possible + waves, "beats": beats}


bench.wire(OUT)
bench.report(through_rpi_lgpio() if "rpi-lgpio" in sys.argv else through_gpiod())
