"""Rows in memory as data of a run: a frame or arrays become a table file in the store.

The file is named by its content, so that the same rows are the same data, and everybody who can
read the store (a worker, ``resume``, ``adapt``, a colleague) reads the same.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from spinn_engine.errors import BadInputError
from spinn_engine.store.uploads import keep_table
from spinn_engine.vocabulary import source_of
from spinn_engine.words import counted, shown, shown_list

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Columns: TypeAlias = pd.DataFrame | pd.Series[Any] | NDArray[np.generic]
    DataLike: TypeAlias = str | Path | pd.DataFrame | tuple[Columns, ...] | list[Columns]

GROUP = "group"
ACCEPTED = "a path, a source such as milling-sim, a pandas DataFrame, or arrays (X, y)"


class Rows(NamedTuple):
    """Where rows lie, and what is known of their columns.

    Attributes:
        source: as a spec has it.
        targets: the columns of ``y``; None where no one said which they are.
        group: the column of the groups, where these were given beside ``X`` and ``y``.
    """

    source: str
    targets: list[str] | None = None
    group: str | None = None


def rows_from(data: DataLike) -> Rows:
    """A source of data as a spec has it, from whatever holds the rows.

    Args:
        data: a source (``milling-sim``, ``table:PATH``), the path of a table file or a folder of
            parts, a frame with one row a row and named columns, or ``(X, y)`` or ``(X, y, groups)``
            with ``X`` of shape ``[rows, inputs]``, ``y`` of shape ``[rows]`` or ``[rows, targets]``
            and ``groups`` of shape ``[rows]``. Columns without names are called ``x0``, ``x1``,
            ...; ``y``, or ``y0``, ``y1``, ...; and ``group``.

    Raises:
        BadInputError: it is none of these, or no table can be made of it.
    """
    if isinstance(data, (str, os.PathLike)):
        return Rows(_source_of_text(os.fspath(data)))
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return Rows(_kept(data))
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        return _of_arrays(*data)
    raise BadInputError(f"data is of the type {type(data).__name__}: give {ACCEPTED}")


def _source_of_text(text: str) -> str:
    row = source_of(text)
    if row is not None and (row.path is not None) == (":" in text):
        return text
    path = Path(text).expanduser()
    if path.suffix or path.exists():
        return f"table:{path.absolute()}"
    return text  # for the spec to say what sources there are


def _of_arrays(x: Any, y: Any, groups: Any = None) -> Rows:
    """The table of inputs, targets and groups that stand side by side."""
    import pandas as pd

    parts = [frame_of(x, "X", "x", always_numbered=True), frame_of(y, "y", "y")]
    if groups is not None:
        parts.append(frame_of(groups, "groups", GROUP))
        if len(parts[2].columns) != 1:
            raise BadInputError(f"groups have {len(parts[2].columns)} columns: give one")
    for name, part in zip(("y", "groups"), parts[1:], strict=False):
        if len(part) != len(parts[0]):
            counts = f"X has {counted(len(parts[0]), 'row')} and {name} {len(part):,}"
            raise BadInputError(f"{counts}: give one entry of {name} for every row of X")
    whole = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    group = str(parts[2].columns[0]) if groups is not None else None
    return Rows(_kept(whole), [str(name) for name in parts[1].columns], group)


def frame_of(given: Any, called: str, prefix: str, always_numbered: bool = False) -> pd.DataFrame:
    """Columns with names, from a frame, a series, or an array of one or two dimensions."""
    import numpy as np
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        return given
    if isinstance(given, pd.Series):
        return given.to_frame(name=prefix if given.name is None else given.name)
    values = np.asarray(given.detach().cpu() if hasattr(given, "detach") else given)
    if values.ndim == 1 and not always_numbered:
        return pd.DataFrame({prefix: values})
    if values.ndim != 2:
        shapes = "[rows, inputs]" if always_numbered else "[rows] or [rows, columns]"
        raise BadInputError(f"{called} has the shape {list(values.shape)}: it must be {shapes}")
    alone = values.shape[1] == 1 and not always_numbered
    numbered = [f"{prefix}{number}" for number in range(values.shape[1])]
    return pd.DataFrame(values, columns=[prefix] if alone else numbered)


def _kept(frame: pd.DataFrame) -> str:
    """The frame as a Parquet file in the store, and the source that it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [str(name) for name in frame.columns]
    if frame.columns.nlevels > 1:
        raise BadInputError("the frame's columns have several levels: give each one name")
    if twice := list(dict.fromkeys(name for name in names if names.count(name) > 1)):
        raise BadInputError(f"several columns are called {shown_list(twice)}: give each its name")
    _check_index(frame)
    try:
        table = pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
        file = BytesIO()
        pq.write_table(table.replace_schema_metadata(None), file)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise BadInputError(_why_no_table(frame, names)) from error
    return f"table:{keep_table('frame.parquet', file.getvalue())}"


def _check_index(frame: pd.DataFrame) -> None:
    """Refuse an index that may be a column; numbers of rows are none."""
    from pandas.api.types import is_integer_dtype

    names: Sequence[Any] = [name for name in frame.index.names if name is not None]
    if names or frame.index.nlevels > 1 or not is_integer_dtype(frame.index.dtype):
        called = f" ({shown_list(names)})" if names else ""
        raise BadInputError(
            f"the frame's index{called} may be a column or none: reset_index() makes it a column, "
            "reset_index(drop=True) leaves it out"
        )


def _why_no_table(frame: pd.DataFrame, names: Sequence[str]) -> str:
    """Which column no table can hold."""
    import pyarrow as pa

    for place, name in enumerate(names):
        try:
            pa.array(frame.iloc[:, place], from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            return (
                f"column {shown(name)!r} holds what no table can, or values of several kinds: make "
                "them all numbers, text or times"
            )
    return "the frame cannot be written as a table: give columns of numbers, text or times"
