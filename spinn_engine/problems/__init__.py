"""What is learned. ``load_problem(DataSpec)`` gives a ``Problem``; imports no torch."""

from pkgutil import resolve_name

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import source_of, unknown, written_sources


def load_problem(data: DataSpec) -> Problem:
    """Read or simulate the rows that ``data.source`` names, and split them.

    A source is a name in ``SOURCES``, where it reads a file followed by a colon and the path.

    Raises:
        BadInputError: there is no such source, or it refuses the file or the columns.
    """
    source = source_of(data.source)
    if source is None:
        raise BadInputError(unknown("data source", data.source, written_sources()))
    if source.path is None and data.source != source.name:
        raise BadInputError(f"data source {data.source!r}: {source.name} takes no path")
    problem: Problem = resolve_name(source.loader)(data)
    return problem
