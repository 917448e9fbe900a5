"""New material for ``milling-sim``: lives of new tools in a steel that no network has seen.

The laws and the sensors are those of ``milling_lives`` and ``milling_sim``. The steel is for the
most part harder than the usual one, its specific cutting force is a fifth higher, which is what
lies between Kienzle's k1.1 of plain and of alloy steels, and it wears tools faster, so they are
changed at less wear. The hardness is measured, as it always is; the factors on force and wear are
no column, so what a network has learned of them no longer holds.
"""

from __future__ import annotations

from spinn_engine.problems.milling.lives import Steel, simulate
from spinn_engine.problems.milling.simulation import measure
from spinn_engine.problems.problem import Floats

NEW_STEEL = Steel(
    lives=20, seed=1978, hardness=(250.0, 300.0), worn_at_end=(0.08, 0.22), force=1.2, wear=1.3
)


def new_material(steel: Steel = NEW_STEEL) -> dict[str, Floats]:
    """Every column of the lives in the new steel, ``[rows]``, one life after the other."""
    return measure(simulate(steel), steel.seed)
