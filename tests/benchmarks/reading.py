"""What a reading costs: four channels in real time, darkness, and ten thousand starts and stops.

.venv/bin/python tests/benchmarks/reading.py          some two minutes
.venv/bin/python tests/benchmarks/reading.py 500      with fewer starts and stops
"""

import sys
import threading
import time
from pathlib import Path
from typing import Any

import figures

from sensors import TCS3200, RawColour
from sensors.frequency.estimate import frequency_from_edges
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring

WIRES: dict[str, Any] = {"out": 25, "s2": 23, "s3": 24}
RANGING: dict[str, Any] = {**WIRES, "s0": 17, "s1": 27}
LIGHTS = {
    "white card": RawColour(24_300.0, 20_000.0, 19_400.0, 55_000.0),
    "grey card": RawColour(9_000.0, 8_000.0, 6_000.0, 20_000.0),
    "red card": RawColour(50_000.0, 6_000.0, 8_000.0, 60_000.0),
}


def reading_ms(gate_time_s: float, light: RawColour, wires: dict[str, Any]) -> list[float]:
    """Ten readings of the twin, which sleeps through its gates.

    The first one, in which a sensor that ranges finds its scalings, is not among them.
    """
    scene = Scene()
    scene.light = light
    found = []
    with TCS3200(
        **wires, gate_time_s=gate_time_s, pins=SimulatedTCS3200(scene, Wiring(**wires))
    ) as sensor:
        sensor.read()
        for _ in range(10):
            began = time.monotonic()
            sensor.read()
            found.append((time.monotonic() - began) * 1000)
    return found


def darkness() -> str:
    """Four channels without light, on a sensor that ranges and on a strapped one."""
    lines = []
    slowest_s, bounded = 0.0, True
    for wires in (WIRES, RANGING):
        scene = Scene()
        scene.dark()
        with TCS3200(**wires, pins=SimulatedTCS3200(scene, Wiring(**wires))) as sensor:
            began = time.monotonic()
            channels = sensor.measure()
            seconds = time.monotonic() - began
        bounds = ", ".join(f"{f.uncertainty_hz:.2f} Hz ({f.edges})" for f in channels.values())
        lines.append(f"{seconds:.2f} s; bounds (edges): {bounds}")
        slowest_s = max(slowest_s, seconds / len(channels))
        bounded &= all(f.uncertainty_hz > 0 for f in channels.values())
    figures.figure("darkness s", slowest_s)
    figures.figure("darkness bounded", float(bounded))
    return "darkness: " + "\n          ".join(lines)


def cycles(count: int) -> str:
    """Threads and descriptors before and after many starts and stops."""
    with TCS3200(
        **WIRES, gate_time_s=0.001, pins=SimulatedTCS3200(Scene(), Wiring(**WIRES))
    ) as sensor:
        sensor.start()
        sensor.stop()
        before = leaks()
        began = time.monotonic()
        for _ in range(count):
            sensor.start()
            sensor.stop()
        seconds = time.monotonic() - began
    return (
        f"{count} starts and stops in {seconds:.0f} s: threads and descriptors {before} before,"
        f" {leaks()} after"
    )


def leaks() -> tuple[int, int]:
    """How many threads run and how many descriptors are open."""
    return threading.active_count(), sum(1 for _ in Path("/proc/self/fd").iterdir())


def under_load() -> str:
    """Readings while another thread burns the processor."""
    scene = Scene()
    stop = threading.Event()

    def burn() -> None:
        while not stop.is_set():
            sum(range(1000))

    burner = threading.Thread(target=burn)
    burner.start()
    within, readings = 0, 25
    with TCS3200(**WIRES, pins=SimulatedTCS3200(scene, Wiring(**WIRES))) as sensor:
        for _ in range(readings):
            for channel, frequency in sensor.measure().items():
                true_hz = getattr(scene.light, channel.name.lower()) + 2.0
                within += abs(frequency.hz - true_hz) <= 2 * frequency.uncertainty_hz
    stop.set()
    burner.join()
    figures.figure("% of channels within 2σ beside a busy thread", 25 * within / readings)
    return f"beside a busy thread: {within} of {4 * readings} channels within 2 sigma"


def fit_ms() -> float:
    """The fit alone, for the four channels of one white reading."""
    twin = SimulatedTCS3200(Scene(), Wiring(**WIRES))
    twin.drive({23: True, 24: False})
    edges = twin.rising_edges(25, 0.05)
    began = time.process_time()
    for _ in range(50):
        frequency_from_edges(edges.timestamps_ns, edges.sequence_numbers)
    return (time.process_time() - began) * 1000 / 50


def main() -> None:
    """Print the figures."""
    rows = []
    for gate_time_s in (0.05, 0.01):
        worst_ms = figures.Measured.of(0.0)
        for name, light in LIGHTS.items():
            for wires in (WIRES, RANGING):
                scaling = "ranging" if "s0" in wires else "at 20 %"
                took_ms = reading_ms(gate_time_s, light, wires)
                middle_ms = figures.middle(took_ms)
                worst_ms = max(worst_ms, middle_ms)
                rows.append(
                    [f"{gate_time_s * 1000:.0f}", name, scaling]
                    + [f"{ms:.0f}" for ms in (middle_ms.value, max(took_ms))]
                )
                print(
                    f"gate {gate_time_s * 1000:.0f} ms, {name}, {scaling}: four channels in"
                    f" {max(took_ms):.0f} ms at the slowest"
                )
        in_s = figures.Measured(*(ms / 1000 for ms in worst_ms))
        figures.figure(f"four channels s, gate {gate_time_s * 1000:.0f} ms", in_s)
    head = ["gate ms", "before it", "scaling", "median of ten ms", "slowest ms"]
    figures.table("Four channels, in real time", head, rows)
    print(f"of which the fit of 550 edges: {fit_ms():.2f} ms")
    print(darkness())
    print(under_load())
    print(cycles(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))


if __name__ == "__main__":
    main()
