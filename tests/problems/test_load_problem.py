import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import SOURCES


@pytest.mark.parametrize("source", ["", "milling", "runs.csv", "Table:runs.csv", ":"])
def test_an_unknown_source_is_refused_and_the_valid_ones_are_named(source: str) -> None:
    with pytest.raises(BadInputError) as caught:
        load_problem(DataSpec(source=source))
    assert all(name in str(caught.value) for name in SOURCES)
    assert repr(source) in str(caught.value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DataSpec(source="milling-sim:here.csv"), "takes no path"),
        (DataSpec(group="life"), "already split by tool life"),
        (DataSpec(targets=("wear",)), "tool_wear and thermal_displacement"),
        (DataSpec(targets=("tool_wear", "tool_wear")), "named twice"),
        (DataSpec(drop=("colour",)), "'colour'"),
        (DataSpec(drop=("tool_wear",)), "dropped column 'tool_wear'"),
        (DataSpec(source="table:"), "as in table:runs.csv"),
        (DataSpec(source="table"), "as in table:runs.csv"),
    ],
)
def test_options_that_a_source_cannot_use_are_refused(data: DataSpec, expected: str) -> None:
    with pytest.raises(BadInputError, match=expected):
        load_problem(data)


def test_milling_sim_takes_a_selection_of_targets_and_inputs() -> None:
    whole = load_problem(DataSpec())
    data = DataSpec(targets=("thermal_displacement",), drop=("time_s", "mrr_mm3_s"))
    part = load_problem(data)
    assert part.input_names == tuple(n for n in whole.input_names if n not in data.drop)
    assert part.target_names == data.targets
    assert part.ceiling == {name: (whole.ceiling or {})[name] for name in data.targets}
    assert np.array_equal(part.targets[:, 0], whole.targets[:, 1])
    assert np.array_equal(part.inputs, whole.inputs[:, 1:17])
    assert set(part.units) == {*part.input_names, *part.target_names}


def test_milling_sim_needs_at_least_one_input() -> None:
    every_input = load_problem(DataSpec()).input_names
    with pytest.raises(BadInputError, match="no input column is left"):
        load_problem(DataSpec(drop=every_input))
