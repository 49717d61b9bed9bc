"""Flicker in the stamps of edges, against waves that swing as they are told."""

from math import sin, tau
from random import Random

import pytest

from sensors.simulated.kernel import PI_4, PI_ZERO, Kernel, deliver
from sensors.tcs3200.diagnosis.flicker import flicker


def wave(hz: float, depth: float, mains_hz: float, seconds: float = 0.05) -> list[float]:
    """Rises of a wave of hz * (1 + depth * sin), stepped finely; each period wanders by 0.2 %."""
    random = Random(3)
    rises_ns, phase, step_s = [], 0.0, 1 / hz / 200
    due = 1.0
    for i in range(round(seconds / step_s)):
        phase += hz * (1 + depth * sin(tau * mains_hz * i * step_s + 1)) * step_s
        if phase >= due:
            due += 1 + random.gauss(0, 0.002)
            rises_ns.append(i * step_s * 1e9)
    return rises_ns


@pytest.mark.parametrize("mains_hz", [100.0, 120.0])
@pytest.mark.parametrize("depth", [0.03, 0.1, 0.4])
@pytest.mark.parametrize(
    ("kernel", "hz"), [(PI_4, 600), (PI_4, 2_000), (PI_4, 11_000), (PI_ZERO, 11_000)]
)
def test_the_depth_and_the_mains_are_found(
    kernel: Kernel, hz: float, depth: float, mains_hz: float
) -> None:
    stamps_ns = deliver(wave(hz, depth, mains_hz), kernel, Random(1)).timestamps_ns
    swing = flicker(stamps_ns)
    assert swing is not None
    assert swing.hz == mains_hz
    assert swing.depth == pytest.approx(depth, rel=0.1, abs=0.005)
    assert swing.depth > 2 * swing.uncertainty


@pytest.mark.parametrize("kernel", [PI_4, PI_ZERO])
@pytest.mark.parametrize("hz", [600, 1_100, 5_000, 11_000])
def test_steady_light_has_none(kernel: Kernel, hz: float) -> None:
    for seed in range(20):
        swing = flicker(deliver(wave(hz, 0.0, 100.0), kernel, Random(seed)).timestamps_ns)
        assert swing is not None
        assert swing.depth < max(0.02, 2 * swing.uncertainty)


@pytest.mark.parametrize("hz", [100.0, 120.0, 400.0])
def test_edges_about_as_slow_as_the_mains_tell_nothing(hz: float) -> None:
    assert flicker([round(ns) for ns in wave(hz, 0.3, 100.0, seconds=0.3)]) is None


@pytest.mark.parametrize("stamps_ns", [[], [5], [0, 1_000_000], list(range(0, 10**7, 10**5))])
def test_a_short_look_tells_nothing(stamps_ns: list[int]) -> None:
    assert flicker(stamps_ns) is None
