"""What importing this room costs, seen from a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules_after(statement: str) -> set[str]:
    program = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_room_itself_loads_nothing() -> None:
    loaded = modules_after("import calibration")
    assert "calibration" in loaded
    assert "numpy" not in loaded
    assert not {name for name in loaded if name.startswith("calibration.")}


def test_names_are_loaded_when_asked_for() -> None:
    loaded = modules_after("from calibration import delta_e_2000")
    assert "calibration.colorimetry.delta_e" in loaded
    assert "calibration.profiles.profile" not in loaded


def test_all_names_are_there_and_no_others() -> None:
    import calibration

    for name in calibration.__all__:
        assert getattr(calibration, name).__name__ == name
        assert name in dir(calibration)
    assert not hasattr(calibration, "no_such_name")


def test_numpy_is_the_only_thing_from_outside() -> None:
    files = (ROOT / "calibration").rglob("*.py")
    names = sorted(".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    parts = ", ".join(name.removesuffix(".__init__") for name in names)
    plain = modules_after("import numpy")
    loaded = modules_after(f"import {parts}; calibration.naming.centroids.centroids()")
    outside = {name.partition(".")[0] for name in loaded - plain} - sys.stdlib_module_names
    assert outside <= {"calibration", "numpy"}
