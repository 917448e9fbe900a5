"""How neurons are scored. The function of each stands in ``pruning/importance.py``."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class CriterionRow(Row):
    """A criterion; its ``help`` says what the score of a neuron is.

    Attributes:
        score: what its score is called in a picture.
        methods: the sentence of the methods; ``{before}`` is " before every stage" where there are
            several, ``{rows}`` are "rows" or "points".
        one_unit: whether scores of different layers are held against each other as they are; else
            each is first divided by the mean of its layer.
    """

    score: str
    methods: str
    one_unit: bool = False


def scored_by(what: str) -> str:
    """The usual sentence of the methods about a criterion."""
    return f"Neurons were scored{{before}} by {what}; those with the lowest scores went."


CRITERIA = table(
    CriterionRow(
        name="l1",
        label="L1 incoming",
        score="L1",
        help="the sum of its absolute incoming weights and bias",
        methods=scored_by(
            "the sum of the absolute values of their incoming weights and bias (L1; Li et al. 2017)"
        ),
    ),
    CriterionRow(
        name="obs",
        label="OBS elimination",
        score="output error",
        help="what the outputs lose when it goes in its turn and the others take over",
        methods=scored_by(
            "backward elimination (optimal brain surgeon; Hassibi & Stork 1993): one after another "
            "went the neuron whose loss, when the layers that took it were solved anew by least "
            "squares on calibration {rows}, raised the squared error of the outputs least to first "
            "order"
        ),
        one_unit=True,
    ),
    CriterionRow(
        name="l1_out",
        label="L1 outgoing",
        score="outgoing L1",
        help="the sum of its absolute outgoing weights",
        methods=scored_by("the sum of the absolute values of their outgoing weights (L1)"),
    ),
    CriterionRow(
        name="l1_in_out",
        label="L1 in × out",
        score="L1 in × out",
        help="its incoming L1 norm times its outgoing one",
        methods=scored_by(
            "the L1 norm of their incoming weights and bias times the L1 norm of their outgoing "
            "weights"
        ),
    ),
    CriterionRow(
        name="l2",
        label="L2 incoming",
        score="L2",
        help="the Euclidean norm of its incoming weights and bias",
        methods=scored_by("the Euclidean norm of their incoming weights and bias (L2)"),
    ),
    CriterionRow(
        name="activation",
        label="activation",
        score="activation",
        help="how much its output varies, times its outgoing L1 norm",
        methods=scored_by(
            "the standard deviation of their output on calibration {rows}, drawn from the training "
            "{rows}, times the L1 norm of their outgoing weights"
        ),
    ),
    CriterionRow(
        name="taylor",
        label="Taylor",
        score="Taylor",
        help="the mean of |output × gradient of the loss|",
        methods=scored_by(
            "the mean absolute product of their output and the gradient of the loss with respect "
            "to it, on calibration {rows} drawn from the training {rows} (Taylor; Molchanov et al. "
            "2017)"
        ),
    ),
    CriterionRow(
        name="hessian",
        label="Hessian diagonal",
        score="Hessian",
        help="the sum over its weights of weight² × mean squared gradient",
        methods=scored_by(
            "the sum over the weights and biases that made or took them of the squared weight "
            "times the mean of the squared gradient of a row's loss, on calibration {rows} drawn "
            "from the training {rows} (diagonal of the Hessian; LeCun et al. 1990)"
        ),
    ),
    CriterionRow(
        name="fpgm",
        label="geometric median",
        score="distance",
        help="how far its incoming weights are from those of all others",
        methods=scored_by(
            "the sum of the Euclidean distances of their incoming weights from those of all "
            "others (geometric median; He et al. 2019)"
        ),
    ),
    CriterionRow(
        name="lamp",
        label="LAMP",
        score="LAMP",
        help="the square of its weights over that of all that do not go before it",
        methods=scored_by(
            "the squares of the weights and biases that made or took them over those of all "
            "neurons that did not go before them (LAMP; Lee et al. 2021)"
        ),
        one_unit=True,
    ),
    CriterionRow(
        name="random",
        label="random",
        score="random",
        help="a random number",
        methods="Which neurons went was drawn at random.",
    ),
)
