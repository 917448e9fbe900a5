"""What a spec leaves open until the rows are known: batch size, most epochs, the network."""

from __future__ import annotations

from math import ceil, floor, log2
from typing import Any

from spinn_engine.spec.run import RunSpec
from spinn_engine.vocabulary import ACTIVATIONS, source_of

LEAST_BATCH, MOST_BATCH, BATCHES_AN_EPOCH = 16, 256, 20
LEAST_EPOCHS, LEAST_FINE_TUNE_EPOCHS = 15, 3  # most epochs are never fewer, however many rows
WIDTHS = ((2_000, (64, 64)), (20_000, (128, 128)))  # below so many training rows
MOST_WIDTHS = (256, 256, 256)
ACTIVATION_OF_FILES = next(name for name, row in ACTIVATIONS.items() if row.of_files)


def fitted(spec: RunSpec, training_rows: int) -> RunSpec:
    """The spec with everything set that depends on the number of training rows.

    What is given stays, but that epochs which validation ends are what the most updates come to.
    Data from a file get widths that follow their rows and silu, where none are given; a source with
    a network of its own keeps that.
    """
    train = spec.train
    batch = train.batch_size or batch_size(training_rows)
    changed: dict[str, Any] = {"batch_size": batch}
    updates = ceil(training_rows / batch)
    if train.until == "validation":
        changed["epochs"] = max(ceil(train.max_updates / updates), LEAST_EPOCHS)
        least = LEAST_FINE_TUNE_EPOCHS if train.fine_tune_max_updates else 0
        changed["fine_tune_epochs"] = max(ceil(train.fine_tune_max_updates / updates), least)
    else:
        changed["epochs"], changed["fine_tune_epochs"] = train.lengths
    return spec.model_copy(
        update={
            "train": train.model_copy(update=changed),
            "model": spec.model.model_copy(update=_network(spec, training_rows)),
        }
    )


def batch_size(training_rows: int) -> int:
    """About a twentieth of the rows, a power of two, so that an epoch is some twenty updates."""
    wanted = 2 ** floor(log2(max(training_rows / BATCHES_AN_EPOCH, 1)))
    return int(min(max(wanted, LEAST_BATCH), MOST_BATCH))


def _network(spec: RunSpec, training_rows: int) -> dict[str, Any]:
    source = source_of(spec.data.source)
    if source is None or source.path is None or spec.model.dense is not None:
        return {}
    hidden = next((w for rows, w in WIDTHS if training_rows < rows), MOST_WIDTHS)
    usual = {"hidden": hidden, "activation": ACTIVATION_OF_FILES}
    return {name: value for name, value in usual.items() if name not in spec.model.model_fields_set}
