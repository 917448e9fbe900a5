"""What a network seems to be that has other layers than dense ones, by names and shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.words import shown, shown_list

MOST_TENSORS, LONGEST_NAME = 4096, 256
ONLY_PLAIN = "no such network can be read from a list of tensors, save it as ONNX"
SCALERS = frozenset(("mean", "std", "scale", "scaler", "shift", "lb", "ub", "min", "max", "var"))
ATTENTION = frozenset(("attn", "attention", "mha"))
EMBEDDING = frozenset(("emb", "embed", "embedding", "embeddings", "wte", "wpe"))
FEATURES = frozenset(("fourier", "rff", "features", "freq", "frequencies"))
GATES = {1: "an Elman network", 3: "a GRU", 4: "an LSTM"}

Shape = tuple[int, ...]
Shapes = Mapping[str, Shape]


def refuse_other_kinds(tensors: Mapping[str, Tensor]) -> None:
    """Refuse a network that has parts of another kind than linear layers.

    Raises:
        BadInputError: as said, with the kind and a tensor that shows it; or too many tensors.
    """
    _refuse_too_many(tensors)
    shapes = {
        name: tensor.shape for name, tensor in tensors.items() if isinstance(tensor, TensorClaim)
    }
    for shows in KINDS:
        for name, shape in shapes.items():
            if what := shows(name, shape, shapes):
                raise BadInputError(
                    f"it seems to be {what} ({shown(name)} has the shape {list(shape)}): only "
                    "networks of dense layers can be read"
                )


def _refuse_too_many(tensors: Mapping[str, Tensor]) -> None:
    if len(tensors) > MOST_TENSORS:
        raise BadInputError(
            f"it has {len(tensors):,} tensors, more than the {MOST_TENSORS:,} that an MLP may have"
        )
    for name in tensors:
        if len(name) > LONGEST_NAME:
            raise BadInputError(f"a tensor has a name of {len(name):,} letters, {shown(name)}")


def refuse_extra(names: Sequence[str]) -> None:
    """Refuse tensors beside the layers, which change what the network computes.

    Raises:
        BadInputError: always.
    """
    if any("parametrizations" in name or name.endswith(("_u", "_v")) for name in names):
        raise BadInputError(
            f"{shown_list(names)} belong to a parametrisation that is not known here: remove it "
            "before saving (torch.nn.utils.parametrize.remove_parametrizations)"
        )
    if any(SCALERS & set(words_of(name)) for name in names):
        raise BadInputError(
            f"it has {shown_list(names)} beside its layers, which seem to scale inputs or outputs: "
            "save the state_dict of the layers alone, for rows that are scaled before"
        )
    raise BadInputError(
        f"it has {shown_list(names)} beside its layers, of which it is not known what they do: "
        f"{ONLY_PLAIN}"
    )


def _recurrent(name: str, shape: Shape, shapes: Shapes) -> str | None:
    if "weight_ih" not in name and "weight_hh" not in name:
        return None
    own = shapes.get(name.replace("weight_ih", "weight_hh"), ())
    gates = own[0] // own[1] if len(own) == 2 and own[1] else 0
    return GATES.get(gates, "a recurrent network")


def _attention(name: str, shape: Shape, shapes: Shapes) -> str | None:
    found = "in_proj_weight" in name or ATTENTION & set(words_of(name))
    return "a network with attention" if found else None


def _convolution(name: str, shape: Shape, shapes: Shapes) -> str | None:
    dimensions = len(shape) - 2
    if _ends_in_weight(name) and 1 <= dimensions <= 3:
        return f"a convolutional network of {dimensions} dimension{'s'[: dimensions - 1]}"
    return None


def _embedding(name: str, shape: Shape, shapes: Shapes) -> str | None:
    words = set(words_of(name))
    found = EMBEDDING & words and len(shape) == 2 and _ends_in_weight(name)
    found = found and not FEATURES & words
    return "a network with an embedding" if found else None


def _ends_in_weight(name: str) -> bool:
    return name.rpartition(".")[2] == "weight"


KINDS: tuple[Callable[[str, Shape, Shapes], str | None], ...] = (
    _recurrent,
    _attention,
    _convolution,
    _embedding,
)
