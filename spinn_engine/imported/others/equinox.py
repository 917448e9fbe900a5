"""Leaves of Equinox by ``tree_serialise_leaves``: ``.npy`` files one after the other.

They have no names. People write a line of JSON before them, which a program of theirs makes a
network of; nothing says what the numbers in it mean. Weights are ``[out, in]``, as torch's.
"""

from __future__ import annotations

import io
import json
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.kinds import SAVE_AGAIN
from spinn_engine.imported.others.arrays import read_npy
from spinn_engine.imported.others.claims import Named
from spinn_engine.words import counted, shown_list

LARGEST_LINE = 2**20
MOST_LEAVES = 4096
MAGIC = b"\x93NUMPY"
ACTIVATION = "activation"

Array = NDArray[np.generic]


def read_equinox(file: BinaryIO, size: int) -> Named:
    """The leaves as layers: a matrix begins one, and what follows belongs to it.

    Raises:
        BadInputError: it is a single array, or text, or its leaves are no layers.
        CorruptArtifactError: it is cut off or damaged.
    """
    told = _line(file)
    leaves: list[Array] = []
    while file.tell() < size:
        if len(leaves) == MOST_LEAVES:
            raise BadInputError(f"it holds more than {MOST_LEAVES:,} arrays")
        leaves.append(read_npy(file, size - file.tell(), f"leaf {len(leaves) + 1}"))
    if len(leaves) == 1 and not told:
        raise BadInputError(f"it is a NumPy array, {SAVE_AGAIN}")
    named = Named("equinox leaves", _notes(told))
    for name, leaf in _names(leaves):
        named.add(name, leaf)
    if isinstance(told.get(ACTIVATION), str):
        named.value[ACTIVATION] = told[ACTIVATION]
    return named


def _line(file: BinaryIO) -> dict[str, object]:
    """The JSON before the leaves, where there is some."""
    start = file.read(len(MAGIC))
    file.seek(0)
    if start == MAGIC:
        return {}
    line = file.readline(LARGEST_LINE)
    follows = file.read(len(MAGIC))
    file.seek(-len(follows), io.SEEK_CUR)
    if follows != MAGIC:
        raise BadInputError(f"it is JSON or other text, {SAVE_AGAIN}")
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise CorruptArtifactError("its first line is no JSON, copy the file again") from None
    return told if isinstance(told, dict) else {}


def _notes(told: dict[str, object]) -> tuple[str, ...]:
    numbers = "The file holds numbers without names: layers were counted in their order."
    if not told:
        return (numbers,)
    return numbers, f"Its first line gives {shown_list(told)}, of which no number was taken."


def _names(leaves: list[Array]) -> list[tuple[str, Array]]:
    """Leaves as a Sequential of torch names them: after a matrix its bias, then a norm's two.

    Raises:
        BadInputError: they are something else, or more than one thing.
    """
    found: list[tuple[str, Array]] = []
    layer, number = 0, 0
    while number < len(leaves):
        weight = leaves[number]
        end = number + 1
        while end < len(leaves) and leaves[end].ndim == 1:
            end += 1
        behind = leaves[number + 1 : end]
        _check(weight, behind, number + 1)
        found.append((f"{layer}.weight", weight))
        found += [(f"{layer}.bias", leaf) for leaf in behind[:1]]
        if behind[1:]:
            layer += 1
            found += [(f"{layer}.weight", behind[1]), (f"{layer}.bias", behind[2])]
        layer, number = layer + 1, end
    return found


def _check(weight: Array, behind: list[Array], number: int) -> None:
    for leaf in (weight, *behind):
        if leaf.dtype.kind != "f":
            raise BadInputError(
                f"leaf {number} or one of those behind it holds {leaf.dtype} numbers: filter the "
                "network by eqx.is_inexact_array before saving"
            )
    if weight.ndim != 2 or any(leaf.shape != weight.shape[:1] for leaf in behind):
        shapes = [list(leaf.shape) for leaf in (weight, *behind)]
        raise BadInputError(
            f"leaf {number} and those behind it have the shapes {shown_list(shapes)}, which is no "
            "weight [out, in] with a bias or norm of [out]: only dense layers and norms are read"
        )
    if len(behind) not in (0, 1, 3):
        raise BadInputError(
            f"behind the weight in leaf {number} stand {counted(len(behind), 'vector')}, which may "
            "be a bias and part of a norm, or a norm without the layer's bias: save with names, by "
            "safetensors"
        )
