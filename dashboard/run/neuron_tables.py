"""The tables behind the pictures of one neuron: its weights and its activation; no streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.run.neuron_charts import Values, strongest
from spinn_engine.words import signed, significant

MOST_BINS, MOST_SLICES = 10, 10

Rows = list[dict[str, Any]]


def weight_rows(names: Sequence[str], weights: Values) -> Rows:
    """The weights that are drawn, the strongest first.

    Args:
        names: what is at the other end of each weight.
        weights: ``[count]``.
    """
    return [
        {"Other end": names[at], "Weight": significant(weights[at])} for at in strongest(weights)
    ]


def histogram_rows(activation: Values) -> Rows:
    """How many rows give which output, in wider bins than are drawn.

    Args:
        activation: ``[rows]``.
    """
    counts, edges = np.histogram(activation, MOST_BINS)
    return [
        {
            "Activation from": significant(low),
            "to": significant(high),
            "Validation rows": int(count),
        }
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def slice_rows(activation: Values, target: Values) -> Rows:
    """The activation where the target is low to high, in slices of equally many rows.

    Args:
        activation: ``[rows]``.
        target: ``[rows]``, standardised.
    """
    order = np.argsort(target, kind="stable")
    return [
        {
            "Target from": signed(float(target[rows[0]]), 2),
            "to": signed(float(target[rows[-1]]), 2),
            "Mean activation": significant(activation[rows].mean()),
            "Standard deviation": significant(activation[rows].std()),
            "Validation rows": len(rows),
        }
        for rows in np.array_split(order, MOST_SLICES)
        if len(rows)
    ]
