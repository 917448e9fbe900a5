"""The two laws of the milling simulator as an observer of its columns can write them.

Both hold to the step of time on noise-free columns; how fast one tool wears is no column, so the
wear law holds with the average tool's coefficient, 1, or with a fitted one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spinn_engine.problems.milling import physics as physics
from spinn_engine.problems.milling.physics import Cut, Forces
from spinn_engine.problems.problem import Floats, RateLaw

TOOL_BOUNDS = (0.5, 2.0)
HEAT_BOUNDS = (0.5, 2.0)


def milling_laws(columns: Mapping[str, Floats], rows_a_life: int) -> tuple[RateLaw, ...]:
    """The wear rate law and the heat balance.

    Args:
        columns: name to ``[rows]``, life by life, as the sensors give them.
        rows_a_life: how many rows a life has.
    """
    cut = Cut(
        columns["depth_of_cut_mm"],
        columns["feed_mm_per_tooth"],
        columns["cutting_speed_m_min"],
        columns["hardness_hb"],
    )
    forces = Forces(columns["force_x_n"], columns["force_y_n"], columns["force_z_n"])
    wear = physics.wear_rate(cut, forces, columns["cutting_distance_m"])
    gain, loss = _heat(columns, cut, forces, rows_a_life)
    return (
        RateLaw(
            "wear_law", "tool_wear", wear, np.zeros_like(wear), 1.0, TOOL_BOUNDS,
            "wear rate = coefficient x force x sliding speed, thermally activated "
            "(Archard 1953, Usui 1984)",
        ),
        RateLaw(
            "heat_balance", "thermal_displacement", gain, loss, 1.0, HEAT_BOUNDS,
            "displacement rate = heating by the cut and the bearings - cooling "
            "(two lumped masses, Chen and Hsu 2003)",
        ),
    )  # fmt: skip


def _heat(
    columns: Mapping[str, Floats], cut: Cut, forces: Forces, rows_a_life: int
) -> tuple[Floats, Floats]:
    """Gain ``[rows]`` in mm/s and loss ``[rows]`` in 1/s of the thermal displacement.

    The shaft is measured by no sensor. ``thermal_growth`` is solved for it and put into
    ``temperature_rates``, which leaves a rate that is linear in the displacement.
    """
    shaft_growth, housing_growth = physics.SHAFT_GROWTH_MM_K, physics.HOUSING_GROWTH_MM_K
    to_housing, to_air = physics.SHAFT_TO_HOUSING_W_K, physics.HOUSING_TO_AIR_W_K
    above_air = columns["spindle_housing_c"] - columns["ambient_c"]
    air_rate = np.concatenate(
        [
            np.gradient(air, time)
            for air, time in zip(
                columns["ambient_c"].reshape(-1, rows_a_life),
                columns["time_s"].reshape(-1, rows_a_life),
                strict=True,
            )
        ]
    )
    # mm/s of displacement for each kelvin between shaft and housing
    passed_on = to_housing * (
        housing_growth / physics.HOUSING_J_K - shaft_growth / physics.SHAFT_J_K
    )
    gain = (
        shaft_growth * physics.heat_input(cut, forces) / physics.SHAFT_J_K
        - passed_on * (1 + housing_growth / shaft_growth) * above_air
        - housing_growth * to_air / physics.HOUSING_J_K * above_air
        - (shaft_growth + housing_growth) * air_rate
    )
    return gain, np.full_like(gain, -passed_on / shaft_growth)
