"""The functions of single numbers: ``training/functions.py`` (torch), ``graph/functions.py``."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class ActivationRow(Row):
    """An activation.

    Attributes:
        methods: how the methods name it.
        smooth: whether it has a second derivative, which an equation needs.
        of_files: whether a new network for data from a file has it, where none is named.
        between: whether it may stand between the layers of a new network.
        slope: below zero, of those that have one to choose; what it is where none is given.
        learned: whether it has slopes that are learned.
        behind: whether it may stand after the last layer of a network that was brought.
        factors: that may stand in it, in a network that was brought.
    """

    methods: str
    smooth: bool = True
    of_files: bool = False
    between: bool = True
    slope: float | None = None
    learned: bool = False
    behind: bool = False
    factors: tuple[float, ...] = (1.0,)


FUNCTIONS = table(
    ActivationRow(
        name="tanh", label="tanh", help="the hyperbolic tangent", methods="tanh", behind=True
    ),
    ActivationRow(
        name="relu",
        label="relu",
        help="max(0, x), which has no second derivative",
        methods="relu",
        smooth=False,
        behind=True,
    ),
    ActivationRow(
        name="gelu", label="gelu", help="x times the normal distribution of x", methods="gelu"
    ),
    ActivationRow(
        name="gelu_tanh",
        label="gelu_tanh",
        help="gelu by its approximation with tanh, as JAX has it",
        methods="gelu (its tanh form)",
    ),
    ActivationRow(  # learns tables in fewer updates than tanh: docs/measured.md
        name="silu",
        label="silu",
        help="x times the sigmoid of x",
        methods="silu",
        of_files=True,
    ),
    ActivationRow(
        name="sigmoid", label="sigmoid", help="1 / (1 + exp(-x))", methods="sigmoid", behind=True
    ),
    ActivationRow(
        name="elu",
        label="elu",
        help="x above zero, exp(x) - 1 below, which has no second derivative",
        methods="elu",
        smooth=False,
        slope=1.0,
    ),
    ActivationRow(
        name="selu",
        label="selu",
        help="elu times constants that keep the variance, which has no second derivative",
        methods="selu",
        smooth=False,
    ),
    ActivationRow(
        name="leaky_relu",
        label="leaky_relu",
        help="x above zero, 0.01 x below, which has no second derivative",
        methods="leaky relu (slope 0.01)",
        smooth=False,
        slope=0.01,
    ),
    ActivationRow(
        name="softplus", label="softplus", help="log(1 + exp(x))", methods="softplus", behind=True
    ),
    ActivationRow(name="mish", label="mish", help="x times tanh(softplus(x))", methods="mish"),
    ActivationRow(
        name="sin",
        label="sin",
        help="the sine",
        methods="the sine",
        factors=(1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0),
    ),
    ActivationRow(name="cos", label="cos", help="the cosine", methods="the cosine", between=False),
    ActivationRow(
        name="exp", label="exp", help="the exponential", methods="the exponential", between=False
    ),
    ActivationRow(name="square", label="square", help="x x", methods="the square", between=False),
)

# What may stand between layers: functions, learned slopes, and nothing at all.
ACTIVATIONS = table(
    *(row for row in FUNCTIONS.values() if row.between),
    ActivationRow(
        name="prelu",
        label="prelu",
        help="x above zero, below it x times a slope that each neuron learns",
        methods="prelu (a slope each neuron)",
        smooth=False,
        learned=True,
    ),
    ActivationRow(
        name="identity", label="identity", help="x itself: a linear network", methods="no function"
    ),
)
