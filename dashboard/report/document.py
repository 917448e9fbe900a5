"""The report of a finished run on the Report page: made on request, read here, taken away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.parts import action_errors
from dashboard.reads import own_process
from dashboard.reads.cached import cached, of_run, stamp
from dashboard.report.claims import PAPER
from spinn_engine import api
from spinn_engine.words import counted, size

SUBJECT = "report"  # of what goes wrong with it
MADE = "report_made"
PREVIEW_HEIGHT = 900


@dataclass(frozen=True)
class Report:
    """A written report: its page, and all of its files as a zip archive."""

    page: bytes
    archive: bytes
    files: tuple[str, ...]


def show_report(folder: api.RunFolder) -> None:
    """The button that makes it; once made, the files and the page itself."""
    st.header("Report", anchor=False)
    st.caption(
        "One HTML page that opens offline and prints well, LaTeX tables, figures as SVG and PDF "
        "at column width, a methods paragraph made from the spec, and the JSON."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        pressed = st.button(
            "Make the report", key="make_report", type="primary", icon=":material/description:"
        )
        claims = st.checkbox("with the paper's claims", key="with_claims", bind="query-params")
    asked = folder.run_id, claims
    which = *asked, stamp(folder.fetch(folder.result_path))
    if pressed:
        with action_errors.shown_beside(SUBJECT), st.spinner("Making the report ..."):
            st.session_state[MADE] = which
            written_report(*asked)
    action_errors.show(SUBJECT)
    if st.session_state.get(MADE) == which:
        with action_errors.shown_beside(SUBJECT):
            show_files(folder.run_id, written_report(*asked))


def show_files(run_id: str, report: Report) -> None:
    """The page and the archive to take away, and what the page looks like."""
    with st.container(horizontal=True, gap="small"):
        for label, content, name, mime in (
            ("report.html", report.page, f"{run_id}_report.html", "text/html"),
            ("Everything", report.archive, f"{run_id}_report.zip", "application/zip"),
        ):
            st.download_button(
                f"{label} ({size(len(content))})",
                content,
                name,
                mime,
                key=f"get_{Path(name).suffix[1:]}",
                on_click="ignore",
                icon=":material/download:",
            )
    with st.expander(counted(len(report.files), "file"), icon=":material/folder_zip:"):
        st.code("\n".join(report.files), language=None)
    st.iframe(report.page.decode("utf-8"), height=PREVIEW_HEIGHT)


@cached(of_run(lambda run, _: [run.result_path]), most=8)
def written_report(run_id: str, claims: bool) -> Report:
    """Write the report in a process of its own, and read it.

    Raises:
        SpinnError: the run or its result cannot be used.
    """
    with tempfile.TemporaryDirectory() as name:
        destination = Path(name) / "report"
        more = ["--claims", str(PAPER)] if claims else []
        own_process.engine("report", run_id, "--out", str(destination), *more)
        files = sorted(path for path in destination.rglob("*") if path.is_file())
        names = tuple(path.relative_to(destination).as_posix() for path in files)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, inside in zip(files, names, strict=True):
                archive.write(path, f"{run_id}/{inside}")
        return Report((destination / "report.html").read_bytes(), buffer.getvalue(), names)
