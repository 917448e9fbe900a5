"""How the next layer makes up for what it lost: ``pruning/reconstruction.py``."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class ReconstructionRow(Row):
    """A reconstruction.

    Attributes:
        methods: the sentence of the methods; ``{rows}`` are "rows" or "points".
        solves: whether it solves for weights, which takes a calibration row a neuron at least.
    """

    methods: str
    solves: bool = False


RECONSTRUCTIONS = table(
    ReconstructionRow(
        name="least_squares",
        label="least squares",
        help="re-solves the next layer so that it still gets the signals it got",
        solves=True,
        methods=(
            "After the cut every layer that had taken what went was solved anew by ridge "
            "regression on training {rows}, so that its pre-activations stayed what they were "
            "(after He et al. 2017), with the ridge that was best on other training {rows}."
        ),
    ),
    ReconstructionRow(
        name="bias",
        label="bias",
        help="folds the mean of what went into the next bias",
        methods=(
            "After the cut the mean of what a layer missed on training {rows} was added to its "
            "bias, wherever that helped on other training {rows}."
        ),
    ),
    ReconstructionRow(
        name="none",
        label="none",
        help="leaves the other weights as they are",
        methods="After the cut the remaining weights were left as they were.",
    ),
)
