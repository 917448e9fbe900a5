"""Claims on the Report page: a paper's sentences, each held against arithmetic and a run."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import streamlit as st

from dashboard.parts import elements, markup
from dashboard.parts.markdown import plain
from dashboard.reads import run_files
from spinn_engine import api
from spinn_engine.errors import SpinnError
from spinn_engine.vocabulary import CLAIM_VERDICTS, glossary
from spinn_engine.words import quantity

PAPER = api.SHIPPED_CLAIMS["paper"]
PAPERS, OWN = "the SPINN paper's", "a file of your own"


def show_claims(run_id: str | None) -> None:
    """The claims of the chosen file with their verdicts, and a way to take these away.

    Args:
        run_id: a finished run to hold them against; None where there is none.
    """
    st.header("Claims", anchor=False)
    against = f"run {run_id}" if run_id else "arithmetic alone, for there is no finished run yet"
    st.caption(f"A sentence, a quantity and a value, held against {plain(against)}.")
    choice = st.segmented_control(
        "Claims", (PAPERS, OWN), default=PAPERS, required=True, key="claims", bind="query-params"
    )
    text, name = (PAPER.read_text(encoding="utf-8"), PAPER.name) if choice == PAPERS else uploaded()
    if not text:
        return
    try:
        claims = api.claims_from_json(text, name)
        found = api.verify_claims(claims, run_files.result(run_id) if run_id else None, name)
    except SpinnError as error:
        elements.show_error(error)
        return
    show_verdicts(found)


def uploaded() -> tuple[str, str]:
    """Text and name of an uploaded claims file; both empty where there is none."""
    told = "As docs/claims.md says, or a run's own spinn_structured_metrics.json."
    file = st.file_uploader("Claims file", ["json"], key="claims_file", help=told)
    if file is None:
        return "", ""
    try:
        return file.getvalue().decode("utf-8-sig"), file.name
    except UnicodeDecodeError:
        elements.show_error(SpinnError(f"{file.name}: a claims file is UTF-8 text"))
        return "", ""


def show_verdicts(found: list[dict[str, Any]]) -> None:
    """How many of each verdict, and a row a claim."""
    counts = Counter(one["verdict"] for one in found)
    st.markdown(
        "  ·  ".join(
            f"**{counts[name]}** {row.icon} {row.label}" for name, row in CLAIM_VERDICTS.items()
        ),
        help=glossary(CLAIM_VERDICTS.values()),
    )
    elements.table(
        [
            {
                "Verdict": verdict_words(one["verdict"]),
                "Claim, and why": markup.BoldCell(one["claim"], one["why"]),
                "Claimed": number(one["claimed"], one["unit"]),
                "Found": number(one["found"], one["unit"]),
            }
            for one in found
        ],
        alt="Every claim with its verdict, the claimed and the found value, and the reason",
    )
    st.download_button(
        "Verdicts (JSON)",
        json.dumps({"claims": found}, indent=2),
        "verdicts.json",
        "application/json",
        key="get_verdicts",
        on_click="ignore",
        icon=":material/download:",
    )


def verdict_words(name: str) -> str:
    """A verdict as the table has it: a sign and its name."""
    row = CLAIM_VERDICTS[name]
    return f"{row.sign} {row.label}"


def number(value: float | None, unit: str) -> str:
    """A value with its unit; nothing where there is none."""
    if value is None:
        return ""
    return quantity(value, unit)
