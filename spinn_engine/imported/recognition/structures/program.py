"""Networks whose files tell what they compute: Sequentials, and PhysicsNeMo's FullyConnected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import LayerNorm
from spinn_engine.imported.recognition.activations import (
    OTHER_NAMES,
    name_of,
    refuse_output,
    refuse_unknown,
)
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.modules import Part
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.pieces import Piece, Pieces
from spinn_engine.imported.recognition.structures.chain import sorted_by_name
from spinn_engine.imported.recognition.structures.draft import OUTPUTS, Draft, Structure
from spinn_engine.vocabulary import FUNCTIONS
from spinn_engine.words import shown, shown_list

ACTIVATIONS_OF_TORCH = "torch.nn.modules.activation"
PHYSICSNEMO = "FullyConnected"
Step = Callable[[Draft, str, str], str]  # of a draft, a value and a name, the next value


def program(pieces: Pieces, steps: Sequence[Part], known: bool) -> Structure:
    """The structure of a Sequential.

    Args:
        pieces: what it is made of.
        steps: its parts, in the order in which they run.
        known: whether nothing but this Sequential is in the file.

    Raises:
        BadInputError: a layer has no weight, or an activation is not known here.
    """
    layers = {layer.name: layer for layer in pieces.layers}
    order = [part.name for part in steps if part.kind == "Linear"]
    if missing := [name for name in order if name not in layers]:
        raise BadInputError(f"its layer {shown(missing[0])} has no weight")
    used = [layers[name] for name in order]
    for one, other in pairwise(used):
        if one.outputs != other.inputs:
            raise BadInputError(f"its layers {one} and {other} do not follow one another")
    norms = {piece.name: piece for piece in pieces.norms}
    doing = [_step(part, layers, norms, order) for part in steps]

    def build(draft: Draft) -> str:
        value = draft.begin()
        for place, step in enumerate(doing):
            value = step(draft, value, str(place))
        return draft.settled(value)

    words = "chain of layers, as a torch.nn.Sequential"
    return Structure(
        words, used, used[0].inputs, used[-1].outputs, [("", build)], known=known, acts=True
    )  # fmt: skip


def _step(
    part: Part, layers: Mapping[str, Layer], norms: Mapping[str, Piece], order: Sequence[str]
) -> Step:
    """How one part is put behind a value."""
    if part.kind == "Linear":
        layer, at = layers[part.name], order.index(part.name)
        last = at == len(order) - 1
        dim = OUTPUTS if last else f"hidden_{at + 1}"
        return lambda draft, value, name: draft.layer(layer, value, dim, not last, name)
    if part.name in norms:
        return lambda draft, value, name: draft.norm(norms[part.name], value, name)
    if part.kind == "LayerNorm":
        return lambda draft, value, name: draft.add(
            LayerNorm(
                name=name,
                inputs=(draft.settled(value),),
                eps=draft.eps.get(part.name, 1e-5),
                affine=False,
            )
        )
    how, after = _function(part)
    return lambda draft, value, name: draft.affine(
        draft.function(value, name, **how), np.full(1, after), np.zeros(1)
    )


def check_sequences(sequences: Sequence[Sequence[Part]], structure: Structure) -> None:
    """Compare Sequentials inside of a module with what is read of its names and shapes.

    Raises:
        BadInputError: one has no activation between two layers, or several, or one behind the last
            layer; or it runs its layers in another order.
    """
    order, ends = [layer.name for layer in structure.layers], structure.ends
    last = {layer.name for layer in ends or structure.layers[-1:]}
    for steps in () if structure.acts else sequences:
        acts = [part for part in steps if part.record.kind.module == ACTIVATIONS_OF_TORCH]
        marks = "".join(
            "L" if part.kind == "Linear" else "a" if part in acts else "" for part in steps
        )
        names = [part.name for part in steps if part.kind == "Linear"]
        if not names:
            continue
        if missing := [name for name in names if name not in order]:
            raise BadInputError(f"its layer {shown(missing[0])} has no weight")
        first = order.index(names[0])
        if order[first : first + len(names)] != names:
            raise BadInputError(
                f"a Sequential runs its layers {shown_list(names)} in another order than their "
                "names and shapes tell"
            )
        if "LL" in marks or "aa" in marks:
            raise BadInputError(
                f"not just one activation stands between two of its layers {shown_list(names)}: "
                "save the whole network as ONNX"
            )
        if names[-1] in last and marks[-1] == "a":
            refuse_output(name_of(acts[-1].record) or "")


def _function(part: Part) -> tuple[dict[str, Any], float]:
    """What a module of torch computes: arguments of the operation, and a factor behind it."""
    name, has = part.kind.lower(), part.record.attributes()
    name = OTHER_NAMES.get(name, name)
    if name == "gelu" and has.get("approximate", "none") == "tanh":
        name = "gelu_tanh"
    if name not in FUNCTIONS or part.record.kind.module != ACTIVATIONS_OF_TORCH:
        refuse_unknown(name)
    how: dict[str, Any] = {"function": name}
    slope = has.get({"elu": "alpha", "leaky_relu": "negative_slope"}.get(name, ""))
    if isinstance(slope, int | float):
        how["slope"] = float(slope)
    beta = has.get("beta", 1.0) if name == "softplus" else 1.0
    if not isinstance(beta, int | float) or not beta > 0:
        refuse_unknown(f"softplus (beta={shown(beta)})")
    if beta != 1.0:
        how["factor"] = float(beta)
    return how, 1 / float(beta)


def of_physicsnemo(pieces: Pieces, given: Mapping[str, object]) -> Structure:
    """``FullyConnected`` of PhysicsNeMo 2.2: ``forward`` of its file ``fully_connected.py``.

    Args:
        pieces: what it is made of.
        given: the arguments that it was made with.

    Raises:
        BadInputError: an activation is not known here.
    """
    layers = ordered(pieces.layers)
    skips = given.get("skip_connections") is True
    named = given.get("activation_fn", "silu")
    listed = named if isinstance(named, list) else [named]
    names = [OTHER_NAMES.get(str(one).lower(), str(one).lower()) for one in listed]
    names += names[-1:] * (len(layers) - 1 - len(names))
    for name in names:
        if name not in FUNCTIONS and name != "identity":
            refuse_unknown(name)
    slopes = sorted_by_name(pieces.slopes)
    form = _connected(layers, names, slopes, skips)
    words = "FullyConnected of PhysicsNeMo" + (" with skips" if skips else "")
    return Structure(
        words, layers, layers[0].inputs, layers[-1].outputs, [("", form)], known=True, acts=True
    )  # fmt: skip


def _connected(
    layers: Sequence[Layer], names: Sequence[str], slopes: Sequence[Piece], skips: bool
) -> Callable[[Draft], str]:
    def build(draft: Draft) -> str:
        value, past = draft.begin(), ""
        for place, layer in enumerate(layers[:-1]):
            joins = skips and place % 2 == 0
            dim = "stream" if joins else f"hidden_{place + 1}"
            value = draft.layer(layer, value, dim, name=f"{2 * place}")
            draft.activation = names[place]
            slope = slopes[place] if len(slopes) > 1 else slopes[0] if slopes else None
            value = draft.act(value, f"{2 * place + 1}", slope)
            if joins and past:
                value, past = draft.sum(f"sum{place + 1}", value, past), value
            elif joins:
                past = value
        return draft.layer(layers[-1], value, OUTPUTS, pruned=False, name=f"{2 * len(names)}")

    return build
