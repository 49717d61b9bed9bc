"""What pytest does differently while mutmut tries its mutants: see mutation.py.

What is worked out when a module is loaded would escape mutmut, which forks a process that has
loaded everything: so each process loads the code anew, and a function that is called on loading is
met by every test. Properties are tried on few examples, always the same, and a failing one is not
made smaller.
"""

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from mutmut.state import state

settings.register_profile(
    "mutation",
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutation")
_on_loading: set[str] = set()


def pytest_configure() -> None:
    """Forget what of the copied checkout is loaded."""
    here = Path.cwd().resolve()
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and here in Path(file).resolve().parents and name != __name__:
            del sys.modules[name]


def pytest_collection_finish() -> None:
    """What was called on loading."""
    _on_loading.update(state()._stats)


def pytest_runtest_setup() -> None:
    """Every test depends on that."""
    state()._stats.update(_on_loading)
