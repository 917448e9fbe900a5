"""What MATLAB saved by ``save(..., '-v7.3')``: HDF5, with the sides of every array turned round."""

from __future__ import annotations

from functools import partial

import h5py
import numpy as np

from spinn_engine.problems.tables.containers.arrays import Array, Variable, in_memory
from spinn_engine.problems.tables.containers.hdf5.files import plain_dataset
from spinn_engine.problems.tables.containers.hdf5.objects import elsewhere, members, start_of
from spinn_engine.problems.tables.containers.matlab.odd import (
    matlab_object,
    odd_cells,
    odd_records,
    same_kind,
)
from spinn_engine.problems.tables.containers.trees import Odd, Tree

OWN = ("#refs#", "#subsystem#")  # what cells and objects point to
WIDTHS = (8, 16, 32, 64)
NUMBERS = ("double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in WIDTHS))


def matlab_tree(file: h5py.File) -> Tree:
    """All variables of a file."""
    return _group(file, start_of(file), 0)


def _group(group: h5py.Group, seen: dict[int, str], depth: int) -> Tree:
    found: dict[str, Variable | Odd | Tree] = {}
    for name, one in members(group, seen, depth):
        if name in OWN:
            continue
        if isinstance(one, Odd):
            found[name] = one
        elif "MATLAB_sparse" in one.attrs:
            found[name] = Odd("a sparse matrix", f"in MATLAB, save {name} = full({name})")
        elif kind := _object(one):
            found[name] = matlab_object(name, kind)
        elif isinstance(one, h5py.Group):
            found[name] = _group(one, seen, depth + 1)
        else:
            found[name] = _variable(name, one)
    return found


def _class(one: h5py.Group | h5py.Dataset) -> str:
    kind = one.attrs.get("MATLAB_class", b"")
    return kind.decode("latin-1") if isinstance(kind, bytes) else str(kind)


def _object(one: h5py.Group | h5py.Dataset) -> str:
    """The class of an object; nothing of what is none."""
    kind = _class(one)
    if kind == "function_handle":
        return kind
    return kind if "MATLAB_object_decode" in one.attrs and not _is_number(kind) else ""


def _is_number(kind: str) -> bool:
    return kind in NUMBERS or kind == "logical"


def _variable(name: str, dataset: h5py.Dataset) -> Variable | Odd | Tree:
    if odd := elsewhere(dataset):
        return odd
    kind = _class(dataset)
    if "MATLAB_empty" in dataset.attrs:
        return in_memory(name, np.empty(0))
    if h5py.check_ref_dtype(dataset.dtype) is not None:
        cells = same_kind([_single(dataset.file, one) for one in dataset[()].T.flat])
        if cells is not None:
            return in_memory(name, cells.reshape(dataset.shape[::-1]))
        return odd_cells(name) if kind == "cell" else odd_records(name)
    if kind == "char":
        rows = dataset.shape[-1] if dataset.shape else 1
        return Variable(name, (rows,), True, partial(_texts, dataset))
    if _is_number(kind):
        return Variable(name, dataset.shape[::-1], False, partial(_numbers, dataset))
    return plain_dataset(name, dataset)


def _numbers(dataset: h5py.Dataset, most_rows: int | None) -> Array:
    found: Array = dataset[..., :most_rows].T
    if found.dtype.names == ("real", "imag"):
        return np.asarray(found["real"] + 1j * found["imag"])
    return found.astype(bool) if _class(dataset) == "logical" else found


def _texts(dataset: h5py.Dataset, most_rows: int | None) -> Array:
    """The rows of a matrix of letters."""
    letters = np.ascontiguousarray(dataset[..., :most_rows].T.astype("<u2"))
    rows = letters.reshape(letters.shape[0], -1)
    texts = [row.tobytes().decode("utf-16-le", errors="replace").rstrip() for row in rows]
    return np.array(texts, dtype=object)


def _single(file: h5py.File, reference: h5py.Reference) -> object:
    """One text or number, None for an empty cell, and ``...`` for whatever else."""
    one = file[reference] if reference else None
    if one is None or "MATLAB_empty" in one.attrs:
        return None
    kind = _class(one)
    if not isinstance(one, h5py.Dataset) or elsewhere(one) or _object(one):
        return ...
    if kind == "char" and one.shape[-1:] == (1,):
        return _texts(one, None)[0]
    if _is_number(kind) and one.size == 1 and one.dtype.names is None:
        return one[()].item()
    return ...
