"""The examples in the docstrings of ``spinn_engine.words`` are what it does."""

from __future__ import annotations

import doctest

import pytest

from spinn_engine.words import figures, measures, numbers, text


@pytest.mark.parametrize("module", [figures, measures, numbers, text], ids=lambda m: m.__name__)
def test_every_example_runs(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted >= 3
    assert found.failed == 0
