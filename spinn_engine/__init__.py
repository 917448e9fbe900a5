"""Structured pruning of networks of dense layers, with the controls a reviewer asks for."""

import os
from importlib import import_module

__version__ = "0.1.0"

# Before anything loads torch: OpenMP threads that spin while they wait make small networks many
# times slower on a machine that is busy with something else, as one with a dashboard is.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def __getattr__(name: str) -> object:
    """``prune``, which needs torch, when it is asked for."""
    if name == "prune":
        return import_module("spinn_engine.api.modules.prune").prune
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
