"""Exact sizes of fully connected networks; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BYTES_PER_WEIGHT = 4

Widths = tuple[int, ...]


@dataclass(frozen=True)
class Stage:
    """The network of one stage, and its exact size.

    Attributes:
        stage: 0 for the dense network.
        hidden: hidden widths.
        params: weights and biases.
        macs: multiply-accumulates of one forward pass of one row.
        bytes: the weights and biases as float32, without the file around them.
        param_reduction: one minus ``params`` over those of the dense network.
        mac_reduction: the same for ``macs``.
        neuron_reduction: the same for the hidden neurons.
        pruning_ratios: share of each layer's neurons that this stage removes.
        exact: false where the widths depend on scores that training has yet to give, and only the
            size is planned.
    """

    stage: int
    hidden: Widths
    params: int
    macs: int
    bytes: int
    param_reduction: float
    mac_reduction: float
    neuron_reduction: float
    pruning_ratios: tuple[float, ...]
    exact: bool = True


def parameter_count(widths: Sequence[int]) -> int:
    """Weights and biases of a fully connected network; ``widths`` holds inputs and outputs too."""
    return sum((a + 1) * b for a, b in pairwise(widths))


def mac_count(widths: Sequence[int]) -> int:
    """Multiply-accumulates of one forward pass of one row (biases and activations not counted)."""
    return sum(a * b for a, b in pairwise(widths))


def measure(hidden: Sequence[Widths], inputs: int, outputs: int, exact: bool = True) -> list[Stage]:
    """The stages whose widths are ``hidden``, the dense network first."""
    dense = (inputs, *hidden[0], outputs)
    stages = []
    for number, widths in enumerate(hidden):
        whole, before = (inputs, *widths, outputs), hidden[max(number - 1, 0)]
        params, macs = parameter_count(whole), mac_count(whole)
        stages.append(
            Stage(
                stage=number,
                hidden=tuple(widths),
                params=params,
                macs=macs,
                bytes=params * BYTES_PER_WEIGHT,
                param_reduction=1 - params / parameter_count(dense),
                mac_reduction=1 - macs / mac_count(dense),
                neuron_reduction=1 - sum(widths) / sum(hidden[0]),
                pruning_ratios=tuple(1 - a / b for a, b in zip(widths, before, strict=True)),
                exact=exact or number == 0,
            )
        )
    return stages
