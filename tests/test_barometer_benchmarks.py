"""What the barometer's benchmarks show holds: ours in every fault, and an hour of bad luck at sea.

The peers and the day are for whoever runs the benchmarks by hand; ours need no network.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow("a benchmark's own figures, a program each; drivers have tests too")
BENCHMARKS = Path(__file__).resolve().parent / "benchmarks"


def run(*arguments: str) -> str:
    """What a benchmark prints, once it has said that its goals are reached."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("driver", ["Storm Petrel BMP280", "Storm Petrel BME280"])
@pytest.mark.parametrize("fault", "abcdefgh")
def test_every_fault_is_survived(driver: str, fault: str) -> None:
    assert run("-m", "peers.worker", driver, "fault", fault).startswith("[true")


def test_an_hour_of_glitches_nacks_outages_and_a_swap() -> None:
    assert run("barometer_soak.py", "1").endswith("reached\n")
