"""A ``.keras`` or ``.h5`` file of Keras: the whole model, or its weights alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.graph.ops import INPUTS
from spinn_engine.imported.files.kinds import SAVE_AGAIN
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.others.assembly import Assembly
from spinn_engine.imported.others.claims import Named
from spinn_engine.imported.others.json_text import json_of
from spinn_engine.imported.others.keras.config import STRANGE, Layer, Model, Ref, model_of
from spinn_engine.imported.others.keras.hdf5 import Hdf5, hdf5_of
from spinn_engine.imported.others.keras.layers import Making, Variables, add
from spinn_engine.imported.others.keras.weights import ByClass, ByName, variables
from spinn_engine.imported.others.packed import Packed
from spinn_engine.imported.others.whole import whole_network
from spinn_engine.words import shown, shown_list

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
TORCH_NAMES = {"kernel": "weight", "0": "weight", "1": "bias", "bias": "bias"}
DEEPEST, MOST_GROUPS = 8, 4096
NO_CONFIG = (
    "It holds weights without what is computed with them: save the model whole (model.save) to "
    "have its functions read too."
)


def read_keras(file: BinaryIO, size: int) -> StoredNetwork:
    """A ``.keras`` file.

    Raises:
        BadInputError: it has layers that are not read, or code.
        CorruptArtifactError: it is damaged.
    """
    packed = Packed(file)
    told = json_of(packed.read(CONFIG), "its config")
    model = model_of(told)
    with hdf5_of(packed.read(WEIGHTS)) as weights:
        made = ByClass(weights, model.layers)
        return _network(model, made, weights, "keras")


def read_keras_hdf5(file: BinaryIO, size: int) -> StoredNetwork | Named:
    """An ``.h5`` file: a whole model, or weights under names.

    Raises:
        BadInputError: it is not of Keras, or has layers that are not read.
        CorruptArtifactError: it is damaged.
    """
    with hdf5_of(file) as weights:
        config = weights.texts("", "model_config")
        if config:
            model = model_of(json_of(config[0], "its config"))
            made = ByName(weights, "model_weights")
            return _network(model, made, weights, "keras h5")
        if weights.texts("", "layer_names"):
            return _by_name(weights)
        named = _by_class(weights)
        if named.value:
            return named
    raise BadInputError(
        f"it is an HDF5 file that Keras did not write (a table, or another program's): {SAVE_AGAIN}"
    )


def _network(model: Model, variables_of: Variables, weights: Hdf5, form: str) -> StoredNetwork:
    needed = _needed(model)
    inputs = [layer for layer in needed if layer.kind == "InputLayer"]
    if len(inputs) != 1:
        raise BadInputError(
            f"it has {len(inputs)} inputs, {shown_list(one.name for one in inputs)}: build it with "
            "one input that has the columns of all"
        )
    learns = [one.config.get("trainable", True) is not False for one in needed if _is_dense(one)]
    making = Making(Assembly(_columns(inputs[0])), variables_of, frozen=any(learns))
    values: dict[Ref, str] = {(inputs[0].name, 0): INPUTS}
    waiting = [layer for layer in needed if layer is not inputs[0]]
    while waiting:
        ready = [one for one in waiting if all(ref in values for ref in _refs(one))]
        if not ready:
            raise CorruptArtifactError(
                f"its layer {shown(waiting[0].name)} takes what no layer gives, copy it again"
            )
        for layer in ready:
            taken = [values[one] if isinstance(one, tuple) else one for one in layer.calls[0]]
            values[layer.name, 0] = add(making, layer, taken)
        waiting = [one for one in waiting if (one.name, 0) not in values]
    if any(end not in values for end in model.outputs):
        raise CorruptArtifactError(STRANGE)
    notes = _ended(making, [values[end] for end in model.outputs], model)
    return whole_network(making.built, form, weights.dtypes, notes)


def _ended(making: Making, ends: Sequence[str], model: Model) -> list[str]:
    """Put several outputs beside each other; what is to be said of the model, in sentences."""
    notes = []
    if len(ends) > 1:
        making.built.concat("outputs", ends)
        names = shown_list(name for name, _ in model.outputs)
        notes.append(f"Its outputs stand beside each other in the model's order: {names}.")
    if halved := sorted({policy for one in model.layers if (policy := _half(one))}):
        notes.append(f"Keras computed in {shown_list(halved)}, here it is float32.")
    if making.fixed:
        notes.append(f"Layers that do not learn stay as they are: {shown_list(making.fixed)}.")
    return notes


def _needed(model: Model) -> list[Layer]:
    """The layers that the outputs come of, in the order of the file.

    Raises:
        BadInputError: one is called several times.
    """
    by_name = {layer.name: layer for layer in model.layers}
    found: set[str] = set()
    waiting = [name for name, _ in model.outputs]
    while waiting:
        name = waiting.pop()
        if name not in by_name:
            raise CorruptArtifactError(STRANGE)
        if name not in found:
            found.add(name)
            waiting += [ref[0] for ref in _refs(by_name[name])]
    needed = [layer for layer in model.layers if layer.name in found]
    for layer in needed:
        if len(layer.calls) > 1:
            raise BadInputError(
                f"its layer {shown(layer.name)} is used {len(layer.calls)} times, so that its "
                "numbers are shared (tied weights): none can be pruned alone"
            )
    return needed


def _refs(layer: Layer) -> list[Ref]:
    return [one for one in layer.calls[0] if isinstance(one, tuple)]


def _half(layer: Layer) -> str:
    """The policy by which a layer computes in half precision; empty for another one."""
    policy: Any = layer.config.get("dtype")
    if isinstance(policy, dict):
        inner = policy.get("config")
        policy = inner.get("name") if isinstance(inner, dict) else None
    return policy if isinstance(policy, str) and "float16" in policy else ""


def _is_dense(layer: Layer) -> bool:
    return layer.kind == "Dense"


def _columns(layer: Layer) -> int:
    shape: Any = layer.config.get("batch_shape", layer.config.get("batch_input_shape"))
    if not isinstance(shape, list) or not shape or shape[-1] is None:
        raise BadInputError("its config does not tell how many columns it takes: call it, and save")
    if len(shape) != 2 or type(shape[1]) is not int or not 0 < shape[1] <= 65_536:
        raise BadInputError(
            f"it takes rows of the shape {shown(shape[1:])}, where a row of a table has one number "
            "a column"
        )
    return shape[1]


def _by_name(weights: Hdf5) -> Named:
    """Weights as version 2 saves them, by the names of layers."""
    named = Named("keras weights", (NO_CONFIG,))
    for layer in weights.texts("", "layer_names") or ():
        for name, array in variables(weights, layer).items():
            _add(named, layer, name, array)
    return named


def _by_class(weights: Hdf5) -> Named:
    """Weights as version 3 saves them: by class and order, or by the attributes of a class."""
    named = Named("keras weights", (NO_CONFIG,))
    waiting = [name for name in weights.members("") if name not in ("optimizer", "vars")]
    while waiting:
        group = waiting.pop(0)
        _add_dense(named, weights, group)
        if group.count("/") < DEEPEST:
            inside = [name for name in weights.members(group) if name != "vars"]
            waiting += [f"{group}/{name}" for name in inside]
        if len(waiting) > MOST_GROUPS:
            raise BadInputError(f"it holds more than {MOST_GROUPS:,} groups: save the model alone")
    return named


def _add_dense(named: Named, weights: Hdf5, group: str) -> None:
    """Add what a group has, which must be a kernel and perhaps a bias."""
    names = weights.members(f"{group}/vars")
    found = {
        name: array
        for name in names
        if (array := weights.array(f"{group}/vars/{name}")) is not None
    }
    if not found or "seed_generator" in group:
        return
    kernel = found.get("0")
    if kernel is None or kernel.ndim != 2 or len(found) != len(names) or set(found) - {"0", "1"}:
        raise BadInputError(
            f"it holds weights alone, among them {shown(group)}, which is no dense layer, and not "
            "in which order layers follow one another: save the model whole (model.save)"
        )
    for name, array in found.items():
        _add(named, group.removeprefix("layers/").replace("/", "."), name, array)


def _add(named: Named, layer: str, name: str, array: np.ndarray) -> None:
    part = TORCH_NAMES.get(name, name)
    named.add(f"{layer}.{part}", array, turned=part == "weight" and array.ndim == 2)
