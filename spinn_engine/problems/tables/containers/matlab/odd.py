"""What of a MATLAB file only MATLAB can open, and what makes columns of it there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinn_engine.problems.tables.containers.arrays import Array
from spinn_engine.problems.tables.containers.trees import Odd

FROM_TABLE = (
    "in MATLAB, {write}({name}, 'file.csv'), or S = table2struct({table}, 'ToScalar', true); "
    "save('file.mat', '-struct', 'S')"
)
ADVICE = {  # by the class of the object
    "table": FROM_TABLE.format(write="writetable", name="{name}", table="{name}"),
    "timetable": FROM_TABLE.format(
        write="writetimetable", name="{name}", table="timetable2table({name})"
    ),
    "string": "in MATLAB, save {name} = cellstr({name})",
    "categorical": "in MATLAB, save {name} = cellstr({name})",
    "datetime": "in MATLAB, save {name} = posixtime({name}), which are seconds",
    "duration": "in MATLAB, save {name} = seconds({name})",
}


def matlab_object(name: str, kind: str) -> Odd:
    """An object of a class."""
    advice = ADVICE.get(kind, "in MATLAB, save its numbers as vectors or a matrix")
    what = "a function handle" if kind == "function_handle" else f"a MATLAB {kind}"
    return Odd(what, advice.format(name=name.rpartition(".")[2]))


def odd_cells(name: str) -> Odd:
    """A cell array that is neither of texts nor of numbers alone."""
    return Odd(
        "a cell array of different kinds",
        f"in MATLAB, writecell({name}, 'file.csv'), or save every column as a vector of its own",
    )


def odd_records(name: str) -> Odd:
    """A struct array whose fields hold more than one number or text each."""
    return Odd(
        "a struct array with vectors or different kinds in its fields",
        f"in MATLAB, save one struct with a vector a field, or writetable(struct2table({name}), "
        "'file.csv')",
    )


def same_kind(single: Sequence[object]) -> Array | None:
    """Single texts or numbers as an array, ``...`` being neither; None if kinds differ."""
    if any(one is ... for one in single):
        return None
    if all(one is None or isinstance(one, str) for one in single):
        return np.array(single, dtype=object)
    if any(isinstance(one, str) for one in single):
        return None
    return np.array([np.nan if one is None else one for one in single])
