"""One column of a table, read alone."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import ReadingSpec


def column(
    cells: Sequence[object],
    *,
    named: bool = False,
    form: str | None = None,
    header: str = "x",
    group: bool = False,
) -> Column:
    """The cells of a column called ``header``, which may be named as the time or the group."""
    files = (("runs.csv", len(cells)),)
    layout = Layout(Path("runs.csv"), files, (), True, None, ReadingSpec(time_format=form))
    found = {header: pa.chunked_array([pa.array(cells)])}
    made = typed_columns(found, layout, header if named else None, header if group else None)
    return next(iter(made.values()))
