"""How often the product's 95 % intervals hold the truth, and how often it sees what is not there.

    python -m tests.benchmarks.coverage

A run of S seeds and F folds gives one R2 for each pair. Here such runs are drawn from

    r2[s, f] = truth + seed[s] + fold[f] + rest[s, f]

with the standard deviations below, and given to the product's own functions. Once as the R2 of one
arm (is ``truth`` inside the interval?), once as the difference between two arms whose true
difference is zero (is "better" or "worse" said?) or is just the margin (is "no worse" said?).

Asked for: coverage near 95 %, false differences near 5 %, false "no worse" near 2.5 %, whatever the
shares of seeds and folds, on every line with at least 3 of both. With one fold or one seed no
formula can know what the other would do; there the words say what an interval is of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.vocabulary import OUTCOMES

Floats = NDArray[np.float64]  # [seeds, folds]

# ---- parameters --------------------------------------------------------------------------------
WORLDS = 2000  # runs drawn for each line; the error of a share is about half a per cent
RANDOM_SEED = 1
TRUTH = 0.8  # R2 of an arm
MARGIN = 0.01
LAYOUTS = ((3, 1), (1, 5), (3, 3), (3, 5), (5, 5), (10, 5))  # seeds, folds
# Standard deviations of the R2 of one arm: of seeds, of folds, of the rest.
ARM = {
    "all rest": (0.0, 0.0, 0.10),
    "folds as the rest": (0.0, 0.10, 0.10),
    "folds 3 x the rest": (0.0, 0.30, 0.10),
    "seeds 0.7 x the rest": (0.07, 0.0, 0.10),
    "both": (0.07, 0.20, 0.10),
}
# And of a difference between two arms of the same seeds and folds.
DIFFERENCE = {
    "all rest": (0.0, 0.0, 0.010),
    "folds as the rest": (0.0, 0.010, 0.010),
    "folds 3 x the rest": (0.0, 0.030, 0.010),
    "seeds 0.7 x the rest": (0.007, 0.0, 0.010),
    "both": (0.007, 0.020, 0.010),
}


def outcomes(difference: Floats) -> tuple[str, str]:
    """Against random neurons, and of the cost of pruning, for R2 that differ so."""
    base = np.full_like(difference, TRUTH)
    pruned = base + difference
    arms = {"dense": base, "dense_longer": base, "random": base, "structured": pruned}
    said = verdict(arms, MARGIN)
    return said["against_random"]["outcome"], said["cost_of_pruning"]["outcome"]


def draw(rng: np.random.Generator, layout: tuple[int, int], spread: tuple[float, ...]) -> Floats:
    """One run's deviations from the truth."""
    seeds, folds = layout
    return (
        rng.normal(0, spread[0], (seeds, 1))
        + rng.normal(0, spread[1], (1, folds))
        + rng.normal(0, spread[2], (seeds, folds))
    )


def covered(runs: list[Floats]) -> float:
    """Share of the runs whose interval holds the truth, in per cent."""
    found = [interval(TRUTH + run) for run in runs]
    return 100 * float(np.mean([one["low"] <= TRUTH <= one["high"] for one in found]))


def main() -> None:
    rng = np.random.default_rng(RANDOM_SEED)
    print(
        f"{WORLDS} runs a line\n\nR2 of one arm: how often the 95 % interval holds the truth, in %"
    )
    print(f"{'components':22}{'S':>3}{'F':>3}{'covered':>9}")
    for name, spread in ARM.items():
        for layout in LAYOUTS:
            runs = [draw(rng, layout, spread) for _ in range(WORLDS)]
            print(f"{name:22}{layout[0]:3}{layout[1]:3}{covered(runs):9.1f}")

    print("\nDifference of two arms, in %: no true difference, and one that is just the margin")
    print(f"{'components':22}{'S':>3}{'F':>3}{'better or worse':>17}{'no worse at margin':>20}")
    for name, spread in DIFFERENCE.items():
        for layout in LAYOUTS:
            runs = [draw(rng, layout, spread) for _ in range(WORLDS)]
            false = [outcomes(run)[0] in ("better", "worse") for run in runs]
            no_worse = [OUTCOMES[outcomes(run - MARGIN)[1]].acceptable for run in runs]
            shares = f"{100 * np.mean(false):17.1f}{100 * np.mean(no_worse):20.1f}"
            print(f"{name:22}{layout[0]:3}{layout[1]:3}{shares}")


if __name__ == "__main__":
    main()
