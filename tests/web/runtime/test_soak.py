"""Some hours of the week's soak: what is told of each outage, whatever else fails meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.real_servers import program

SOAK = Path(__file__).parents[2] / "benchmarks" / "alarm_soak.py"
HOURS, SEED = 8, 175


@pytest.mark.slow("eight hours, second by second")
def test_each_outage_is_told_once_whatever_else_fails() -> None:
    program("mosquitto", "mosquitto")
    # In a process of its own: its disk is full for a while.
    command = [sys.executable, str(SOAK), str(HOURS / 24), str(SEED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
