"""A dense network from a file is stage 0: measured first, pruned as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import r2_score
from torch import Tensor

from spinn_engine import api
from spinn_engine.artifacts.checkpoints import load_network
from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from tests.test_pipeline import small_spec


@pytest.fixture
def small_table(small_table: Path) -> Path:
    """Inputs far from standardised, so that the ways of scaling differ."""
    frame = pd.read_csv(small_table)
    frame[["a", "b", "c"]] = frame[["a", "b", "c"]] * [50.0, 0.02, 3.0] + [1000.0, 0.5, -20.0]
    frame.to_csv(small_table, index=False)
    return small_table


@pytest.fixture
def trained(small_table: Path) -> RunFolder:
    """A run whose dense network was trained elsewhere."""
    return api.run(small_spec(small_table, seeds=[3], compare={"controls": []}))


@pytest.fixture
def own(trained: RunFolder) -> Path:
    return trained.checkpoints / "dense_pinn_improved_final.pt"


def plain(own: Path) -> dict[str, Tensor]:
    """The weights alone, as a script would save them."""
    state: dict[str, Tensor] = torch.load(own, weights_only=True)["state_dict"]
    return state


def saved(state: dict[str, Tensor], path: Path) -> Path:
    torch.save(state, path)
    return path


def raw_units(own: Path) -> dict[str, Tensor]:
    """The same network from raw inputs to raw targets."""
    checkpoint = torch.load(own, weights_only=True)
    state, scaler = dict(checkpoint["state_dict"]), checkpoint["scaler"]
    first, last = state["network.0.weight"].double(), state["network.4.weight"].double()
    state["network.0.weight"] = first / scaler["x_std"]
    shift = (first / scaler["x_std"]) @ scaler["x_mean"]
    state["network.0.bias"] = state["network.0.bias"].double() - shift
    state["network.4.weight"] = scaler["y_std"][:, None] * last
    state["network.4.bias"] = state["network.4.bias"] * scaler["y_std"] + scaler["y_mean"]
    return state


def spec_of(table: Path, file: Path, **changes: Any) -> RunSpec:
    model = {"dense": str(file), **changes.pop("model", {})}
    return small_spec(table, model=model, **changes)


def test_the_imported_network_is_stage_0_as_it_is(small_table: Path, own: Path) -> None:
    spec = spec_of(small_table, own)
    folder = api.run(spec)
    result = folder.result()
    assert result is not None
    problem = load_problem(spec.data)
    x, y = torch.from_numpy(problem.inputs), problem.targets
    before, after = (
        load_network(path)(x).detach().numpy()
        for path in (own, folder.checkpoints / "dense_pinn_improved_final.pt")
    )
    np.testing.assert_allclose(after, before, atol=1e-6 * y.std(axis=0).max())
    mean = r2_score(y[problem.test], before[problem.test])
    assert result["dense_r2"] == pytest.approx(mean, abs=1e-6)
    assert result["architectures"][0] == [24, 16]
    assert {line["epoch"] for line in folder.metrics() if line["stage"] == 0} == {0}
    assert folder.spec().model.dense_scaling == "stored"
    assert folder.spec().model.hidden == (24, 16)


@pytest.mark.parametrize("way", ["both", "none"])
def test_the_way_it_is_scaled_is_found_by_its_r2(
    small_table: Path, own: Path, tmp_path: Path, way: str
) -> None:
    state = plain(own) if way == "both" else raw_units(own)
    file = saved(state, tmp_path / "given.pt")
    imported = api.import_network(spec_of(small_table, file, model={"activation": "silu"}))
    assert imported.spec.model.dense_scaling == way
    assert len(imported.r2) == 3
    assert next(iter(imported.r2)) == imported.spec.model.dense_reading == f"{way}; silu"
    problem = load_problem(imported.spec.data)
    rows = problem.val
    predicted = load_network(own)(torch.from_numpy(problem.inputs[rows])).detach().numpy()
    expected = r2_score(problem.targets[rows], predicted, multioutput="raw_values")
    taken = imported.r2[f"{way}; silu"]
    assert list(taken.values()) == pytest.approx(expected.tolist(), abs=1e-5)
    assert f"R2 {imported.mean_r2():.4f} on the validation rows" in imported.sentence()
    assert imported.sentence().count("; ") >= 2  # the other ways are told


def test_both_ways_of_saving_it_give_the_same_run(
    small_table: Path, own: Path, tmp_path: Path
) -> None:
    folders = [
        api.run(spec_of(small_table, saved(state, tmp_path / name), model={"activation": "silu"}))
        for name, state in (("both.pt", plain(own)), ("none.pt", raw_units(own)))
    ]
    first, second = (folder.result() for folder in folders)
    assert first is not None
    assert second is not None
    assert first["spinn_r2"] == pytest.approx(second["spinn_r2"], abs=1e-3)
    again = api.run(folders[0].spec())
    for path in folders[0].checkpoints.iterdir():
        assert (again.checkpoints / path.name).read_bytes() == path.read_bytes()


def test_the_result_says_where_it_came_from_and_what_that_means(
    small_table: Path, own: Path
) -> None:
    result = api.run(spec_of(small_table, own)).result()
    assert result is not None
    assert result["brought"]["file"] == own.name
    assert result["brought"]["params"] == result["dense_params"]
    assert "all repetitions begin with it" in " ".join(result["notes"])
    dense = next(arm for arm in result["arms"] if arm["arm"] == "dense")
    assert len(set(dense["r2"]["per_seed"])) == 1
    scratch = next(arm for arm in result["arms"] if arm["arm"] == "scratch")
    assert len(set(scratch["r2"]["per_seed"])) == 2


def test_columns_in_another_order_are_put_into_the_networks(
    small_table: Path, own: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    pd.read_csv(small_table)[["c", "z", "g", "b", "y", "a"]].to_csv(other, index=False)
    spec = spec_of(other, own)
    data = spec.data.model_copy(update={"targets": ("z", "y")})
    turned = api.import_network(spec.model_copy(update={"data": data}))
    straight = api.import_network(spec_of(small_table, own))
    assert turned.r2["stored"] == pytest.approx(straight.r2["stored"], abs=1e-9)


def test_a_network_without_biases_stays_without(
    small_table: Path, own: Path, tmp_path: Path
) -> None:
    state = {name: value for name, value in plain(own).items() if name.endswith("weight")}
    file = saved(state, tmp_path / "no_bias.pt")
    folder = api.run(spec_of(small_table, file, model={"activation": "silu"}))
    dense = torch.load(folder.checkpoints / "dense_pinn_improved_final.pt", weights_only=True)
    assert "network.2.bias" not in dense["state_dict"]
    assert torch.equal(dense["state_dict"]["network.2.weight"], state["network.2.weight"])


def test_submitting_the_same_file_again_points_at_the_run(
    small_table: Path, own: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.pt"
    file.write_bytes(own.read_bytes())
    first = api.submit(spec_of(small_table, file))
    assert api.submit(spec_of(small_table, file)).existing
    saved(plain(own), file)
    other = api.submit(spec_of(small_table, file, model={"activation": "silu"}))
    assert not other.existing
    old = api.open_run(first.run_id).spec()
    with pytest.raises(BadInputError, match="no longer the checkpoint"):
        api.submit(old)


def test_what_does_not_fit_is_said_in_one_sentence(
    small_table: Path, own: Path, tmp_path: Path
) -> None:
    bare = saved(plain(own), tmp_path / "bare.pt")
    silu = {"activation": "silu"}
    data = {"source": f"table:{small_table}", "targets": ["y"], "group": "g"}
    swapped = {"source": f"table:{small_table}", "targets": ["y", "a"], "group": "g"}
    for spec, says in (
        (spec_of(small_table, tmp_path / "none.pt"), "none.pt"),
        (spec_of(small_table, own, model={"activation": "relu"}), "is silu, not relu"),
        (spec_of(small_table, own, model={"hidden": [24]}), "hidden widths are 24-16, not 24"),
        (spec_of(small_table, bare, model=silu, data=data), "takes 3 input.* has 4 input"),
        (spec_of(small_table, own, data=swapped), "trained with the input.*a, which"),
        (
            spec_of(small_table, bare, model={**silu, "dense_scaling": "stored"}),
            "has no scaler stored",
        ),
    ):
        with pytest.raises(BadInputError, match=says) as refused:
            api.import_network(spec)
        assert "\n" not in str(refused.value)
    with pytest.raises(BadInputError, match=r"leave compare\.folds at 1"):
        spec_of(small_table, own, compare={"folds": 3})
