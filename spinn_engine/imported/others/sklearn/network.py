"""``MLPRegressor`` in a ``.skops`` file, behind scalers and before the way back to the target."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.graph.ops import INPUTS
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.others.assembly import Assembly
from spinn_engine.imported.others.json_text import json_of
from spinn_engine.imported.others.packed import Packed
from spinn_engine.imported.others.sklearn.scalers import scaling
from spinn_engine.imported.others.sklearn.tree import STRANGE, Floats, Thing, Tree
from spinn_engine.imported.others.whole import whole_network
from spinn_engine.words import shown

SCHEMA = "schema.json"
MLP = "sklearn.neural_network._multilayer_perceptron.MLPRegressor"
PIPELINE = "sklearn.pipeline.Pipeline"
TARGET = "sklearn.compose._target.TransformedTargetRegressor"
FUNCTION = "sklearn.preprocessing._function_transformer.FunctionTransformer"
SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
ACTIVATIONS = {
    "identity": None,
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "exp": "exp",  # behind the last layer, where the loss is poisson
}
BACK = {"numpy.exp": "exp", "numpy.expm1": "exp", "numpy.square": "square"}
DEEPEST = 8


def read_skops(file: BinaryIO, size: int) -> StoredNetwork:
    """The network, with the scalers that stand in the file.

    Raises:
        BadInputError: a step is of a kind that is not read, or was not fitted.
        CorruptArtifactError: the file is damaged.
    """
    packed = Packed(file)
    tree = Tree(packed)
    model = tree.value(json_of(packed.read(SCHEMA), "its schema"))
    if not isinstance(model, Thing):
        raise CorruptArtifactError(STRANGE)
    steps, behind = _steps(tree, model, 0)
    *before, net = steps
    if net.kind != MLP:
        raise BadInputError(
            f"it is a model of the class {shown(net.kind)}: an MLPRegressor is read, alone, behind "
            "scalers in a Pipeline, or in a TransformedTargetRegressor"
        )
    weights, biases = (_arrays(tree, net, name) for name in ("coefs_", "intercepts_"))
    if len(weights) != len(biases) or not weights or weights[0].ndim != 2:
        raise CorruptArtifactError(STRANGE)
    built, value = Assembly(len(weights[0])), INPUTS
    for step in before:
        value = built.scale(step.name, value, *scaling(tree, step))
    value = _layers(tree, net, built, value, weights, biases)
    for thing in behind:
        _back(tree, thing, built, value)
        value = built.ops[-1].name
    network = whole_network(built, "skops", tree.dtypes, ())
    return replace(network, input_names=_names(tree, steps[0], network.inputs))


def _steps(tree: Tree, model: Thing, depth: int) -> tuple[list[Thing], list[Thing]]:
    """The steps up to the network, and what turns its outputs into the targets."""
    if depth > DEEPEST:
        raise CorruptArtifactError(STRANGE)
    if model.kind.startswith("sklearn.model_selection.") and model.name in SEARCHES:
        return _steps(tree, _thing(tree, model, "best_estimator_"), depth + 1)
    if model.kind == TARGET:
        steps, behind = _steps(tree, _thing(tree, model, "regressor_"), depth + 1)
        return steps, [*behind, _thing(tree, model, "transformer_")]
    if model.kind != PIPELINE:
        return [model], []
    found: list[Thing] = []
    behind = []
    for step in _of_pipeline(tree, model):
        if behind:
            raise CorruptArtifactError(STRANGE)
        steps, behind = _steps(tree, step, depth + 1)
        found += steps
    return found, behind


def _of_pipeline(tree: Tree, model: Thing) -> list[Thing]:
    """Its steps but those that do nothing."""
    pairs = tree.of(model, "steps")
    if not isinstance(pairs, list) or not all(
        isinstance(one, list) and len(one) == 2 for one in pairs
    ):
        raise CorruptArtifactError(STRANGE)
    steps = [step for _, step in pairs if step not in (None, "passthrough")]
    found = [step for step in steps if isinstance(step, Thing)]
    if not found or len(found) != len(steps):
        raise CorruptArtifactError(STRANGE)
    return found


def _thing(tree: Tree, model: Thing, name: str) -> Thing:
    found = tree.of(model, name)
    if not isinstance(found, Thing):
        raise BadInputError(f"its {shown(model.name)} was not fitted before it was saved")
    return found


def _arrays(tree: Tree, net: Thing, name: str) -> list[Floats]:
    nodes = tree.of(net, name)
    if nodes is None:
        raise BadInputError("its MLPRegressor was not fitted before it was saved")
    if not isinstance(nodes, list) or len(nodes) > 1024:
        raise CorruptArtifactError(STRANGE)
    return [tree.array(node, f"{name}[{place}]") for place, node in enumerate(nodes)]


def _layers(
    tree: Tree, net: Thing, built: Assembly, value: str,
    weights: list[Floats], biases: list[Floats],
) -> str:  # fmt: skip
    hidden, last = (_function(tree, net, name) for name in ("activation", "out_activation_"))
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        value = built.dense(f"{2 * number}", value, weight, bias)
        function = last if number == len(weights) - 1 else hidden
        if function:
            value = built.function(f"{2 * number + 1}", value, function)
    return value


def _function(tree: Tree, net: Thing, name: str) -> str | None:
    told = tree.of(net, name)
    if isinstance(told, Thing):
        raise BadInputError(f"its {name} is {shown(told.kind)}, which is code and never run")
    if not isinstance(told, str) or told not in ACTIVATIONS:
        raise BadInputError(f"its {name} is {shown(told)}, {', '.join(ACTIVATIONS)} are read")
    return ACTIVATIONS[told]


def _back(tree: Tree, thing: Thing, built: Assembly, value: str) -> None:
    """The inverse of what was done to the targets before training."""
    if thing.kind == FUNCTION:
        _function_back(tree, thing, built, value)
        return
    scale, shift = scaling(tree, thing)
    if not scale.all():
        raise CorruptArtifactError(f"its {shown(thing.name)} multiplies by zero")
    built.scale(thing.name, value, 1 / scale, -shift / scale)


def _function_back(tree: Tree, thing: Thing, built: Assembly, value: str) -> None:
    function = tree.of(thing, "inverse_func")
    if function is None and tree.of(thing, "func") is None:
        return
    name = function.kind if isinstance(function, Thing) else shown(function)
    if name not in BACK or tree.of(thing, "inv_kw_args") not in (None, []):
        raise BadInputError(
            f"its targets come back by {shown(name)}, which is not run: {', '.join(BACK)} are read"
        )
    value = built.function("back", value, BACK[name])
    if name == "numpy.expm1":
        built.scale("back_less_one", value, np.ones(1), -np.ones(1))


def _names(tree: Tree, first: Thing, inputs: int) -> tuple[str, ...] | None:
    """The columns of the table that it was fitted with, where that had names."""
    names = tree.of(first, "feature_names_in_")
    if not isinstance(names, list) or len(names) != inputs:
        return None
    found = tuple(name for name in names if isinstance(name, str))
    return found if len(found) == inputs else None
