"""Tensors beside the layers that take no part in what a network computes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.words import shown_list

# What torch's AveragedModel and trainers count.
COUNTS = ("n_averaged", "num_updates", "global_step", "current_epoch")
# States of torchmetrics for regression, which a LightningModule keeps beside its network.
METRICS = (
    "sum_squared_error", "sum_error", "residual", "sum_abs_error", "sum_abs_per_error",
    "sum_squared_log_error", "sum_over_target", "num_obs", "mean_x", "mean_y", "var_x", "var_y",
    "corr_xy", "n_total", "total",
)  # fmt: skip
# Coefficients of an equation as inverse problems name them; a, n and slope may be an activation's.
COEFFICIENT = re.compile(
    r"nu|kappa|lambda_?\d*|lam_?\d*|viscosity|diffusivity|conductivity|reynolds|coeff?\w*", re.I
)


def beside_the_network(tensors: Mapping[str, Tensor]) -> tuple[frozenset[str], list[str]]:
    """Names of tensors to leave out, and what is to be said of them, in sentences."""
    counted, coefficients = [], []
    for name, tensor in tensors.items():
        if not isinstance(tensor, TensorClaim) or len(tensor.shape) > 1:
            continue
        place, _, last = name.rpartition(".")
        is_single = tensor.shape in ((), (1,))
        if (last in COUNTS and is_single) or (last in METRICS and place):
            counted.append(name)
        elif is_single and COEFFICIENT.fullmatch(last):
            coefficients.append(name)
    notes = []
    if counted:
        notes.append(f"What trainers count was left out: {shown_list(counted)}.")
    if coefficients:
        notes.append(
            "Coefficients of an equation beside the layers were left out, as no output has them: "
            f"{shown_list(coefficients)}."
        )
    return frozenset((*counted, *coefficients)), notes
