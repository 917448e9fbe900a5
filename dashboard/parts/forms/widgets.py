"""Widgets for data.

Every one is in the page's address, so that a link repeats the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts.columns import show_columns
from dashboard.parts.forms import reading
from dashboard.parts.forms.address import KEPT_IN_ADDRESS, Values
from dashboard.parts.forms.upload import upload_form
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import (
    SOURCES,
    SPLITS,
    SourceRow,
    by_label,
    glossary,
    source_of,
    table_suffixes,
)
from spinn_engine.words import names_in, names_text

TABLE_FIELDS = ("targets", "group", "time", "drop")
GROUP_HELP = "Rows of one group stay together in the split; the column is no input by itself."
AS_ADVISED = "as the rows advise"
OF_FILES = ("hidden", "activation")  # whose defaults follow the rows of a file


def data_form(first_values: Values) -> dict[str, Any]:
    """What is learned; gives the ``data`` part of a spec.

    Raises:
        BadInputError: a file without a path or a table without targets.
    """
    kind, path = source_form(first_values)
    own_columns = SOURCES[kind].own_columns
    found = table_form(first_values) if own_columns else left_out_form(kind)
    if own_columns:
        found |= reading.kept_reading(first_values)
        reading.show_kept(found)
    st.page_link(
        "data/page.py",
        label="Look at this data",
        icon=":material/table_view:",
        query_params=asked_of(kind, path, found),
    )
    found["source"] = named_source(kind, path)
    if own_columns:
        show_columns(reading.data_of(found))
        if not found["targets"]:
            raise BadInputError("data: name at least one target column")
    return found


def asked_of(kind: str, path: str, found: Mapping[str, Any]) -> dict[str, str]:
    """What the address of Data or Plan says of the data.

    Args:
        kind: of the source.
        path: of its file, if it is one.
        found: fields of a spec.
    """
    source = SOURCES[kind]
    asked = {"source": kind}
    if source.path is not None:
        asked[path_key(source)] = path
    if source.own_columns:
        asked |= {"targets": names_text(found["targets"])}
        asked |= {"group": found["group"] or "", "time": found["time"] or ""}
        asked["keep_group"] = "true" if found["keep_group"] else ""
        asked["split_by"] = SPLITS[found["split"]].label if found["split"] else ""
        asked |= reading.asked_in(found)
    if not source.equation:
        asked[drop_key(source)] = names_text(found.get("drop", ()))
    return {name: value for name, value in asked.items() if value}


def source_form(first_values: Values) -> tuple[str, str]:
    """The kind of source, and the path where it is a file."""
    kinds = by_label(SOURCES)
    first = list(kinds).index(first_values["source"])
    told = glossary(SOURCES.values())
    kind = kinds[st.selectbox("Data", kinds, first, key="source", help=told, **KEPT_IN_ADDRESS)]
    row = SOURCES[kind]
    if row.path is None:
        return kind, ""
    key = path_key(row)
    if row.own_columns:
        upload_form(
            "Upload a table",
            [suffix.removeprefix(".") for suffix in table_suffixes()],
            key="table_file",
            keep=_keep_table,
            path_key=key,
            about="It is read before it is kept, in the folder uploads of the store on this "
            "machine.",
        )
    asked = row.path
    path = st.text_input(
        asked.label,
        first_values[key],
        key=key,
        placeholder=asked.example,
        help=asked.help,
        on_change=reading.forget if row.own_columns else None,
        **KEPT_IN_ADDRESS,
    )
    return kind, (path or "").strip()


def _keep_table(name: str, content: bytes) -> Path:
    """Keep an uploaded table; what was said of reading another is no word of this one."""
    path = api.keep_table(name, content)
    reading.forget()
    return path


def path_key(source: SourceRow) -> str:
    """The key of the widget that holds a source's path."""
    return f"{source.short}_path" if source.short else "path"


def drop_key(source: SourceRow) -> str:
    """The key of the widget that holds the columns to leave out of a source."""
    return f"drop_{source.short}" if source.short else "drop"


def named_source(kind: str, path: str) -> str:
    """The source as a spec names it.

    Raises:
        BadInputError: it is a file, and there is no path.
    """
    row = SOURCES[kind]
    if row.path is None:
        return kind
    if not path:
        more = ", or upload a file" if row.own_columns else ""
        raise BadInputError(f"data: give the path: {row.path.example}{more}")
    return f"{kind}:{path}"


def left_out_form(kind: str) -> dict[str, Any]:
    """Columns that were left out under Data, of a source whose other columns are fixed."""
    key = drop_key(SOURCES[kind])
    if not (st.query_params.get(key) or st.session_state.get(key)):
        return {}
    drop = st.text_input("Columns to leave out", "", key=key, **KEPT_IN_ADDRESS)
    return {"drop": names_in(drop)}


def table_form(first_values: Values) -> dict[str, Any]:
    """Which columns of a table are what."""
    targets = st.text_input(
        "Target columns",
        first_values["targets"],
        key="targets",
        placeholder="wear, drift",
        help='A name with a comma in it goes into quotes: "force, mean".',
        **KEPT_IN_ADDRESS,
    )
    left, right = st.columns(2, wrap=False)
    group = left.text_input(
        "Group column (optional)",
        first_values["group"],
        key="group",
        help=GROUP_HELP,
        **KEPT_IN_ADDRESS,
    )
    time = right.text_input(
        "Time column (optional)",
        first_values["time"],
        key="time",
        help="Orders the rows of a group: what physics terms and checks for clocks need.",
        **KEPT_IN_ADDRESS,
    )
    named = (group or "").strip() or None
    keep_group = keep_group_form(named, first_values)
    drop = st.text_input(
        "Columns to leave out (optional)", first_values["drop"], key="drop", **KEPT_IN_ADDRESS
    )
    return {
        "targets": names_in(targets),
        "group": named,
        "keep_group": keep_group,
        "time": (time or "").strip() or None,
        "drop": names_in(drop),
        "split": split_form(first_values),
    }


def keep_group_form(group: str | None, first_values: Values) -> bool:
    """Whether the column of the groups, where one is named, is an input all the same."""
    if group is None:
        return False
    kept = st.toggle(
        "The group column is an input too",
        first_values["keep_group"],
        key="keep_group",
        help="For a network that is brought and has it among its inputs.",
        **KEPT_IN_ADDRESS,
    )
    if kept:
        st.warning(
            "What is learned by the group column says nothing of groups that are new.",
            icon=":material/warning:",
        )
    return kept


def split_form(first_values: Values) -> str | None:
    """By what the rows of a table are told apart; None leaves it to the rows."""
    names = by_label(SPLITS)
    label = st.selectbox(
        "Split",
        labels := [AS_ADVISED, *names],
        labels.index(first_values["split_by"]),
        key="split_by",
        help=f"By default whole groups where a group column is named, blocks where rows follow one "
        f"another, else rows at random.  \n{glossary(SPLITS.values())}",
        **KEPT_IN_ADDRESS,
    )
    return names.get(label)


def parse_widths(text: str) -> tuple[int, ...]:
    """Whole numbers separated by commas or spaces.

    Raises:
        BadInputError: there are none, or something else stands between them.
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip("[]() \t")) if part]
    if not parts or not all(re.fullmatch(r"[0-9]{1,6}", part) for part in parts):
        raise BadInputError(
            f"hidden widths must be whole numbers such as 512, 512, 512, 256, but got {text[:80]!r}"
        )
    return tuple(int(part) for part in parts)


def key_of(name: str, source: str) -> str:
    """The key of a widget whose default depends on the source."""
    row = source_of(source)
    if row is None:
        return name
    if row.path is not None and name in OF_FILES:
        return f"{name}_file"
    own = any(name in part for part in row.defaults.values())
    return f"{name}_{row.short}" if own else name
