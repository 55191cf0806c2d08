"""What holds for every test."""

import gc
import sys
from collections.abc import Iterator

import pytest


def pytest_collection_finish() -> None:
    """Look for garbage in cycles seldom, and not in what is there for all tests: it took a fifteenth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    """No figure stays open after a test: Matplotlib keeps all that were made with pyplot."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
