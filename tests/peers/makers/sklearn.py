"""scikit-learn: ``MLPRegressor`` by skops, and by skl2onnx to ONNX."""

from __future__ import annotations

import warnings
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED

import numpy as np
from skl2onnx import to_onnx
from sklearn.compose import TransformedTargetRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from skops.io import dump

from tests.peers.record import Task, Tool, record, task
from tests.peers.table import FILES, TRAIN

SKOPS = Tool("skops", ("scikit-learn",))
ONNX = Tool("skl2onnx", ("scikit-learn", "onnx"))
WIDTHS = [4, 24, 12]


def network(activation: str, solver: str = "lbfgs") -> Any:
    """4-24-12."""
    return MLPRegressor(
        hidden_layer_sizes=(24, 12), activation=activation, solver=solver, alpha=1e-4,
        max_iter=150, tol=1e-6, random_state=8, learning_rate_init=0.01,
    )  # fmt: skip


def facts(model: Any, work: Task, structure: str) -> dict[str, Any]:
    """What a reader has to know."""
    return {
        "structure": structure,
        "widths": [*WIDTHS, len(work.names)],
        "activation": model.activation,
        "parameters": sum(one.size for one in (*model.coefs_, *model.intercepts_)),
    }


def skops(model: Any, inner: Any, work: Task, file: str, structure: str) -> None:
    """Write and record one; pipelines compressed, as ``dump`` offers."""
    whole = model is not inner
    dump(model, FILES / file, compression=ZIP_DEFLATED if whole else ZIP_STORED)
    record(file, SKOPS, work, model.predict, kind="skops", **facts(inner, work, structure))


def onnx(model: Any, inner: Any, work: Task, file: str, structure: str) -> None:
    """Write and record one; what scikit-learn predicts is what must come out."""
    program = to_onnx(model, work.x[:1])
    (FILES / file).write_bytes(program.SerializeToString())
    record(file, ONNX, work, model.predict, kind="onnx", **facts(inner, work, structure))


def make() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    work = task()
    model = network("tanh").fit(work.x[TRAIN], work.y[TRAIN])
    skops(model, model, work, "sklearn.skops", "plain")
    onnx(model, model, work, "sklearn.onnx", "plain")
    raw = task("none", "z", ("wear",))
    piped = make_pipeline(StandardScaler(), network("relu", "adam"))
    piped.fit(raw.x[TRAIN], raw.y[TRAIN, 0])
    inside = "StandardScaler inside, plain"
    skops(piped, piped[-1], raw, "sklearn_pipeline.skops", inside)
    onnx(piped, piped[-1], raw, "sklearn_pipeline.onnx", inside)
    both = task("none", "none")
    whole = TransformedTargetRegressor(
        make_pipeline(MinMaxScaler(), network("logistic")), transformer=StandardScaler()
    )
    whole.fit(both.x[TRAIN].astype(np.float64), both.y[TRAIN].astype(np.float64))
    skops(whole, whole.regressor_[-1], both, "sklearn_both.skops",
          "MinMaxScaler and StandardScaler inside, plain")  # fmt: skip
