"""``burgers``: a differential equation instead of data, and its solution to measure errors with.

    u_t + u u_x = nu u_xx  on -1 <= x <= 1, 0 <= t <= 1,  with nu = 0.01 / pi,
    u(x, 0) = -sin(pi x),  u(-1, t) = u(1, t) = 0.

The sine steepens to a front at x = 0 that is about 0.01 wide from t = 0.3 on. Raissi, Perdikaris &
Karniadakis 2019, *Physics-informed neural networks*, Journal of Computational Physics 378, appendix
A.1, made it the usual test.
"""

from __future__ import annotations

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.spec import DataSpec

VISCOSITY = 0.01 / np.pi
COLLOCATION_POINTS = 1024
VALIDATION_POINTS = 1024
GRID = (256, 100)  # test points along x and along t, as in the literature
FRONT_SHARE, FRONT_WIDTH = 0.5, 0.05  # so many points lie about so far from the front
NODES = 100  # of the quadrature; 80 give all digits that a float has
DIGITS = 9  # differences of the last bit between processors vanish

_CUT = -np.expm1(-1 / FRONT_WIDTH)  # share of an exponential law that lies within the domain


def load_burgers(data: DataSpec) -> Problem:
    """Collocation points to train on, others to validate on, and a grid to test on.

    Raises:
        BadInputError: a path or an option that is about columns was given.
    """
    for name in ("targets", "group", "time", "drop"):
        if value := getattr(data, name):
            raise BadInputError(
                f"{name} {value!r}: burgers is an equation for u(x, t) and has no columns to "
                "choose from, leave the option out"
            )
    parts = (sample(COLLOCATION_POINTS, 1), sample(VALIDATION_POINTS, 2), _grid())
    points: Floats = np.concatenate(parts).round(DIGITS)  # [rows, 2]
    ends = np.cumsum([len(part) for part in parts])
    train, val, test = np.split(np.arange(ends[-1]), ends[:-1])
    solution: Floats = cole_hopf(points[:, 0], points[:, 1]).round(DIGITS)
    return Problem(
        source=data.source,
        input_names=("x", "t"),
        target_names=("u",),
        inputs=points,
        targets=solution[:, None],
        groups=None,
        train=train,
        val=val,
        test=test,
        simulated=True,
        equation="burgers",
        notes=(
            "There are no data: networks learn from the residual of the equation "
            "u_t + u u_x = (0.01/pi) u_xx at the training points, and from its initial and "
            "boundary values.",
            "The target u is the exact solution (Cole-Hopf). R2 and errors are measured with it; "
            "no network is trained on it, but the arm linear is the best straight line through it.",
        ),
    )


def cole_hopf(x: Floats, t: Floats) -> Floats:
    """The solution u(x, t), by Gauss-Hermite quadrature of the Cole-Hopf integrals.

    With ``y = x - sqrt(4 nu t) z`` and ``f(y) = exp(-cos(pi y) / (2 pi nu))`` it is minus the mean
    of ``sin(pi y)`` over z with the weight ``exp(-z^2) f(y)`` (Basdevant et al. 1986, *Spectral and
    finite difference solutions of the Burgers equation*, Computers & Fluids 14).

    Args:
        x: ``[n]``.
        t: ``[n]``, not negative.
    """
    from scipy.special import roots_hermite  # a fifth of a second to import, for this problem alone

    nodes, weights = roots_hermite(NODES)
    y = x[:, None] - np.sqrt(4 * VISCOSITY * t)[:, None] * nodes  # [n, nodes]
    logarithm = np.log(weights) - np.cos(np.pi * y) / (2 * np.pi * VISCOSITY)
    share = np.exp(logarithm - logarithm.max(axis=1, keepdims=True))
    mean = (share * np.sin(np.pi * y)).sum(axis=1) / share.sum(axis=1)
    return np.asarray(-mean, dtype=np.float64)


def initial(x: Floats) -> Floats:
    """u(x, 0)."""
    return np.asarray(-np.sin(np.pi * x), dtype=np.float64)


def sample(count: int, seed: int) -> Floats:
    """Points ``[count, 2]``, x and t, of a scrambled Sobol sequence, denser at the front.

    Args:
        count: a power of two.
        seed: of the scrambling.
    """
    from scipy.stats import qmc  # a second to import, and only this problem needs it

    even, t = qmc.Sobol(2, rng=seed).random(count).T
    near = even < FRONT_SHARE
    within = np.where(near, even / FRONT_SHARE, (even - FRONT_SHARE) / (1 - FRONT_SHARE))
    flat = 2 * within - 1  # evenly from -1 to 1
    peaked = -np.sign(flat) * FRONT_WIDTH * np.log1p(-np.abs(flat) * _CUT)
    return np.column_stack([np.where(near, peaked, flat), t])


def density(x: Floats) -> Floats:
    """How densely ``sample`` puts points along x, on average one: a flat part and an exponential.

    Its inverse weighs the points so that their mean is a mean over the whole domain.
    """
    peaked = np.exp(-np.abs(x) / FRONT_WIDTH) / (FRONT_WIDTH * _CUT)
    return np.asarray(1 - FRONT_SHARE + FRONT_SHARE * peaked, dtype=np.float64)


def _grid() -> Floats:
    """The test points ``[256 * 100, 2]``, x by x; t = 0 is given and therefore not among them."""
    x, t = np.linspace(-1, 1, GRID[0]), np.linspace(0, 1, GRID[1] + 1)[1:]
    return np.stack(np.meshgrid(x, t, indexing="ij"), axis=-1).reshape(-1, 2)
