"""What a spec will train, in a sentence, for the terminal and the page."""

from __future__ import annotations

from math import ceil

from spinn_engine.spec.run import RunSpec
from spinn_engine.words import counted


def budget_sentence(spec: RunSpec, params: int, training_rows: int) -> str:
    """How large the dense network is against its rows, and how long training may take.

    Args:
        spec: fitted to its rows.
        params: of the dense network.
        training_rows: of one network.
    """
    large = f"{counted(params, 'parameter')} for {counted(training_rows, 'training row')}."
    train, rows = spec.train, spec.train.batch_size or 1
    updates = ceil(training_rows / rows)
    first, later = spec.block_length(0, "dense")[0], spec.block_length(1, "pruned")[0]
    if train.until == "epochs":
        times = f"{counted(first, 'epoch')}, then {later:,} in every later stage"
        return f"{large} It trains for {times}; an epoch is {counted(updates, 'update')}."
    most = f"at most {first * updates:,} updates, then {later * updates:,} in every later stage"
    batches = f"of {counted(rows, 'row')}, {updates:,} an epoch"
    return f"{large} It trains until validation stops improving, for {most} ({batches})."
