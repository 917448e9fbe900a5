"""A report of a finished run, from its files to a folder: ``write_report(folder, out, claims)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from spinn_engine.evaluation.headline import headline
from spinn_engine.report import latex
from spinn_engine.report.facts import Facts, Row, gather
from spinn_engine.report.figures.catalogue import all_pictures
from spinn_engine.report.folder import write_folder
from spinn_engine.report.limits import limits
from spinn_engine.report.methods.text import as_text, methods
from spinn_engine.report.page import page, remarks, title, verdict
from spinn_engine.report.tables import all_tables
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import typeset


def write_report(run: RunFolder, out: Path, claims: Sequence[Row] | None = None) -> list[Path]:
    """Write HTML, LaTeX, figures, methods and JSON of a finished run.

    Args:
        run: the run.
        out: the folder for them; a report of the same run that is there is replaced.
        claims: checked claims to show, each with ``claim``, ``verdict``, ``claimed``, ``found`` and
            ``why``.

    Returns:
        The files, their manifest last.

    Raises:
        BadInputError: the run has not ended, or ``out`` holds other things or cannot be written.
        CorruptArtifactError: a file of the run is broken.
    """
    facts = gather(run, claims)
    return write_folder(out, run.run_id, all_files(facts))


def all_files(facts: Facts) -> dict[str, bytes]:
    """Content of every file by its relative path, but for the manifest."""
    tables, pictures, paragraphs = all_tables(facts), all_pictures(facts), methods(facts)
    sections = {
        "Verdict": [
            typeset(headline(facts.result)),
            *map(_answer, verdict(facts)),
            *remarks(facts),
        ],
        "Methods": paragraphs,
        "Limits": [" ".join(limits(facts))],
    }
    captions = {name: one.caption for name, one in pictures.items()}
    files = {
        "report.html": page(facts, tables, pictures, paragraphs),
        "report.tex": latex.document(title(facts), sections, list(tables), captions),
        "methods.txt": as_text(paragraphs),
        "spinn_structured_metrics.json": facts.result_bytes,
        "spec.json": f"{facts.spec.to_json()}\n".encode(),
    }
    for name, table in tables.items():
        files[f"tables/{name}.tex"] = latex.table_file(table)
    for name, picture in pictures.items():
        files[f"figures/{name}.svg"] = picture.svg
        files[f"figures/{name}.pdf"] = picture.pdf
    return files


def _answer(part: Mapping[str, str]) -> str:
    """An answer as a paragraph; ``Against a straight line: worse.`` and the sentence."""
    outcome = f": {part['outcome']}" if part["outcome"] else ""
    return f"{part['question']}{outcome}. {part['sentence']}"
