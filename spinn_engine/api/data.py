"""Data and networks that are read, before anything runs; files within limits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spinn_engine.api.asking import data_options, make_data
from spinn_engine.artifacts.imported_dense import ImportedNetwork, network_on_data
from spinn_engine.guarded.processes import guarded, warm
from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.problems import first_lines as beginning
from spinn_engine.problems import preview as previewing
from spinn_engine.problems import summary as summing
from spinn_engine.problems.apart import apart
from spinn_engine.problems.checks import check_data
from spinn_engine.problems.summary import DataSplit, DataSummary
from spinn_engine.spec import DataSpec, RunSpec

if TYPE_CHECKING:
    from spinn_engine.api.rows import DataLike


@data_options
def preview(data: DataSpec | DataLike, rows: int = 5, **options: Any) -> dict[str, Any]:
    """The columns of a source, and its first rows: see ``problems.preview.preview``.

    Raises:
        BadInputError: the source cannot be read, or a named column does not exist.
    """
    return apart(previewing.preview, make_data(data, options), rows)


@data_options
def first_lines(data: DataSpec | DataLike, **options: Any) -> dict[str, Any]:
    """The first lines of a text file as they stand in it: see ``problems.first_lines``.

    Raises:
        BadInputError: it cannot be opened, or holds no text.
    """
    return apart(beginning.first_lines, make_data(data, options))


@data_options
def summary(data: DataSpec | DataLike, **options: Any) -> DataSummary:
    """Size, split and physics terms of a source.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return apart(summing.summary, make_data(data, options))


@data_options
def split(data: DataSpec | DataLike, **options: Any) -> DataSplit:
    """How the rows of a source are split, and how its targets spread in each part.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return apart(summing.split, make_data(data, options))


@data_options
def check(data: DataSpec | DataLike, **options: Any) -> list[dict[str, Any]]:
    """What is wrong with the data, the worst first: plain data, one entry a finding.

    Each has ``check``, ``severity``, ``columns``, ``value``, ``message``, ``advice`` and ``drop``
    (the input columns that are better taken out).

    Raises:
        BadInputError: the data cannot be had as asked.
    """
    return [asdict(finding) for finding in apart(check_data, make_data(data, options))]


def warm_up() -> None:
    """Start the process that reads files before somebody waits for it."""
    warm(previewing.__name__)


def inspect(path: Path | str) -> StoredNetwork:
    """The network in a checkpoint from anywhere: see ``imported.read_network``.

    Raises:
        BadInputError: there is no such file, or it holds no network that can be read.
        CorruptArtifactError: the file is broken.
    """
    return guarded(path, read_network, path, most_bytes=None)


def import_network(spec: RunSpec) -> ImportedNetwork:
    """Read the checkpoint that a spec names as its dense network, and measure it on the data.

    Raises:
        BadInputError: the data cannot be had as asked, or the file does not fit it.
        CorruptArtifactError: the file is broken, or no network that can be read.
    """
    return guarded(spec.model.dense, network_on_data, spec, most_bytes=None)
