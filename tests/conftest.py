"""What holds for every test: the worker that runs it, what each run leaves out, and no harm done.

    scripts/test --fast   neither programs, browsers, servers or virtual machines nor what is long
    scripts/test          all but the tests marked slow
    scripts/test --all    everything, before a release

Under pytest-xdist, tests that share something expensive share a worker, so that it starts once.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator
from pathlib import Path
from stat import S_IMODE

import hypothesis
import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
# The worker that runs a test, by the fixtures that the test uses.
GROUPS = {
    "power cuts": {"tallies", "careless_tally"},
    "kernel": {"parts"},
    "browser": {"browser"},
    "signalk": {"open_server", "secure_server", "afloat", "by_socket"},
    "brokers": {"broker", "influx"},
    "home assistant": {"real_home"},
    # Made once for a module: a wheel and its environment, a copy of the checkout, a calibration.
    "package": {"source"},
    "guides": {"checkout"},
    "reference": {"reference_pages"},
    "service": {"machine"},
    "calibrated": {"calibrated"},
    "taught": {"taught"},
}

_fast = False
_in_test = False
_before: dict[str, object] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("Storm Petrel")
    group.addoption("--fast", action="store_true", help="run no program and nothing long")
    group.addoption("--all", action="store_true", help="run the tests marked slow as well")


def pytest_configure(config: pytest.Config) -> None:
    global _fast
    config.addinivalue_line("markers", "slow(reason): run by --all only, before a release")
    config.addinivalue_line("markers", "long(reason): seconds of arithmetic, left out by --fast")
    if config.getoption("--fast"):
        _fast = True
        sys.addaudithook(_skip_programs)
        hypothesis.settings.register_profile("fast", max_examples=10)
        hypothesis.settings.load_profile("fast")
    if not _is_worker(config):
        _before.update(_shared_state(config))


def _skip_programs(event: str, arguments: tuple[object, ...]) -> None:
    """Skip a test at the moment it starts a program; there is no list to keep."""
    started = event in ("subprocess.Popen", "os.fork", "os.posix_spawn")
    if started and _in_test and threading.current_thread() is threading.main_thread():
        pytest.skip("starts a program")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Tell the audit hook that a test runs: pytest itself may start programs between them."""
    global _in_test
    _in_test = True
    try:
        return (yield)
    finally:
        _in_test = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape what a test has logged or printed that is no text: a worker sends UTF-8 only."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        group = next((name for name, used in GROUPS.items() if names & used), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
        slow = item.get_closest_marker("slow") or "rpi_lgpio" in names
        wanted = config.getoption("--all") or not slow
        if config.getoption("--fast"):
            wanted = not (slow or group or item.get_closest_marker("long"))
        (chosen if wanted else left_out).append(item)
    items[:] = chosen
    config.hook.pytest_deselected(items=left_out)
    yield
    if _is_worker(config) and config.option.loadgroup:
        for item in items:
            mark = item.get_closest_marker("xdist_group")
            assert not mark or item.nodeid.endswith(f"@{mark.args[0]}"), "xdist does not group"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail when the tests have changed what belongs to others."""
    if _is_worker(session.config):
        return
    for what, state in _shared_state(session.config).items():
        if state != _before[what]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            before = _before[what]
            print(f"\nThe tests have changed {what}:\n{before}\nis now\n{state}", file=sys.stderr)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _shared_state(config: pytest.Config) -> dict[str, object]:
    """What no test may change."""
    folders = {Path(tempfile.gettempdir()), Path("/tmp"), Path.home(), CHECKOUT}
    state: dict[str, object] = {
        f"the mode of {folder}": oct(S_IMODE(folder.stat().st_mode)) for folder in sorted(folders)
    }
    if config.getoption("--all"):  # during other runs a person may be editing
        state["git status"] = subprocess.run(
            ["git", "status", "--porcelain"],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    return state
