"""Noise-free lives of milling tools, from a new edge to a worn one; all are integrated at once.

A life starts with a new tool on a machine that may still be warm, on a day with its own drift of
the air. Depth, feed and speed swing about the life's own values. Tools differ in how fast they
wear, and batches of steel in how hard they are to cut. The laws are in ``milling_physics``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spinn_engine.problems.milling.physics import (
    Cut,
    Forces,
    cutting_forces,
    heat_input,
    temperature_rates,
    thermal_growth,
    wear_rate,
)
from spinn_engine.problems.problem import Floats

LIVES = 60
ROWS_A_LIFE = 200
SEED = 1952

# Lowest and highest value of what differs from life to life, drawn as a Latin hypercube.
LIFE_RANGES = {
    "depth": (0.6, 2.4),
    "feed": (0.07, 0.22),
    "speed": (120.0, 220.0),
    "hardness": (180.0, 260.0),
    "worn_at_end": (0.15, 0.45),  # mm, for an average tool
    "warm_start": (0.0, 5.0),  # K above the air
    "ambient": (18.0, 26.0),  # degC
    "ambient_swing": (-1.5, 1.5),  # K
}
TOOL_SPREAD = 0.1
MATERIAL_SPREAD = 0.02
SWINGS = ((5.0, 0.45), (8.0, 0.45), (2.0, 0.05))  # cycles a life, share: depth, feed, speed
NEW_EDGE_MM = 0.02
AMBIENT_PERIOD_S = 6 * 3600.0


@dataclass(frozen=True)
class Steel:
    """What is cut, in how many lives.

    Attributes:
        lives: how many tools are worn in it.
        seed: of all that is drawn for these lives and their sensors.
        hardness: lowest and highest, HB.
        worn_at_end: the same of the wear at which an average tool is changed, mm.
        force: factor of this kind of steel on the specific cutting force.
        wear: and on how fast it wears a tool.
    """

    lives: int = LIVES
    seed: int = SEED
    hardness: tuple[float, float] = LIFE_RANGES["hardness"]
    worn_at_end: tuple[float, float] = LIFE_RANGES["worn_at_end"]
    force: float = 1.0
    wear: float = 1.0


USUAL_STEEL = Steel()


@dataclass(frozen=True)
class Simulation:
    """Noise-free trajectories; arrays are ``[lives, rows]``, rows of a life in order of time.

    Attributes:
        time: since the tool was new, s.
        distance: that the edge has cut, m.
        cut: the cutting conditions.
        ambient: air temperature, degC.
        tool: ``[lives, 1]`` factor of each tool on its wear rate; 1 is an average tool in the
            usual steel.
        material: ``[lives, 1]`` factor of each batch of steel on the specific force.
        wear: width of the wear land, mm.
        wear_rate: its time derivative, mm/s.
        forces: on the tooth in cut, N.
        heat: into the spindle shaft, W.
        shaft: spindle shaft temperature, degC (not measured by any sensor).
        housing: spindle housing temperature, degC.
        displacement: of the tool tip, mm.
    """

    time: Floats
    distance: Floats
    cut: Cut
    ambient: Floats
    tool: Floats
    material: Floats
    wear: Floats
    wear_rate: Floats
    forces: Forces
    heat: Floats
    shaft: Floats
    housing: Floats
    displacement: Floats


@dataclass(frozen=True)
class _Lives:
    """What is drawn for each life, all ``[lives]``; phases are ``[3, lives]`` in turns."""

    base: Cut
    phases: Floats
    duration: Floats
    ambient: Floats
    ambient_swing: Floats
    warm_start: Floats
    tool: Floats
    material: Floats

    def cut(self, time: Floats) -> Cut:
        """Conditions at ``time`` (``[..., lives]``, s)."""
        turns = time / self.duration
        swings = [
            1 + share * np.sin(2 * np.pi * (cycles * turns + phase))
            for (cycles, share), phase in zip(SWINGS, self.phases, strict=True)
        ]
        return Cut(
            self.base.depth * swings[0],
            self.base.feed * swings[1],
            self.base.speed * swings[2],
            np.broadcast_to(self.base.hardness, time.shape),
        )

    def air(self, time: Floats) -> Floats:
        """Air temperature at ``time`` (``[..., lives]``, s), degC."""
        angle = 2 * np.pi * time / AMBIENT_PERIOD_S
        return self.ambient + self.ambient_swing * np.sin(angle)


def simulate(steel: Steel = USUAL_STEEL) -> Simulation:
    """Integrate all lives at once, from a new tool to a worn one (classical Runge-Kutta)."""
    lives = _draw_lives(steel)
    step = lives.duration / (ROWS_A_LIFE - 1)
    warm = lives.ambient + lives.warm_start
    edge, nothing = np.full(steel.lives, NEW_EDGE_MM), np.zeros(steel.lives)
    states = [np.stack([edge, nothing, warm, warm])]  # wear, distance, shaft, housing
    for row in range(ROWS_A_LIFE - 1):
        states.append(_runge_kutta(lives, row * step, states[-1], step))
    time = np.arange(ROWS_A_LIFE)[:, None] * step  # [rows, lives]
    return _describe(lives, time, np.stack(states, axis=1))


def _draw_lives(steel: Steel) -> _Lives:
    rng, count = np.random.default_rng([steel.seed, 0]), steel.lives
    own = {"hardness": steel.hardness, "worn_at_end": steel.worn_at_end}
    drawn = {}
    for name, (low, high) in {**LIFE_RANGES, **own}.items():
        strata = (rng.permutation(count) + rng.random(count)) / count
        drawn[name] = low + (high - low) * strata
    base = Cut(drawn["depth"], drawn["feed"], drawn["speed"], drawn["hardness"])
    mean_wear = (NEW_EDGE_MM + drawn["worn_at_end"]) / 2
    far = np.full(count, np.inf)  # past the running-in
    usual_rate = wear_rate(base, cutting_forces(base, mean_wear, steel.force), far, steel.wear)
    return _Lives(
        base=base,
        phases=rng.random((3, count)),
        duration=drawn["worn_at_end"] / usual_rate,
        ambient=drawn["ambient"],
        ambient_swing=drawn["ambient_swing"],
        warm_start=drawn["warm_start"],
        tool=steel.wear * np.exp(TOOL_SPREAD * rng.standard_normal(count)),
        material=steel.force * np.exp(MATERIAL_SPREAD * rng.standard_normal(count)),
    )


def _runge_kutta(lives: _Lives, time: Floats, state: Floats, step: Floats) -> Floats:
    """One step of the state ``[4, lives]``: wear, distance, shaft and housing temperature."""
    first = _rates(lives, time, state)
    second = _rates(lives, time + step / 2, state + step / 2 * first)
    third = _rates(lives, time + step / 2, state + step / 2 * second)
    fourth = _rates(lives, time + step, state + step * third)
    return state + step / 6 * (first + 2 * second + 2 * third + fourth)


def _rates(lives: _Lives, time: Floats, state: Floats) -> Floats:
    wear, distance, shaft, housing = state
    cut = lives.cut(time)
    forces = cutting_forces(cut, wear, lives.material)
    wearing = wear_rate(cut, forces, distance, lives.tool)
    heat = heat_input(cut, forces)
    warming = temperature_rates(shaft, housing, lives.air(time), heat)
    return np.stack([wearing, cut.sliding_speed(), *warming])


def _describe(lives: _Lives, time: Floats, states: Floats) -> Simulation:
    """All quantities; ``time`` is ``[rows, lives]``, ``states`` are ``[4, rows, lives]``."""
    wear, distance, shaft, housing = (state.T for state in states)
    rows_first = lives.cut(time)
    cut = Cut(rows_first.depth.T, rows_first.feed.T, rows_first.speed.T, rows_first.hardness.T)
    tool, material = lives.tool[:, None], lives.material[:, None]
    ambient = lives.air(time).T
    forces = cutting_forces(cut, wear, material)
    return Simulation(
        time=time.T,
        distance=distance,
        cut=cut,
        ambient=ambient,
        tool=tool,
        material=material,
        wear=wear,
        wear_rate=wear_rate(cut, forces, distance, tool),
        forces=forces,
        heat=heat_input(cut, forces),
        shaft=shaft,
        housing=housing,
        displacement=thermal_growth(shaft, housing, ambient),
    )
