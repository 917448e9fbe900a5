"""What a peer says of its own file: ``NAME.expected.json`` beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from tests.peers.scaling import Scaled, scaled
from tests.peers.table import FILES, TARGETS, TEST, TRAIN, Floats, rows

ROWS = 20


@dataclass(frozen=True)
class Tool:
    """Who made a file.

    Attributes:
        name: of the package that wrote it.
        beside: packages whose versions matter too.
    """

    name: str
    beside: tuple[str, ...] = ()

    def versions(self) -> dict[str, str]:
        """Per package."""
        return {name: version(name) for name in (self.name, *self.beside)}


@dataclass(frozen=True, eq=False)
class Task:
    """The table as one network sees it.

    Attributes:
        inputs: how they were scaled.
        targets: how they were scaled.
        x: all rows as the network takes them, ``[300, 4]``, float32.
        y: all rows as it should give them, ``[300, targets]``, float32.
        names: of the targets.
    """

    inputs: Scaled
    targets: Scaled
    x: np.ndarray
    y: np.ndarray
    names: tuple[str, ...]


def task(inputs: str = "z", targets: str = "z", names: Sequence[str] = TARGETS) -> Task:
    """Scale the table.

    Args:
        inputs: kind of scaling, as in ``Scaled``.
        targets: likewise.
        names: of the targets that are learned.
    """
    x, y = rows()
    y = y[:, [TARGETS.index(name) for name in names]]
    of_x, of_y = scaled(inputs, x), scaled(targets, y)
    small = np.float32
    return Task(of_x, of_y, of_x.do(x).astype(small), of_y.do(y).astype(small), tuple(names))


def record(
    file: str, tool: Tool, done: Task, predict: Callable[[np.ndarray], np.ndarray], **facts: object
) -> None:
    """Write what the peer's own code predicts for the first rows, and how good it is.

    Args:
        file: name of the peer's file.
        tool: who made it.
        done: what it learned.
        predict: of the peer, rows as the network takes them to outputs as it gives them.
        facts: ``kind``, ``structure``, ``widths``, ``activation``, ``parameters`` and what else
            a reader has to know.
    """
    outputs = np.asarray(predict(done.x)).reshape(len(done.x), -1)
    known = rows()[1][:, [TARGETS.index(name) for name in done.names]]
    given = done.targets.undo(outputs.astype(np.float64))
    told = {
        "file": file,
        "tool": tool.versions(),
        **facts,
        "targets": list(done.names),
        "input_scaling": _told(done.inputs),
        "target_scaling": _told(done.targets),
        "r2": {
            "train": _r2(known[TRAIN], given[TRAIN]),
            "test": _r2(known[TEST], given[TEST]),
        },
        "inputs": _short(done.x[:ROWS]),
        "outputs": _short(outputs[:ROWS]),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in told.items()]
    text = "{\n  " + ",\n  ".join(lines) + "\n}\n"
    (FILES / f"{file}.expected.json").write_text(text, encoding="utf-8")


def _told(scale: Scaled) -> dict[str, object]:
    return {
        "kind": scale.kind,
        "offset": scale.offset.tolist(),
        "divisor": scale.divisor.tolist(),
    }


def _r2(known: Floats, given: Floats) -> list[float]:
    rest = ((known - given) ** 2).sum(axis=0)
    return [float(round(v, 6)) for v in 1 - rest / ((known - known.mean(axis=0)) ** 2).sum(axis=0)]


def _short(values: np.ndarray) -> list[list[float]]:
    """The shortest decimals that are these numbers again in their own precision."""
    return [[float(str(value)) for value in row] for row in values]
