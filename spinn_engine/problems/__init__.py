"""What is learned. ``load_problem(DataSpec)`` gives a ``Problem``; imports no torch."""

from pkgutil import resolve_name

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import SOURCES, source_of


def load_problem(data: DataSpec) -> Problem:
    """Read or simulate the rows that ``data.source`` names, and split them.

    A source is a name in ``SOURCES``, where it reads a file followed by a colon and the path.

    Raises:
        BadInputError: there is no such source, or it refuses the file or the columns.
    """
    source = source_of(data.source)
    if source is None:
        raise BadInputError(
            f"unknown data source {data.source!r}: use one of {', '.join(SOURCES)}, "
            "with the path of a file or folder after a colon where one is read (table:runs.csv)"
        )
    if source.path is None and data.source != source.name:
        raise BadInputError(f"data source {data.source!r}: {source.name} takes no path")
    problem: Problem = resolve_name(source.loader)(data)
    return problem
