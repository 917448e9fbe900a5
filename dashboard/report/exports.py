"""Exports of a finished run on the Report page: what there is, how exact it is, and more of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts import background_work, elements
from dashboard.reads import run_files
from spinn_engine import api
from spinn_engine.vocabulary import FORMATS, ZEROED
from spinn_engine.words import latency, scientific, size


def show_exports(folder: api.RunFolder) -> None:
    """Every file that was exported, and a form to export more."""
    st.header("Other formats", anchor=False)
    st.caption(
        "From raw inputs to raw outputs: the scaling is part of the network. "
        "Every file is loaded in a fresh process and compared with the network on the test rows."
    )
    if api.is_demo(folder):
        st.info(
            "Exports are kept in the run's folder, and the demo is read-only. Into another folder "
            f"it goes with `python -m spinn_engine export {folder.run_id} --format onnx --out DIR`",
            icon=":material/ios_share:",
        )
        return
    sparse = ZEROED in run_files.run_spec(folder.run_id).compare.controls
    known = [name for name, row in FORMATS.items() if sparse or not row.sparse]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        formats = st.multiselect(
            "Formats",
            known,
            default=[name for name in known if FORMATS[name].usual],
            key="formats",
            bind="query-params",
            format_func=lambda name: f"{FORMATS[name].label}: {FORMATS[name].help}",
            width="stretch",
        )
        pressed = st.button(
            "Export", key="export", icon=":material/ios_share:", disabled=not formats
        )
    if pressed:
        background_work.start(folder.run_id, "export", ["--format", ",".join(sorted(formats))])
    background_work.show(folder.run_id, "export")
    found = api.exports(folder.run_id)
    if found:
        show_table(found)
        show_downloads(folder, found)


def show_table(found: list[dict[str, Any]]) -> None:
    """A row a file."""
    elements.table(
        [
            {
                "File": one["file"],
                "Format": one["format"],
                "Size": size(one["bytes"]),
                "Holds": one["dtype"],
                "Largest difference": f"{scientific(one['largest_share_of_spread'])} of the spread",
                "Latency, batch 1": _latency(one),
            }
            for one in found
        ],
        alt="Every exported file, its size and how far it is from the network",
    )
    rows = found[0]["rows_compared"]
    st.caption(
        f"The largest difference on {rows:,} test rows, as a share of the target's spread there; "
        "latency where it was measured, beside torch, turn by turn on the same threads."
    )


def _latency(one: dict[str, Any]) -> str:
    timed = one.get("latency_us", {})
    return ", ".join(f"{name} {latency(each['1']['median'])}" for name, each in timed.items())


def content(folder: api.RunFolder, path: Path) -> bytes:
    """The bytes of a file of a run."""
    return folder.fetch(path).read_bytes()


def show_downloads(folder: api.RunFolder, found: list[dict[str, Any]]) -> None:
    """The files themselves, and how each is loaded."""
    with st.container(horizontal=True, gap="small"):
        for one in found:
            path = folder.path / "exports" / one["file"]
            there = folder.size(path)
            st.download_button(
                one["file"] if there is not None else f"{one['file']} (missing)",
                data=b"" if there is None else partial(content, folder, path),
                file_name=one["file"],
                key=f"get_{one['file']}",
                on_click="ignore",
                icon=":material/download:",
                disabled=there is None,
            )
    with st.expander("How each is loaded", icon=":material/code:"):
        text = "\n\n".join(f"# {one['file']}\n{one['load']}" for one in found)
        st.code(text, language=None, wrap_lines=True)
