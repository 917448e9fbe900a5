"""Data: what a source holds, how it is split, what the checks find, and what to do about it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard.data import roles
from dashboard.data.findings import show_findings
from dashboard.data.how_read import show_doubts, show_how_read, show_refusal
from dashboard.data.split_charts import split_picture, spread_picture
from dashboard.parts import elements
from dashboard.parts.columns import columns_table, first_rows
from dashboard.parts.forms import initial, reading, widgets
from dashboard.parts.forms.address import Values
from dashboard.parts.markdown import plain
from dashboard.parts.widget_names import with_widgets
from dashboard.reads import data_source
from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import SOURCES, SPLITS, source_of
from spinn_engine.words import counted, names_in, percent, shortest

MOST_SPREADS = 6


def choose_source(first_values: Values) -> DataSpec | None:
    """Which source, and how its file is read; None while there is no file yet.

    Raises:
        BadInputError: it cannot be read as is said.
    """
    kind, path = widgets.source_form(first_values)
    source = SOURCES[kind]
    if source.path is not None and not path:
        return None
    found: dict[str, Any] = {"source": widgets.named_source(kind, path)}
    return reading.data_of(
        found | (reading.reading_form(first_values) if source.own_columns else {})
    )


def choose_roles(data: DataSpec, first_values: Values) -> DataSpec:
    """What the columns of a source are for.

    Raises:
        BadInputError: it cannot be read.
    """
    found: dict[str, Any] = data.model_dump()
    source = SOURCES[data.source.partition(":")[0]]
    columns = data_source.preview(data)["columns"]
    if source.own_columns:
        found |= roles.role_form(columns, first_values)
        found["split"] = widgets.split_form(first_values)
    elif not source.equation:
        key = widgets.drop_key(source)
        inputs = [column["name"] for column in columns if column["role"] == "input"]
        known = names_in(roles.field_value(key, first_values))
        found["drop"] = tuple(name for name in known if name in inputs)
        roles.choose_several(key, inputs, found["drop"])
    return DataSpec.model_validate(found)


def lacks_targets(data: DataSpec) -> bool:
    """Whether the targets still have to be chosen."""
    source = source_of(data.source)
    return source is not None and source.own_columns and not data.targets


def plan_link(data: DataSpec) -> None:
    """On to Plan, with all that was chosen here in the address."""
    kind, _, path = data.source.partition(":")
    st.page_link(
        "plan/page.py",
        label="Plan with this data",
        icon=":material/tune:",
        query_params=widgets.asked_of(kind, path, data.model_dump()),
    )


def show_no_file() -> None:
    """What to do where a file is read and none is named yet."""
    with st.container(border=True):
        st.header("No file yet", anchor=False)
        st.markdown(
            "Upload a table, or give the path of a file on the server. Then choose the targets "
            "from its columns: the split and the checks show up here.\n\n"
            "A row is a sample, a column an input or a target; the first line holds the names. "
            "Name the column that tells runs, tools or batches apart as the **group**: whole "
            "groups go to one part of the split, or the test rows say little."
        )


def show_no_target(columns: Sequence[dict[str, Any]]) -> None:
    """What to do next in a table whose targets are not named."""
    numbers = [column["name"] for column in columns if column["kind"] == "number"]
    with st.container(border=True):
        st.header("Which columns are to be predicted?", anchor=False)
        if numbers:
            st.markdown("Choose one or more **targets**: the split and the checks show up here.")
        else:
            st.markdown("No column holds numbers, so none can be a target: check the file.")


def show_split(found: api.DataSplit) -> None:
    """Which rows train, validate and test, and whether the parts look alike."""
    st.header("Split", anchor=False)
    elements.picture(
        *split_picture(found.rows, found.groups, elements.is_dark()),
        key="split",
        alt="Rows of the training, validation and test part, each cut into its groups: "
        + "; ".join(f"{part} {count:,} rows" for part, count in found.rows.items()),
    )
    by = SPLITS.get(found.by)
    how = "The files are the split." if by is None else by.picture
    if by is not None and by.group_column == "needed" and found.groups is None:
        how = "The source says which rows go to which part."
    lacking = f" {counted(found.left_out, 'row')} left out." if found.left_out else ""
    st.caption(
        f"{how}{lacking} Training rows fit the network, validation rows choose the best epoch, "
        f"test rows are read once, when a run ends. {plain(with_widgets(' '.join(found.notes)))}"
    )
    elements.folded_table(
        "The parts in numbers",
        [part_row(found, part) for part in found.rows],
        alt="Rows and groups of each part of the split",
        key="part_numbers",
    )


def part_row(found: api.DataSplit, part: str) -> dict[str, Any]:
    """One part of the split in a line."""
    rows, sizes = found.rows[part], [size for _, size in (found.groups or {}).get(part, ())]
    row = {"Part": part, "Rows": rows, "Share": percent(rows / sum(found.rows.values()))}
    if sizes:
        row |= {"Groups": len(sizes), "Smallest group": min(sizes), "Largest group": max(sizes)}
    return row


def show_spreads(spreads: Sequence[api.Spread]) -> None:
    """The values of every target by part, next to each other."""
    st.header("Targets in each part", anchor=False)
    shown = spreads[:MOST_SPREADS]
    for start in range(0, len(shown), 2):
        pair = shown[start : start + 2]
        for column, one in zip(st.columns(2), pair, strict=False):
            unit = f", {one.unit}" if one.unit else ""
            with column:
                elements.picture(
                    *spread_picture(
                        f"{one.target}{unit}", one.edges, one.shares, elements.is_dark()
                    ),
                    key=f"spread_{one.target}",
                    alt=f"Share of the rows of each part by value of {one.target}",
                )
    more = f" The first {MOST_SPREADS} of {len(spreads)} targets." if spreads != shown else ""
    st.caption(
        "Parts that lie far apart make the R² on test rows a matter of luck: cross-validation "
        f"(folds, under Comparison on Plan) then tells more.{more}"
    )
    elements.folded_table(
        "The targets in numbers",
        [spread_row(one, number) for one in shown for number in range(len(one.edges) - 1)],
        alt="Share of the rows of each part in every bin of every target",
        key="target_numbers",
    )


def spread_row(one: api.Spread, number: int) -> dict[str, Any]:
    """One bin of a target in a line."""
    return {
        "Target": one.target + (f" ({one.unit})" if one.unit else ""),
        "From": shortest(one.edges[number]),
        "To": shortest(one.edges[number + 1]),
        **{part: percent(shares[number]) for part, shares in one.shares.items()},
    }


def show_rows(data: DataSpec) -> None:
    """The checks, the split, and the targets in each part.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    found = data_source.split(data)
    with st.container(horizontal=True, gap="small"):
        if found.simulated:
            elements.simulated_badge()
        st.badge(
            f"{sum(found.rows.values()):,} rows, {counted(found.inputs, 'input')}, "
            f"{counted(len(found.spreads), 'target')}",
            color="gray",
        )
    show_findings(data, data_source.findings(data))
    show_split(found)
    show_spreads(found.spreads)


def show_data(data: DataSpec) -> None:
    """Everything about a source, the checks first; its columns even where a row is at fault."""
    held = data_source.preview(data)
    doubt = show_doubts(held["columns"])
    show_how_read(held)
    if lacks_targets(data):
        show_no_target(held["columns"])
    else:
        try:
            show_rows(data)
        except SpinnError as error:
            if not doubt or doubt not in str(error):
                show_refusal(error, None)
    st.header("Columns", anchor=False)
    columns_table(held)
    if not any(file["facts"] for file in held["reading"]):
        rows = partial(first_rows, held)
        elements.folded("First rows", ":material/table_rows:", "first_rows", rows)


st.title("Data", anchor=False)
left, right = st.columns([5, 8], gap="large")
first, data = initial.InitialPlan().values(), None
try:
    with left, st.container(border=True, key="source_card"):
        data = choose_source(first)
        if data is not None:
            data = choose_roles(data, first)
            if not lacks_targets(data):
                plan_link(data)
except BadInputError as error:
    with right:
        show_refusal(error, data)
else:
    with right:
        try:
            if data is None:
                show_no_file()
            else:
                show_data(data)
        except SpinnError as error:
            elements.show_error(error)
