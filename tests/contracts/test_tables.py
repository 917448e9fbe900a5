"""What every row of every table answers: its words, its implementations, its place in the spec."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from string import Formatter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spinn_engine import vocabulary
from spinn_engine.artifacts.arms import FITTED
from spinn_engine.claims.arithmetic import ARITHMETIC
from spinn_engine.claims.claim import Claim
from spinn_engine.claims.measured import MEASURED
from spinn_engine.errors import BadInputError
from spinn_engine.export.translated import onnx_steps
from spinn_engine.export.writers import WRITERS
from spinn_engine.graph import functions as arrays
from spinn_engine.graph.kinds import KINDS
from spinn_engine.imported.search.scales import FITTED as FITTED_SCALES
from spinn_engine.problems import checks
from spinn_engine.problems.tables.parting import SPLITTERS
from spinn_engine.pruning import importance, reconstruction, schedule, whatif
from spinn_engine.spec import CompareSpec, ModelSpec, PruneSpec, RunSpec
from spinn_engine.training import functions, scaling
from spinn_engine.training.jets import DERIVATIVES
from spinn_engine.training.modules import CALLS
from spinn_engine.vocabulary import Row, glossary, unknown

TABLES: dict[str, Mapping[str, Row]] = {
    name: found
    for name in vocabulary.__all__
    if isinstance(found := getattr(vocabulary, name), dict)
}
ROWS = [
    pytest.param(row, id=f"{name}-{key}") for name in TABLES for key, row in TABLES[name].items()
]
QUANTITIES = vocabulary.QUANTITIES.items()
PLANNED = {n for n, row in vocabulary.SCHEDULES.items() if row.widths != "given"}
SMOOTH = {n for n, row in vocabulary.FUNCTIONS.items() if row.smooth}
IMPLEMENTATIONS: dict[str, tuple[Any, Any]] = {
    "criteria": (vocabulary.CRITERIA, importance.CRITERIA),
    "schedules": (PLANNED, schedule.TIMES_PRUNED),
    "reconstructions of a run": (vocabulary.RECONSTRUCTIONS, reconstruction.RECONSTRUCTIONS),
    "reconstructions of a prediction": (vocabulary.RECONSTRUCTIONS, whatif.RECONSTRUCTIONS),
    "functions of a stack": (vocabulary.FUNCTIONS, functions.FUNCTIONS),
    "functions of a prediction": (vocabulary.FUNCTIONS, arrays.FUNCTIONS),
    "functions of a checkpoint": (vocabulary.FUNCTIONS, CALLS),
    "functions of an ONNX file": (vocabulary.FUNCTIONS, onnx_steps.FUNCTIONS),
    "functions of an equation": (SMOOTH, DERIVATIVES),
    "networks": (vocabulary.NETWORKS, KINDS),
    "scales of new inputs": (vocabulary.INPUT_SCALES, scaling.INPUT_SCALES),
    "scales of targets": (vocabulary.OUTPUT_FUNCTIONS, scaling.OUTPUT_SCALES),
    "inverses of output functions": (
        {row.function for row in vocabulary.OUTPUT_FUNCTIONS.values() if row.function},
        arrays.INVERSES,
    ),
    "ways of scaling": (vocabulary.SCALES, FITTED_SCALES),
    "arms that are fitted": (
        {name for name, arm in vocabulary.ARMS.items() if arm.block is None},
        FITTED,
    ),
    "formats": (vocabulary.FORMATS, WRITERS),
    "splits": (vocabulary.SPLITS, SPLITTERS),
    "checks": (vocabulary.CHECKS, checks.CHECKS),
    "quantities of widths": ({n for n, row in QUANTITIES if not row.of_run}, ARITHMETIC),
    "quantities of a run": ({n for n, row in QUANTITIES if row.of_run}, MEASURED),
}
TOLD = ["CRITERIA", "SCHEDULES", "RECONSTRUCTIONS", "ACTIVATIONS", "NETWORKS", "SOURCES"]
FIELDS: list[tuple[type[Any], str, Mapping[str, Row]]] = [
    (PruneSpec, "criterion", vocabulary.CRITERIA),
    (PruneSpec, "schedule", vocabulary.SCHEDULES),
    (PruneSpec, "reconstruction", vocabulary.RECONSTRUCTIONS),
    (ModelSpec, "activation", vocabulary.ACTIVATIONS),
    (ModelSpec, "network", vocabulary.NETWORKS),
    (ModelSpec, "input_scale", vocabulary.INPUT_SCALES),
    (ModelSpec, "output_function", vocabulary.OUTPUT_FUNCTIONS),
    (CompareSpec, "controls", vocabulary.CONTROLS),
    (Claim, "quantity", vocabulary.QUANTITIES),
    (Claim, "arm", vocabulary.ARMS),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_it_is(row: Row) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", row.name)
    assert row.label.strip() == row.label != ""
    assert row.help.strip() == row.help != ""
    assert not row.help.endswith((".", ":"))
    assert glossary([row]) == f"{row.label}: {row.help}."


@pytest.mark.parametrize("row", ROWS)
def test_what_the_methods_say_can_be_filled_in(row: Row) -> None:
    for field in ("methods", "methods_untuned"):
        text = getattr(row, field, "")
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        assert all(names), "a place to fill in has a name"
        assert "{" not in text.format(**dict.fromkeys(names, "x"))
        assert "  " not in text


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_by_name_and_no_two_rows_look_alike(name: str) -> None:
    table = TABLES[name]
    assert [row.name for row in table.values()] == list(table)
    assert len({row.label for row in table.values()}) == len(table)
    assert len({row.help for row in table.values()}) == len(table)


@pytest.mark.parametrize("kind", TOLD)
def test_no_two_are_told_alike_in_the_methods(kind: str) -> None:
    told = [getattr(row, "methods") for row in TABLES[kind].values()]  # noqa: B009
    assert all(told)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("what", IMPLEMENTATIONS)
def test_both_sides_have_the_same_names(what: str) -> None:
    rows, implementations = IMPLEMENTATIONS[what]
    assert set(rows) == set(implementations)
    assert all(callable(one) for one in implementations.values())


@pytest.mark.parametrize(("part", "field", "table"), FIELDS)
def test_the_schema_has_the_names(part: type[Any], field: str, table: Mapping[str, Row]) -> None:
    schema = part.model_json_schema()["properties"][field]
    assert schema.get("items", schema)["enum"] == list(table)
    assert schema.get("items", schema)["type"] == "string"


@pytest.mark.parametrize("field", ["prune.criterion", "prune.schedule", "model.activation"])
@pytest.mark.parametrize("given", ["", "beauty", "L1", 3, None, ["l1"]])
def test_a_wrong_name_is_one_sentence_with_the_names(field: str, given: Any) -> None:
    part, name = field.split(".")
    with pytest.raises(BadInputError) as caught:
        RunSpec.from_dict({part: {name: given}})
    told = str(caught.value)
    assert told.startswith(f"spec: {field}: ")
    assert "\n" not in told
    assert repr(given) in told
    if isinstance(given, str):
        table = {field: table for _, field, table in FIELDS}[name]
        assert ", ".join(table) in told


def test_a_row_that_is_added_may_be_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    row = vocabulary.CriterionRow(name="new", label="new", score="new", help="h", methods="m")
    with pytest.raises(BadInputError):
        RunSpec.from_dict({"prune": {"criterion": "new"}})
    monkeypatch.setitem(vocabulary.CRITERIA, "new", row)
    assert RunSpec.from_dict({"prune": {"criterion": "new"}}).prune.criterion == "new"
    assert "new" in PruneSpec.model_json_schema()["properties"]["criterion"]["enum"]


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_a_slip_of_the_finger_is_understood(kind: str, data: st.DataObject) -> None:
    table = TABLES[kind]
    name = data.draw(st.sampled_from([n for n in table if len(n) > 4]))
    at = data.draw(st.integers(0, len(name) - 1))
    slip = name[:at] + name[at + 1 :]
    assume(slip not in table)
    told = unknown("kind", slip, table)
    assert re.search(r"; did you mean (\S+)\?$", told)


def test_the_vocabulary_loads_the_standard_library_alone() -> None:
    code = (
        "import sys; before = set(sys.modules); import spinn_engine.vocabulary; "
        "new = {n.partition('.')[0] for n in set(sys.modules) - before}; "
        "print(sorted(new - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['spinn_engine']\n"
