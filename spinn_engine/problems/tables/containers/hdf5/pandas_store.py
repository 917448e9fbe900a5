"""What pandas keeps in HDF5: a frame in its fixed format, where all columns are numbers or times.

Texts, mixed columns and the names of the table format are pickles there, which are never read.
"""

from __future__ import annotations

from collections.abc import Iterator

import h5py
import numpy as np

from spinn_engine.problems.tables.containers.arrays import Array, Variable, in_memory, texts_of
from spinn_engine.problems.tables.containers.conversions import python_line
from spinn_engine.problems.tables.containers.hdf5.objects import elsewhere
from spinn_engine.problems.tables.containers.trees import Odd, Tree

FIXED = b"frame"
TIMES = b"datetime64["


def is_of_pandas(group: h5py.Group) -> bool:
    """Whether a group was written by ``DataFrame.to_hdf``."""
    return "pandas_type" in group.attrs


def pandas_frame(group: h5py.Group) -> Tree | Odd:
    """The columns of a frame, in its order, after an index that does not merely count the rows."""
    if not (group.attrs["pandas_type"] == FIXED and all(map(_is_plain, _datasets(group)))):
        return _pickled(group)
    columns: dict[str, Variable] = {}
    for block in range(int(group.attrs["nblocks"])):
        values = _values(group[f"block{block}_values"])
        names = texts_of(group[f"block{block}_items"][()])
        if values.ndim != 2 or values.shape[1] != len(names):
            return _pickled(group)
        found = zip(names, values.T, strict=True)
        columns |= {str(name): in_memory(str(name), cells) for name, cells in found}
    order = [str(name) for name in texts_of(group["axis0"][()])]
    if sorted(order) != sorted(columns):  # a name that stands twice
        return _pickled(group)
    index = _values(group["axis1"])
    counts = np.array_equal(index, np.arange(len(index)))
    first = {} if counts else {"index": in_memory("index", index)}
    return {**first, **{name: columns[name] for name in order}}


def _datasets(group: h5py.Group) -> Iterator[h5py.Dataset | None]:
    """What a fixed frame is made of; None for what is no dataset."""
    blocks = int(group.attrs.get("nblocks", 0))
    names = [f"block{n}_{part}" for n in range(blocks) for part in ("items", "values")]
    for name in ("axis0", "axis1", *names):
        is_own = isinstance(group.get(name, getlink=True), h5py.HardLink)
        one = group[name] if is_own else None
        yield one if isinstance(one, h5py.Dataset) else None


def _is_plain(dataset: h5py.Dataset | None) -> bool:
    if dataset is None or elsewhere(dataset) or not dataset.shape:
        return False
    times = dataset.attrs.get("value_type", dataset.attrs.get("kind", b""))
    known = bytes(times).startswith(TIMES) or bytes(times) in (b"", b"integer", b"float", b"string")
    return known and dataset.dtype.kind in "biufS"


def _values(dataset: h5py.Dataset) -> Array:
    times = bytes(dataset.attrs.get("value_type", dataset.attrs.get("kind", b"")))
    found: Array = dataset[()]
    return found.view(times.decode()) if times.startswith(TIMES) else found


def _pickled(group: h5py.Group) -> Odd:
    file = str(group.file.filename)
    parquet = f"{file.rpartition('.')[0]}.parquet"
    code = f"pd.read_hdf({file!r}, {group.name!r}).to_parquet({parquet!r})"
    return Odd("kept by pandas with pickles", f"make a Parquet file of it by: {python_line(code)}")
