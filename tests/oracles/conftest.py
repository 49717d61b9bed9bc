"""colour-science, the library of the field, as the judge of our arithmetic."""

import os
import warnings
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

COLOURS = 5000


@pytest.fixture(scope="session")
def colour() -> Any:
    """The library. With CI set it must be there; elsewhere its tests are skipped without it."""
    with warnings.catch_warnings():
        # It tells of SciPy and Matplotlib, which none of this needs.
        warnings.simplefilter("ignore")
        try:
            return import_module("colour")
        except ImportError as error:
            if os.environ.get("CI"):
                pytest.fail(f"no colour-science: {error}")
            pytest.skip(f"no colour-science: {error}")


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(5000)


@pytest.fixture
def srgb(random: np.random.Generator) -> NDArray[np.float64]:
    """Colours of a screen."""
    return random.uniform(0, 1, (COLOURS, 3))


@pytest.fixture
def xyz(random: np.random.Generator) -> NDArray[np.float64]:
    """Colours and what noise makes of them: a little below black, a little above white."""
    return random.uniform(-0.05, 1.3, (COLOURS, 3))


@pytest.fixture
def lab(random: np.random.Generator) -> NDArray[np.float64]:
    """Colours and some that no surface has."""
    return random.uniform([0, -128, -128], [100, 128, 128], (COLOURS, 3))
