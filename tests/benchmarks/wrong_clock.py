"""Whether a wrong clock makes a false fall: the voyages of tests/web, and how many end well.

.venv/bin/python tests/benchmarks/wrong_clock.py          some ten seconds

Each sails the real recorder, history and storm rule through a clock that is days back or ahead, is
stepped in the middle of a fall, or comes right late; the levels are to be those of a right clock.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import figures

ROOT = Path(__file__).resolve().parents[2]
VOYAGES = ("tests/web/recorder/test_voyage.py", "tests/web/history/test_clock_trust.py")


def main(report: Path) -> int:
    """Sail them all, and say how many ended well."""
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *VOYAGES]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None
    sailed, skipped = (int(suite.attrib[name]) for name in ("tests", "skipped"))
    wrong = sum(int(suite.attrib[name]) for name in ("failures", "errors"))
    sailed -= skipped
    figures.figure("voyages with a false tendency", wrong)
    figures.table(
        "Voyages with a wrong clock, a full disk, a page of zeroes",
        ["sailed", "ended well"],
        [[str(sailed), str(sailed - wrong)]],
    )
    if wrong:
        print(done.stdout, file=sys.stderr)
    print(f"{sailed} voyages, {sailed - wrong} ended well")
    figures.goals(not wrong, "every voyage ends well")
    return 1 if wrong or not sailed else 0


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        sys.exit(main(Path(folder) / "voyages.xml"))
