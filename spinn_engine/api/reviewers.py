"""What can be made of a finished run: claims, reports, exports, adaptations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spinn_engine.adaptation.result import read_adaptations
from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.api.rows import rows_from
from spinn_engine.api.run import RunLike, open_run
from spinn_engine.claims import read_claims, verify_claims
from spinn_engine.errors import BadInputError
from spinn_engine.export.formats import check_formats
from spinn_engine.export.written import read_exports
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.store.demo import refuse_demo

if TYPE_CHECKING:
    from spinn_engine.api.rows import DataLike


def verify(path: Path | str, run: RunLike | None = None) -> list[dict[str, Any]]:
    """The claims of a file, each with its verdict, as ``verify_claims`` gives them.

    Args:
        path: a claims file, a run's own result, whose numbers are then held against each other, or
            ``paper`` for the claims that ship with the program.
        run: a finished run, to hold what takes one against.

    Raises:
        BadInputError: the file is no claims file, or there is no such run, or it is not finished.
    """
    claims, result = read_claims(Path(path)), None
    if run is not None:
        folder = open_run(run)
        result = folder.result()
        if result is None:
            raise BadInputError(
                f"run {folder.run_id} is not finished, so no claim can be held against it yet"
            )
    return verify_claims(claims, result, str(path))


def adapt(
    run: RunLike,
    data: DataLike | None = None,
    settings: AdaptSettings | None = None,
    on_batch: Callable[[int, int], None] | None = None,
    reading: Mapping[str, Any] | None = None,
    on_findings: Callable[[Sequence[Finding]], None] | None = None,
) -> dict[str, Any]:
    """Let a finished run's networks meet new rows, batch by batch: predict first, then learn.

    Args:
        run: the run.
        data: new rows in order of time, as ``run`` takes them: ``table:PATH``, a path, a frame or
            arrays; by default a new material, which ``milling-sim`` alone has.
        settings: batches and arms.
        on_batch: called after each batch with how many are done, and how many there are.
        reading: fields of ``ReadingSpec`` that are otherwise for this table than for the run's.
        on_findings: called with what is found in the rows, before anything learns from them.

    Returns:
        What is written to ``adaptation/NAME.json`` in the run's folder.

    Raises:
        BadInputError: there is no such run, it is not finished or learned from an equation, or the
            new rows or the settings do not fit it, or a number in the rows looks like a code for a
            missing value.
        SpinnError: an arm diverged, or a file is broken or cannot be written.
    """
    from spinn_engine.adaptation.adapt import adapt as meet

    folder = open_run(run)
    refuse_demo(folder, "let a run of your own adapt")
    source = None if data is None else rows_from(data).source
    return meet(folder, source, settings, on_batch, reading, on_findings)


def adaptations(run: RunLike) -> list[dict[str, Any]]:
    """What ``adapt`` has found for a run so far, by name.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: a file is broken.
    """
    return read_adaptations(open_run(run))


def write_report(run: RunLike, out: Path | str, claims: Path | str | None = None) -> list[Path]:
    """Write a finished run's report: HTML, LaTeX, figures, methods, JSON.

    Args:
        run: a finished run.
        out: a folder, new, empty, or with an earlier report of the run, which is replaced.
        claims: a claims file, to hold against the run and to show.

    Returns:
        The files, their manifest ``report.json`` last.

    Raises:
        BadInputError: there is no such run, it is not finished, ``out`` holds other things or
            cannot be written, or the file is no claims file.
        CorruptArtifactError: a file of the run is broken.
    """
    folder = open_run(run)
    checked = None if claims is None else verify(claims, folder)
    from spinn_engine.report.write import write_report as write

    return write(folder, Path(out), checked)


def export(
    run: RunLike, formats: Sequence[str], stage: int | None = None, out: Path | str | None = None
) -> dict[str, Any]:
    """Write networks of a finished run as files for other programs, each compared with its network.

    Args:
        run: a finished run.
        formats: of ``module``, ``pt2``, ``onnx``, ``safetensors``, ``coo``, ``csr``, or ``all``.
        stage: whose network; by default the final one.
        out: where to write, by default ``exports`` in the run's folder.

    Returns:
        ``run_id``, ``folder``, and ``exports``: for every file how it is loaded, how far it is from
        the network, and the rest of the manifest that is written beside it.

    Raises:
        BadInputError: there is no such run, stage, format or data, or nothing can be written there.
        SpinnError: a file would not equal the network.
    """
    check_formats(formats)
    folder = open_run(run)
    if out is None:
        refuse_demo(folder, "name a folder to export it to (--out)")
    from spinn_engine.export import exports

    return exports.export(folder, formats, stage, None if out is None else Path(out))


def exports(run: RunLike) -> list[dict[str, Any]]:
    """The manifests of what ``export`` has written into the run's own folder, by name.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: a manifest is broken.
    """
    return read_exports(open_run(run))


def export_paper_layout(run: RunLike, out: Path | str | None = None) -> dict[str, Any]:
    """Write a finished run's files into the folders that scripts of the pruning paper read.

    Args:
        run: a finished run.
        out: what gets ``results/`` and ``models/``; by default ``exports/paper`` in its folder.

    Returns:
        ``run_id``, ``folder``, ``files`` relative to it, and ``module``, as ``export`` gives it.

    Raises:
        BadInputError, SpinnError: as ``export``.
    """
    folder = open_run(run)
    if out is None:
        refuse_demo(folder, "name a folder to export it to (--out)")
    from spinn_engine.export import paper_layout

    return paper_layout.export_paper_layout(folder, None if out is None else Path(out))
