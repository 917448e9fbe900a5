"""Structured pruning of multilayer perceptrons, with the controls a reviewer asks for."""

import os

__version__ = "0.1.0"

# Before anything loads torch: OpenMP threads that spin while they wait make small networks many
# times slower on a machine that is busy with something else, as one with a dashboard is.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
