"""``milling-sim``: simulated milling, 60 tool lives of 200 rows; the same rows on every machine.

The lives are those of ``milling_lives``, read by noisy sensors. How fast a tool wears and how hard
a batch of steel is to cut are no inputs. The targets carry noise of a known variance: no model can
be expected to score better than ``Problem.ceiling``.
"""

from __future__ import annotations

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import check_names, choose_inputs
from spinn_engine.problems.milling.laws import milling_laws
from spinn_engine.problems.milling.lives import LIVES, ROWS_A_LIFE, SEED, Simulation, simulate
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.split import split_groups
from spinn_engine.spec import DataSpec

Reading = tuple[Floats, Floats | float]

UNITS = {
    "time_s": "s",
    "cutting_distance_m": "m",
    "depth_of_cut_mm": "mm",
    "feed_mm_per_tooth": "mm",
    "cutting_speed_m_min": "m/min",
    "hardness_hb": "HB",
    "force_x_n": "N",
    "force_y_n": "N",
    "force_z_n": "N",
    "current_ac_a": "A",
    "current_dc_a": "A",
    "vib_table_g": "g",
    "vib_spindle_g": "g",
    "ae_table_v": "V",
    "ae_spindle_v": "V",
    "ambient_c": "degC",
    "spindle_housing_c": "degC",
    "mrr_mm3_s": "mm3/s",
    "tool_wear": "mm",
    "thermal_displacement": "mm",
}
DIGITS_BELOW_SPREAD = 4
NOISE_MM = {"tool_wear": 0.012, "thermal_displacement": 0.0022}
TARGET_NAMES = tuple(NOISE_MM)
INPUT_NAMES = tuple(name for name in UNITS if name not in NOISE_MM)


def load_milling_sim(data: DataSpec) -> Problem:
    """The simulated milling problem; ``targets`` may select one target, ``drop`` leave out inputs.

    Raises:
        BadInputError: a path or a group was given, or a name that is not a target or an input.
    """
    if data.group is not None:
        raise BadInputError(
            f"group {data.group!r}: milling-sim is already split by tool life, leave the group out"
        )
    check_names("target", data.targets, TARGET_NAMES, "milling-sim")
    check_names("dropped column", data.drop, INPUT_NAMES, "milling-sim")
    target_names = data.targets or TARGET_NAMES
    input_names = choose_inputs(INPUT_NAMES, data.drop, "milling-sim")
    columns = measure(simulate())
    groups = np.repeat(np.arange(LIVES), ROWS_A_LIFE)
    train, val, test = split_groups(groups)
    return Problem(
        source=data.source,
        input_names=input_names,
        target_names=target_names,
        inputs=np.stack([columns[name] for name in input_names], axis=1),  # [rows, in]
        targets=np.stack([columns[name] for name in target_names], axis=1),  # [rows, out]
        groups=groups,
        train=train,
        val=val,
        test=test,
        units={name: UNITS[name] for name in (*input_names, *target_names)},
        simulated=True,
        ceiling={
            name: float(1 - NOISE_MM[name] ** 2 / columns[name][test].var())
            for name in target_names
        },
        times=columns["time_s"],
        never_negative=tuple(name for name in target_names if name == "tool_wear"),
        never_falling=tuple(name for name in target_names if name == "tool_wear"),
        laws=tuple(law for law in milling_laws(columns, ROWS_A_LIFE) if law.target in target_names),
        notes=(
            f"The rows are simulated: {LIVES} tool lives of {ROWS_A_LIFE} rows, "
            "from published models of force, wear and heat.",
        ),
    )


def measure(simulation: Simulation, seed: int = SEED) -> dict[str, Floats]:
    """Every column, inputs then targets, as its noisy sensor records it: ``[rows]``, life by life.

    A record keeps so few digits that last-bit differences between processors vanish.
    """
    rng = np.random.default_rng([seed, 1])
    columns = {}
    for name, (values, noise) in {**_sensors(simulation), **_gauges(simulation)}.items():
        noisy = (values + noise * rng.standard_normal(values.shape)).ravel()
        spread = int(np.floor(np.log10(noisy.std())))  # its decimal place
        columns[name] = np.round(noisy, DIGITS_BELOW_SPREAD - spread)
    return columns


def _sensors(simulation: Simulation) -> dict[str, Reading]:
    """Noise-free value ``[lives, rows]`` and standard deviation of the noise of every input.

    Acoustic emission follows the root of the power set free (Kannatey-Asibu, E. and Dornfeld, D. A.
    (1981). Quantitative relationships for acoustic emission from orthogonal metal cutting. Journal
    of Engineering for Industry). The other sensors are taken as linear in what they respond to.
    """
    cut, forces = simulation.cut, simulation.forces
    power = forces.tangential * cut.speed / 60  # W
    turning = cut.spindle_frequency()  # 1/s
    rubbing = 1 + 2 * simulation.wear  # a worn edge excites the machine more
    exact = {
        "time_s": simulation.time,
        "cutting_distance_m": simulation.distance,
        "depth_of_cut_mm": cut.depth,
        "feed_mm_per_tooth": cut.feed,
        "cutting_speed_m_min": cut.speed,
        "hardness_hb": cut.hardness,
        "mrr_mm3_s": cut.removal_rate(),
    }
    proportional = {  # value, noise as a share of it
        "force_x_n": (forces.tangential, 0.010),
        "force_y_n": (forces.radial, 0.010),
        "force_z_n": (forces.axial, 0.010),
        "current_ac_a": (2.5 + 0.08 * turning + power / 470, 0.02),
        "current_dc_a": (1.2 + forces.radial / 180, 0.02),
        "vib_table_g": (0.05 + 6e-5 * forces.radial * turning * rubbing, 0.05),
        "vib_spindle_g": (0.1 + 4e-4 * turning**2 + 2e-5 * forces.tangential * turning, 0.05),
        "ae_table_v": (0.010 * np.sqrt(power * rubbing), 0.03),
        "ae_spindle_v": (0.008 * np.sqrt(power), 0.03),
    }
    readings: dict[str, Reading] = {name: (values, 0.0) for name, values in exact.items()}
    readings |= {name: (values, share * values) for name, (values, share) in proportional.items()}
    readings["ambient_c"] = (simulation.ambient, 0.1)
    readings["spindle_housing_c"] = (simulation.housing, 0.15)
    return {name: readings[name] for name in INPUT_NAMES}


def _gauges(simulation: Simulation) -> dict[str, Reading]:
    """The same for the targets."""
    return {
        "tool_wear": (simulation.wear, NOISE_MM["tool_wear"]),
        "thermal_displacement": (simulation.displacement, NOISE_MM["thermal_displacement"]),
    }
