"""The functions between layers: ``training/network.py`` (torch), ``pruning/activations.py``."""

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
    """

    methods: str
    smooth: bool = True
    of_files: bool = False


ACTIVATIONS = table(
    ActivationRow(name="tanh", label="tanh", help="the hyperbolic tangent", methods="tanh"),
    ActivationRow(
        name="relu",
        label="relu",
        help="max(0, x), which has no second derivative",
        methods="relu",
        smooth=False,
    ),
    ActivationRow(
        name="gelu", label="gelu", help="x times the normal distribution of x", methods="gelu"
    ),
    ActivationRow(  # learns tables in fewer updates than tanh: docs/measured.md
        name="silu",
        label="silu",
        help="x times the sigmoid of x",
        methods="silu",
        of_files=True,
    ),
    ActivationRow(name="sigmoid", label="sigmoid", help="1 / (1 + exp(-x))", methods="sigmoid"),
    ActivationRow(
        name="elu",
        label="elu",
        help="x above zero, exp(x) - 1 below, which has no second derivative",
        methods="elu",
        smooth=False,
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
    ),
    ActivationRow(name="softplus", label="softplus", help="log(1 + exp(x))", methods="softplus"),
    ActivationRow(name="mish", label="mish", help="x times tanh(softplus(x))", methods="mish"),
)
