"""The benchmark of the colours still knows how to ask us; its peers are for whoever runs it."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent / "benchmarks"


def test_our_side_answers_each_question_with_a_number() -> None:
    questions = ["many", "one", "sort", "sort_many"]
    done = subprocess.run(
        [sys.executable, "-m", "peers.colour_libraries", "Storm Petrel"],
        cwd=BENCHMARKS,
        input="\n".join(questions) + "\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    known, *answers = map(json.loads, done.stdout.splitlines())
    assert known == questions
    assert len(answers) == 4
    assert all(us > 0 for us in answers)
