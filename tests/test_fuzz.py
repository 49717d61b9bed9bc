"""The fuzzers: their seeds, and a few changes of each, come to nothing but the errors they may."""

import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import WORKER, known


@pytest.mark.parametrize("name", known())
def test_seeds_and_their_changes_find_nothing(name: str, tmp_path: Path) -> None:
    fed = subprocess.run(
        [sys.executable, WORKER, name, "0", tmp_path], capture_output=True, text=True, timeout=120
    )
    assert fed.returncode == 0, fed.stderr
    findings = tmp_path / "findings.jsonl"
    assert not findings.exists(), findings.read_text()


def test_a_finding_is_kept_with_its_input_and_its_place(tmp_path: Path) -> None:
    """Fed through the same watch: a target that divides by what it is given."""
    program = (
        "import sys; from pathlib import Path; import worker; from fuzzing.target import Target\n"
        "def feed(data): 1 / data[0]\n"
        "watch = worker.Watch(Target(feed, ()), Path(sys.argv[1]))\n"
        "watch.feed(bytes([1])); watch.feed(bytes([0])); watch.feed(bytes([0, 7]))"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path], cwd=WORKER.parent, check=True)
    (finding,) = (tmp_path / "findings.jsonl").read_text().splitlines()
    assert "ZeroDivisionError" in finding
    (kept,) = tmp_path.glob("ZeroDivisionError-*")
    assert kept.read_bytes() == b"\0"
