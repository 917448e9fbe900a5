"""Residual blocks with LayerNorm in files of bare numbers: found by widths, with the tool's eps."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import r2_score

from spinn_engine import api
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.ends import with_activation
from spinn_engine.graph.ops import LayerNorm
from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.spec import RunSpec
from tests.peers.table import FILES, TABLE, TARGETS
from tests.peers.test_peers import expected

EPS = {"flax_residual.msgpack": 1e-6, "flax_blocks.msgpack": 1e-6, "equinox_blocks.eqx": 1e-5}


def furthest(network: StoredNetwork, file: str, eps: float | None = None) -> float:
    """How far the nearest of its readings is from what the tool predicts, in spreads."""
    told, found = expected(file), []
    wanted, rows = np.array(told["outputs"]), np.array(told["inputs"], np.float32)
    own = (network.form, network.graph, network.arrays)
    for _, graph, arrays in (own, *network.variants):
        active = with_activation(graph, told["activation"])
        if eps is not None:
            ops = [
                op.model_copy(update={"eps": eps}) if isinstance(op, LayerNorm) else op
                for op in active.ops
            ]
            active = active.model_copy(update={"ops": tuple(ops)})
        found.append(np.abs(outputs_of(active, arrays, rows) - wanted).max())
    return float(min(found) / wanted.std())


@pytest.mark.parametrize("file", EPS)
def test_a_reading_computes_what_the_tool_predicts(file: str) -> None:
    network = read_network(FILES / file)
    assert network.kind.startswith("residual network")
    norms = [op for op in network.graph.ops if isinstance(op, LayerNorm)]
    assert {op.eps for op in norms} == {EPS[file]}
    assert furthest(network, file) < 1e-5
    assert furthest(network, file, 1e-3) > 1e-5  # as Keras has it: the eps is no matter of taste
    assert any("The eps of its LayerNorm is not in the file" in note for note in network.notes)


@pytest.mark.parametrize("file", EPS)
def test_the_training_rows_tell_which_reading(file: str) -> None:
    data = {"source": f"table:{TABLE}", "targets": list(TARGETS)}
    spec = RunSpec.from_dict({"data": data, "model": {"dense": str(FILES / file)}})
    problem = api.load_problem(spec.data)
    found = api.import_network(spec)
    assert "silu" in (found.spec.model.dense_reading or "")
    told = np.mean(expected(file)["r2"]["train"])
    rows = problem.train
    given = found.reading.predicted(problem.inputs[rows])
    assert r2_score(problem.targets[rows], given) == pytest.approx(told, abs=0.01)
