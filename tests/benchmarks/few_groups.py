"""Does cross-fitted validation choose better where groups are few?

``python -m tests.benchmarks.few_groups [TABLES]`` draws tables of 10 groups of 40 rows that differ
in offset and slope, and trains scikit-learn's ``MLPRegressor`` on 8 of them. Its epoch is chosen on
the 2 others, or where the mean of five such validation curves, each on other groups, is lowest.
Prints the R2 on 100 new groups, and of how many neurons of the better half (by L1) the two agree.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPRegressor

from spinn_engine.evaluation.intervals import interval
from spinn_engine.words import estimate

GROUPS, HELD_OUT, ROWS, NEW, INPUTS, EPOCHS = 10, 2, 40, 100, 6, 80
EFFECTS = (0.0, 0.5, 1.0)  # standard deviation of the groups' offsets; half of it, of their slopes

Floats = NDArray[np.float64]


def draw(rng: np.random.Generator, groups: int, effect: float) -> tuple[Floats, Floats]:
    """Inputs ``[groups, rows, in]`` and a target ``[groups, rows]``."""
    x = rng.normal(size=(groups, ROWS, INPUTS)) + 0.5 * rng.normal(size=(groups, 1, INPUTS))
    offset, slope = effect * rng.normal(size=(2, groups, 1))
    y = np.sin(x[..., 0]) + x[..., 1] * x[..., 2] + offset + 0.5 * slope * x[..., 3]
    return x, y + 0.3 * rng.normal(size=y.shape)


def curves(x: Floats, y: Floats, held_out: slice, new: tuple[Floats, Floats], seed: int) -> Floats:
    """By epoch: validation loss, R2 on new groups, and the L1 norm of each neuron."""
    chosen = np.ones(len(x), dtype=bool)
    chosen[held_out] = False
    middle, spread = y[chosen].mean(), y[chosen].std()
    network = MLPRegressor(hidden_layer_sizes=(32,), learning_rate_init=0.01, random_state=seed)
    told = []
    for _ in range(EPOCHS):
        network.partial_fit(x[chosen].reshape(-1, INPUTS), (y[chosen].ravel() - middle) / spread)
        left = [
            rows_y.ravel() - middle - spread * network.predict(rows_x.reshape(-1, INPUTS))
            for rows_x, rows_y in ((x[~chosen], y[~chosen]), new)
        ]
        losses = [float(np.square(one).mean()) for one in left]
        l1 = np.abs(network.coefs_[0]).sum(axis=0)
        told.append([losses[0], 1 - losses[1] / float(new[1].var()), *l1])
    return np.array(told)


def compared(seed: int, effect: float) -> list[float]:
    """R2 by one validation set, by five, and at best; epochs of the two; neurons they agree on."""
    rng = np.random.default_rng(seed)
    x, y = draw(rng, GROUPS, effect)
    new = draw(rng, NEW, effect)
    parts = [slice(at, at + HELD_OUT) for at in range(0, GROUPS, HELD_OUT)]
    every = [curves(x, y, part, new, seed) for part in parts]
    own = every[0]
    one = int(own[:, 0].argmin())
    several = int(np.mean([found[:, 0] for found in every], axis=0).argmin())
    better = [set(np.argsort(own[epoch, 2:])[16:].tolist()) for epoch in (one, several)]
    agree = len(better[0] & better[1]) / 16
    return [own[one, 1], own[several, 1], float(own[:, 1].max()), one + 1, several + 1, agree]


def main(tables: int) -> None:
    """A line for every size of the groups' effects."""
    for effect in EFFECTS:
        found = np.array([compared(seed, effect) for seed in range(tables)])
        gain = estimate(interval(found[:, 1] - found[:, 0]))
        r2 = "R2 {:.3f} by one set, {:.3f} by five, {:.3f} at best".format(*found[:, :3].mean(0))
        lost = " and ".join(f"{v:.3f}" for v in (found[:, 2:3] - found[:, :2]).max(axis=0))
        epochs = "epochs {:.0f} and {:.0f}, spread {:.0f} and {:.0f}".format(
            *found[:, 3:5].mean(axis=0), *found[:, 3:5].std(axis=0)
        )
        agree = f"{100 * found[:, 5].mean():.0f} % of the better neurons alike"
        print(f"effect {effect}: {r2}; gain {gain}; most lost {lost}; {epochs}; {agree}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
