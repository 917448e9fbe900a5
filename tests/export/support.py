"""What the tests of exports share: small networks between scalers, and runs to export."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn

from spinn_engine.artifacts.checkpoints import RawUnitsNetwork
from spinn_engine.export.folding import RawNetwork, fold
from spinn_engine.export.writers import WRITERS
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.spec import Activation, RunSpec
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.modules import CALLS
from tests.export.kinds import GRAPHS, raw_network_of

DTYPES = {"float32": torch.float32, "float64": torch.float64}
ABOUT = {"zeta": "1", "names": '["é", "\\"b\\""]', "alpha": "x"}
SHORT = {"epochs": 3, "fine_tune_epochs": 2, "batch_size": 32, "device": "cpu"}


def raw_network(
    activation: Activation = "tanh",
    means: tuple[float, float, float] = (5.0, -2.0, 0.1),
    spreads: tuple[float, float, float] = (3.0, 0.5, 20.0),
    bias: bool = True,
    seed: int = 0,
) -> RawUnitsNetwork:
    """A random network from a, b, c to y, z, 3 -> 12 -> 9 -> 2, between scalers in float64."""
    torch.manual_seed(seed)
    how = CALLS[activation]

    def kind() -> nn.Module:
        assert how.module is not None
        return how.module(**how.given)

    graph = mlp((12, 9), 3, 2, activation)
    if not bias:
        bare = [op.model_copy(update={"bias": False}) for op in graph.ops[:4:2]]
        graph = Graph(
            ops=(bare[0], graph.ops[1], bare[1], *graph.ops[3:]),
            widths=graph.widths,
            prunable=graph.prunable,
        )
    network = nn.Sequential(
        nn.Linear(3, 12, bias=bias), kind(), nn.Linear(12, 9, bias=bias), kind(), nn.Linear(9, 2)
    )
    scaler = {
        "x_mean": torch.tensor(means, dtype=torch.float64),
        "x_std": torch.tensor(spreads, dtype=torch.float64),
        "y_mean": torch.tensor([100.0, -0.4], dtype=torch.float64),
        "y_std": torch.tensor([20.0, 0.3], dtype=torch.float64),
    }
    names = {"input_names": ["a", "b", "c"], "target_names": ["y", "z"]}
    return RawUnitsNetwork(network, {"scaler": scaler, **names}, graph).eval()


def raw_rows(whole: RawUnitsNetwork, count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Rows ``[count, in]`` as the network's scaler expects them."""
    normal = np.random.default_rng(seed).normal(size=(count, len(whole.input_names)))
    return np.asarray(normal * whole.x_std.numpy() + whole.x_mean.numpy())  # type: ignore[operator]


def network_of(activation: Activation, dtype: str, bias: bool = True) -> RawNetwork:
    """Half of its weights are zero."""
    network = fold(raw_network(activation, bias=bias), DTYPES[dtype])
    for parameter in network.module.parameters():
        if parameter.dim() == 2:
            parameter.data[parameter.abs() < parameter.abs().median()] = 0.0
    return network


def digests() -> dict[str, str]:
    """SHA-256 of three networks in every format."""
    networks = [network_of("gelu", "float32")]
    networks += [fold(raw_network_of(GRAPHS[n]), torch.float64) for n in ("residual", "deeponet")]
    return {
        f"{name}{number}": hashlib.sha256(write(network, ABOUT)).hexdigest()
        for number, network in enumerate(networks)
        for name, write in WRITERS.items()
    }


def write_table(path: Path, clock: bool = False) -> Path:
    """200 rows in 20 groups: inputs a, b, and c or a clock in seconds; targets y and z."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(200, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["y"] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.01 * rng.normal(size=200)
    frame["z"] = 100 + 20 * np.sin(x[:, 1])
    frame["g"] = np.repeat(np.arange(20), 10)
    if clock:
        frame["clock"] = 1e9 + 1e3 * frame.pop("c")
        del frame["z"]
    frame.to_csv(path, index=False)
    return path


def small_spec(table: Path, targets: list[str], **changes: Any) -> RunSpec:
    """One seed, two stages, and of the controls only magnitude."""
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{table}", "targets": targets, "group": "g"},
            "model": {"hidden": [24, 16]},
            "train": SHORT,
            "prune": {"stages": 2, "param_reduction": 0.6},
            "compare": {"controls": ["magnitude"]},
            "seeds": [3],
        }
        | changes
    )


def change_stored_spec(folder: RunFolder, part: str, **values: Any) -> RunFolder:
    """The run as one of a version that kept no manifest, with other values in its spec."""
    folder.path.joinpath("manifest.json").unlink(missing_ok=True)
    stored = json.loads(folder.spec_path.read_text())
    stored["spec"][part] |= values
    folder.spec_path.write_text(json.dumps(stored))
    return RunFolder(folder.store, folder.run_id)
