"""What is learned. ``load_problem(DataSpec)`` gives a ``Problem``; imports no torch."""

from collections.abc import Callable

from spinn_engine.errors import BadInputError
from spinn_engine.problems.burgers import load_burgers
from spinn_engine.problems.milling.simulation import load_milling_sim
from spinn_engine.problems.nasa.milling import load_nasa_mill
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.tables.table import load_table
from spinn_engine.spec import DataSpec

PROBLEMS: dict[str, Callable[[DataSpec], Problem]] = {
    "burgers": load_burgers,
    "milling-sim": load_milling_sim,
    "nasa-mill": load_nasa_mill,
    "table": load_table,
}


def load_problem(data: DataSpec) -> Problem:
    """Read or simulate the rows that ``data.source`` names, and split them.

    A source is a name in ``PROBLEMS``, where it reads a file followed by a colon and the path.

    Raises:
        BadInputError: there is no such source, or it refuses the file or the columns.
    """
    name = data.source.partition(":")[0]
    if name not in PROBLEMS:
        raise BadInputError(
            f"unknown data source {data.source!r}: use one of {', '.join(PROBLEMS)}, "
            "with the path of a file or folder after a colon where one is read (table:runs.csv)"
        )
    return PROBLEMS[name](data)
