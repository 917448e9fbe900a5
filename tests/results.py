"""A result that has all that one has."""

from __future__ import annotations

from typing import Any

from spinn_engine.store.demo import demo_run


def whole_result() -> dict[str, Any]:
    """The result of the run that comes with the project, as a copy of one's own."""
    demo = demo_run()
    assert demo is not None
    found = demo.result()
    assert found is not None
    return found
