"""The config of a Keras model, of version 2 or 3, as layers and what each takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.words import shown, shown_list

MOST_LAYERS = 1024
DEEPEST = 16
STRANGE = "its config is not as Keras writes it, copy the file again"
OWN = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")

Ref = tuple[str, int]  # a layer, and which of its calls
Config = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """A layer.

    Attributes:
        name: in the model.
        kind: its class.
        config: what it was made with.
        calls: for each of its calls, what it takes: values of layers, and numbers.
        is_operation: whether it is a function on tensors (``keras.ops``).
    """

    name: str
    kind: str
    config: Config
    calls: tuple[tuple[Ref | float, ...], ...]
    is_operation: bool = False


@dataclass(frozen=True)
class Model:
    """A model.

    Attributes:
        layers: in the order of the file, which is that of their weights.
        outputs: the values that it gives.
    """

    layers: tuple[Layer, ...]
    outputs: tuple[Ref, ...]


def model_of(told: Config) -> Model:
    """The layers of a Sequential or functional model.

    Raises:
        BadInputError: the model or a layer is of a class of its own.
        CorruptArtifactError: it is not as Keras writes it.
    """
    kind, config = told.get("class_name"), told.get("config")
    _refuse_own(told, "model")
    if kind not in ("Sequential", "Functional", "Model"):
        raise BadInputError(
            f"it is a model of the class {shown(kind)}, whose code is not in the file and would "
            "not be run: build the same network as a Sequential or functional model"
        )
    layers = config if isinstance(config, list) else _config(told).get("layers")
    if not isinstance(layers, list) or not all(isinstance(one, dict) for one in layers):
        raise CorruptArtifactError(STRANGE)
    if not 0 < len(layers) <= MOST_LAYERS:
        raise BadInputError(
            f"it has {len(layers):,} layers, between 1 and {MOST_LAYERS:,} are read"
        )
    if kind == "Sequential":
        return _sequential(layers)
    found = tuple(_layer(one, _calls(one)) for one in layers)
    _check_names(found)
    return Model(found, tuple(_ends(_config(told).get("output_layers"))))


def _sequential(layers: list[Config]) -> Model:
    found: list[Layer] = []
    first = _config(layers[0])
    shape = first.get("batch_input_shape", first.get("batch_shape"))
    if layers[0].get("class_name") != "InputLayer":
        found.append(Layer("inputs", "InputLayer", {"batch_shape": shape}, ((),)))
    for one in layers:
        takes: tuple[Ref, ...] = ((found[-1].name, 0),) if found else ()
        found.append(_layer(one, (takes,)))
    _check_names(tuple(found))
    return Model(tuple(found), ((found[-1].name, 0),))


def _layer(told: Config, calls: tuple[tuple[Ref | float, ...], ...]) -> Layer:
    kind, config = told.get("class_name"), _config(told)
    module = told.get("module")
    name = told.get("name", config.get("name"))
    if not isinstance(kind, str) or not isinstance(name, str):
        raise CorruptArtifactError(STRANGE)
    _refuse_own(told, f"layer {shown(name)}")
    is_operation = isinstance(module, str) and module.startswith("keras.src.ops")
    return Layer(name, kind, config, calls, is_operation)


def _refuse_own(told: Config, what: str) -> None:
    """Refuse a class that is not of Keras itself: its code is not in the file, nor run."""
    kind, module, registered = (told.get(k) for k in ("class_name", "module", "registered_name"))
    is_other = isinstance(registered, str) and registered not in (kind, "Functional")
    if is_other or not is_of_keras(module):
        raise BadInputError(
            f"its {what} is of the class {shown(registered or kind)}, which is not one of Keras: "
            "no code of a file is run, so build it of layers of Keras"
        )


def is_of_keras(module: object) -> bool:
    """Whether a module is one of Keras; where none is named it is, as in files of version 2."""
    return module is None or any(f"{module}.".startswith(f"{own}.") for own in OWN)


def _config(told: Config) -> Config:
    config = told.get("config")
    if not isinstance(config, dict):
        raise CorruptArtifactError(STRANGE)
    return config


def _check_names(layers: tuple[Layer, ...]) -> None:
    names = [layer.name for layer in layers]
    if len(set(names)) != len(names):
        raise CorruptArtifactError("two of its layers have one name, copy the file again")


def _calls(told: Config) -> tuple[tuple[Ref | float, ...], ...]:
    nodes = told.get("inbound_nodes", [])
    if not isinstance(nodes, list) or len(nodes) > MOST_LAYERS:
        raise CorruptArtifactError(STRANGE)
    name = shown(told.get("name"))
    return tuple(tuple(_taken(node, name)) for node in nodes) or ((),)


def _taken(node: object, name: str) -> Iterator[Ref | float]:
    """What a call takes; what else was given to it must be nothing or a switch."""
    if isinstance(node, dict):  # of version 3
        given = node.get("kwargs", {})
        yield from _values(node.get("args", []), 0)
    else:  # of version 2: name, call, which of its values, and what else was given
        found, given = [], {}
        for one in node if isinstance(node, list) else [node]:
            if not isinstance(one, list) or len(one) not in (3, 4):
                raise CorruptArtifactError(STRANGE)
            found.append(_ref(one[:3]))
            given = {**given, **(one[3] if len(one) == 4 and isinstance(one[3], dict) else {})}
        yield from found
    if not isinstance(given, dict):
        raise CorruptArtifactError(STRANGE)
    odd = [key for key, value in given.items() if not (value is None or isinstance(value, bool))]
    if odd:
        raise BadInputError(f"its layer {name} is called with {shown_list(odd)}, which is not read")


def _values(given: object, depth: int) -> Iterator[Ref | float]:
    if depth > DEEPEST:
        raise CorruptArtifactError(STRANGE)
    if isinstance(given, dict):
        history = given.get("config", {}).get("keras_history") if _is_tensor(given) else None
        yield _ref(history)
    elif isinstance(given, list):
        for one in given:
            yield from _values(one, depth + 1)
    elif type(given) in (int, float):
        yield float(given)  # type: ignore[arg-type]
    elif given is not None:
        raise BadInputError(f"a layer is called with {shown(given)}, which is not read")


def _is_tensor(given: Config) -> bool:
    return given.get("class_name") == "__keras_tensor__" and isinstance(given.get("config"), dict)


def _ref(told: object) -> Ref:
    if not isinstance(told, list) or len(told) != 3:
        raise CorruptArtifactError(STRANGE)
    name, call, which = told
    if not isinstance(name, str) or type(call) is not int or which != 0:
        raise CorruptArtifactError(STRANGE)
    return name, call


def _ends(told: object) -> Iterator[Ref]:
    """One value, or a list of some."""
    if isinstance(told, dict) or not isinstance(told, list):
        raise BadInputError("it gives its outputs by name, which is not read: give it a list")
    if told and isinstance(told[0], str):
        yield _ref(told)
    else:
        yield from map(_ref, told)
