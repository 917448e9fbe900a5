"""The examples in the docstrings of ``spinn_engine.words`` are what it does."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from spinn_engine.words import figures, measures, numbers, speed, text


@pytest.mark.parametrize(
    "module", [figures, measures, numbers, speed, text], ids=lambda module: module.__name__
)
def test_every_example_runs(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted >= 3
    assert found.failed == 0


@pytest.mark.parametrize(
    "module", [figures, measures, numbers, speed, text], ids=lambda module: module.__name__
)
def test_every_function_has_an_example(module: ModuleType) -> None:
    own = {
        name: f
        for name, f in vars(module).items()
        if getattr(f, "__module__", "") == module.__name__
    }
    without = [name for name, f in own.items() if ">>>" not in (f.__doc__ or "") and name[0] != "_"]
    assert without == []
