"""``arm``: the forward kinematics of a robot's arm of eight links, with noise.

A joint turns about the axis of its link, and each axis stands at a right angle to the one before
it. The target is how far the end of the arm is from a fixed point. This is the task of the Kin
family of data sets (Ghahramani 1996, *The kin datasets*, in Rasmussen et al., *The DELVE manual*),
with links and noise of our own: smooth, without simple structure, so that the size of a network
decides how well it is learned.
"""

from __future__ import annotations

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import check_names, choose_inputs
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.split import split_items
from spinn_engine.spec import DataSpec
from spinn_engine.words import percent

ROWS = 8000
LINKS = 8
LENGTH_M = 0.125  # of a link
TARGET_M = (1.0, 1.0, 1.0)  # the point, from the foot of the arm
LARGEST_ANGLE_DEG = 70.0  # to either side
NOISE_SHARE = 0.05  # of the target's standard deviation
SEED = 0
DIGITS = 9  # of an angle; differences of the last bit between processors vanish
INPUT_NAMES = tuple(f"angle_{joint}_deg" for joint in range(1, LINKS + 1))
TARGET_NAME = "distance_m"


def load_arm(data: DataSpec) -> Problem:
    """Angles drawn evenly, and the distance that they make; ``drop`` leaves out inputs.

    Raises:
        BadInputError: a group or a time was given, or a name that is not a target or an input.
    """
    if column := data.group or data.time:
        raise BadInputError(
            f"column {column!r}: the rows of arm are independent of each other, leave group and "
            "time out"
        )
    check_names("target", data.targets, (TARGET_NAME,), "arm")
    check_names("dropped column", data.drop, INPUT_NAMES, "arm")
    input_names = choose_inputs(INPUT_NAMES, data.drop, "arm")
    rng = np.random.default_rng(SEED)
    angles: Floats = rng.uniform(-1, 1, (ROWS, LINKS)).round(DIGITS) * LARGEST_ANGLE_DEG
    exact = distances(np.deg2rad(angles))
    noise = NOISE_SHARE * exact.std()
    distance = (exact + noise * rng.standard_normal(ROWS)).round(DIGITS)
    train, val, test = split_items(ROWS)
    return Problem(
        source=data.source,
        input_names=input_names,
        target_names=(TARGET_NAME,),
        inputs=angles[:, [INPUT_NAMES.index(name) for name in input_names]],
        targets=distance[:, None],
        groups=None,
        train=train,
        val=val,
        test=test,
        units={**dict.fromkeys(input_names, "deg"), TARGET_NAME: "m"},
        simulated=True,
        ceiling={TARGET_NAME: float(1 - noise**2 / distance[test].var())},
        never_negative=(TARGET_NAME,),
        split="row",
        notes=(
            f"The rows are computed: {ROWS} positions of an arm of {LINKS} links, drawn at random, "
            f"with noise of {percent(NOISE_SHARE, 0)} of the target's spread.",
        ),
    )


def distances(angles: Floats) -> Floats:
    """How far the end of the arm is from the target ``[rows]``, in m.

    Args:
        angles: of its joints ``[rows, LINKS]``, in radians.
    """
    rows = len(angles)
    end, frame = np.zeros((rows, 3)), np.broadcast_to(np.eye(3), (rows, 3, 3))
    for joint in range(LINKS):
        frame = frame @ _turn(angles[:, joint])
        end = end + LENGTH_M * frame[:, :, 0]
        frame = frame @ _twist(1 if joint % 2 == 0 else -1)
    found: Floats = np.linalg.norm(end - TARGET_M, axis=1)
    return found


def _turn(angle: Floats) -> Floats:
    """Rotations about the third axis ``[rows, 3, 3]``."""
    cos, sin, zero, one = np.cos(angle), np.sin(angle), np.zeros_like(angle), np.ones_like(angle)
    return np.array([[cos, -sin, zero], [sin, cos, zero], [zero, zero, one]]).transpose(2, 0, 1)


def _twist(sign: int) -> Floats:
    """A rotation by a right angle about the first axis ``[3, 3]``."""
    return np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -sign], [0.0, sign, 0.0]])
