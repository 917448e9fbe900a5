"""The values of pickles, by a machine that can only build plain ones."""

from __future__ import annotations

import struct
from typing import NamedTuple

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.pickle_machine import STEPS
from spinn_engine.imported.files.pickle_state import DAMAGED, Machine
from spinn_engine.imported.files.values import Named

LARGEST_PICKLE = 2**25
MOST_STEPS = 500_000


class Unpickled(NamedTuple):
    """What came of a pickle.

    Attributes:
        value: numbers, text, bytes, lists, tuples, dicts, claims and records.
        called: the classes and functions that loading it would have called.
        persistent: what it names outside of itself, such as storages.
        end: where the pickle ends.
    """

    value: object
    called: tuple[Named, ...]
    persistent: tuple[object, ...]
    end: int


def read_pickle(data: bytes) -> Unpickled:
    """The value of a pickle that fills the bytes.

    Raises:
        BadInputError: it is too large, or no pickle that ``torch.save`` writes.
        CorruptArtifactError: it is cut off or damaged.
    """
    if len(data) > LARGEST_PICKLE:
        raise BadInputError(
            f"its pickle has {len(data):,} bytes beside the tensors, more than the "
            f"{LARGEST_PICKLE:,} that are read: save model.state_dict() alone"
        )
    found = read_next(data, 0)
    if found.end != len(data):
        raise CorruptArtifactError(DAMAGED)
    return found


def read_next(data: bytes, start: int) -> Unpickled:
    """The pickle that begins at a place; others, or numbers, may follow.

    Raises:
        BadInputError: it is no pickle that ``torch.save`` writes.
        CorruptArtifactError: it is cut off or damaged.
    """
    machine = Machine(data, start)
    try:
        value = _run(machine)
    except (IndexError, KeyError, UnicodeDecodeError, struct.error):
        raise CorruptArtifactError(DAMAGED) from None
    return Unpickled(value, tuple(machine.called), tuple(machine.persistent), machine.position)


def _run(machine: Machine) -> object:
    for _ in range(MOST_STEPS):
        code = machine.take(1)
        if code == b".":
            return machine.result()
        step = STEPS.get(code)
        if step is None:
            raise BadInputError(
                f"its pickle has the instruction {code!r}, which torch.save never writes"
            )
        step(machine)
    raise BadInputError(
        f"its pickle has more than {MOST_STEPS:,} instructions: save model.state_dict() alone"
    )
