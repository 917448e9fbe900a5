"""What every source of data and every check answers."""

from __future__ import annotations

from dataclasses import replace
from pkgutil import resolve_name

import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import CHECKS, check_problem
from spinn_engine.problems.checks.evidence import Evidence
from spinn_engine.problems.checks.finding import SEVERITIES
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec, RunSpec
from spinn_engine.vocabulary import ACTIVATIONS, SOURCES

WITHOUT_FILE = [name for name, row in SOURCES.items() if row.path is None]


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_has_a_loader_and_its_defaults_are_a_spec(name: str) -> None:
    row = SOURCES[name]
    assert callable(resolve_name(row.loader))
    spec = RunSpec.from_dict({"data": {"source": name}})
    assert spec.data.source == name
    for part, fields in row.defaults.items():
        assert getattr(spec, part).model_dump(include=set(fields)) == fields
    assert spec == RunSpec.from_json(spec.to_json())


def test_no_two_sources_have_a_field_of_a_form_in_common() -> None:
    assert len({row.short for row in SOURCES.values()}) == len(SOURCES)


@pytest.mark.parametrize("name", WITHOUT_FILE)
def test_a_source_without_a_file_gives_the_same_sound_rows_every_time(name: str) -> None:
    one, two = (load_problem(DataSpec(source=name)) for _ in range(2))
    assert one.source == name
    assert one.inputs.shape[1:] == (len(one.input_names),)
    assert one.targets.shape[1:] == (len(one.target_names),)
    assert np.isfinite(one.inputs).all()
    assert np.array_equal(one.inputs, two.inputs)
    parts = [one.train, one.val, one.test]
    assert all(len(part) for part in parts)
    assert len(np.unique(np.concatenate(parts))) == sum(map(len, parts))
    assert (one.equation is not None) == SOURCES[name].equation


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_where_none_belongs_and_one_that_is_not_there_are_refused(name: str) -> None:
    with pytest.raises(BadInputError) as caught:
        load_problem(DataSpec(source=f"{name}:nowhere/at all.x", targets=("a",)))
    assert "\n" not in str(caught.value)
    assert name in str(caught.value) or "nowhere" in str(caught.value)


@pytest.mark.parametrize("name", [n for n, row in SOURCES.items() if row.equation])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_equation_takes_the_activations_that_have_two_derivatives(
    name: str, activation: str
) -> None:
    given = {"data": {"source": name}, "model": {"activation": activation}}
    if ACTIVATIONS[activation].smooth:
        assert RunSpec.from_dict(given).model.activation == activation
        return
    with pytest.raises(BadInputError, match=f"{name} needs second derivatives, which {activation}"):
        RunSpec.from_dict(given)


def faulty(seed: int = 0) -> Problem:
    """Few rows, in groups that overlap: a constant, a copy, a number of the row, a leak."""
    rng = np.random.default_rng(seed)
    rows = 240
    a, y = rng.normal(size=rows), rng.normal(size=rows)
    groups = np.repeat(np.arange(6), rows // 6)
    inputs = np.column_stack([a, 2 * a + 1, np.ones(rows), np.arange(rows), y, groups])
    part = np.arange(rows) % 4
    return Problem(
        source="made",
        input_names=("a", "copy", "one", "row_id", "leaky", "tool"),
        target_names=("y", "label"),
        inputs=inputs,
        targets=np.column_stack([y, groups % 3]),
        groups=groups,
        train=np.flatnonzero(part < 2),
        val=np.flatnonzero(part == 2),
        test=np.flatnonzero(part == 3),
    )


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_says_what_where_how_bad_and_what_to_do(name: str) -> None:
    problem = faulty()
    found = CHECKS[name](Evidence(problem, "tool"))
    assert found == CHECKS[name](Evidence(faulty(), "tool"))
    for finding in found:
        assert finding.check == name
        assert finding.severity in SEVERITIES
        assert np.isfinite(finding.value)
        assert set(finding.columns) <= {*problem.input_names, *problem.target_names}
        assert set(finding.drop) <= set(problem.input_names)
        assert finding.message.endswith(".")
        assert finding.advice.endswith(".")


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_survives_the_smallest_data(name: str) -> None:
    small = faulty()
    few = replace(small, train=small.train[:2], val=small.val[:1], test=small.test[:1], groups=None)
    assert all(finding.check == name for finding in CHECKS[name](Evidence(few)))


def test_the_faults_are_found_and_the_worst_come_first() -> None:
    found = check_problem(faulty(), "tool")
    assert {"constant", "duplicate", "id", "leak", "group_overlap"} <= {one.check for one in found}
    order = [SEVERITIES.index(one.severity) for one in found]
    assert order == sorted(order)
