"""Networks whose layers are mixed with encodings of the inputs: modified MLP, and neuromancer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import Product
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.pieces import Pieces, refuse_kind
from spinn_engine.imported.recognition.structures.draft import OUTPUTS, Draft, Structure

STREAM = "stream"


def modified(pieces: Pieces) -> Structure | None:
    """The modified MLP of Wang et al. 2021, eq. 45 to 49, by the names of its two encoders."""
    pair = _encoders(pieces.layers)
    if pair is None:
        return None
    u, v = pair
    layers = ordered([one for one in pieces.layers if one not in pair])
    width = u.outputs
    fits = v.inputs == u.inputs == layers[0].inputs and v.outputs == width
    if not fits or any(layer.outputs != width for layer in layers[:-1]):
        raise BadInputError(
            f"it seems to be a modified MLP, whose gates {u} and {v} do not fit its layers"
        )
    refuse_kind(pieces.norms, "a modified MLP")
    forms = [
        (words, _gated(u, v, layers, swapped, gated))
        for words, swapped, gated in (
            ("gates (1 - z) u + z v", False, True),
            ("gates z u + (1 - z) v", True, True),
            ("gates (1 - z) u + z v behind the first layer", False, False),
            ("gates z u + (1 - z) v behind the first layer", True, False),
        )
    ]
    note = "Which of its two encoders a gate opens, and whether the first layer has one, is not in"
    return Structure(
        f"modified MLP with the gates {u} and {v}",
        (u, v, *layers), u.inputs, layers[-1].outputs, forms, [f"{note} the file."],
    )  # fmt: skip


def _encoders(layers: Sequence[Layer]) -> tuple[Layer, Layer] | None:
    found: dict[str, list[Layer]] = {"u": [], "v": []}
    for layer in layers:
        words = words_of(layer.name)
        for letter in found:
            if letter in words:
                found[letter].append(layer)
        if "transformer" in words and "nets" in words:  # PINA's
            number = next((word for word in words if isinstance(word, int) and word < 2), -1)
            path = layer.name.partition("transformer_nets.")[2]
            number = int(path[0]) if path[:1] in ("0", "1") else number
            found["uv"[number]].append(layer)
    if [len(some) for some in found.values()] != [1, 1]:
        return None
    return found["u"][0], found["v"][0]


def _gated(
    u: Layer, v: Layer, layers: Sequence[Layer], swapped: bool, gated: bool
) -> Callable[[Draft], str]:
    def build(draft: Draft) -> str:
        start = draft.begin()
        first, second = (
            draft.act(draft.layer(one, start, STREAM), f"{draft.ops[-1].name}.act")
            for one in (u, v)
        )
        if swapped:
            first, second = second, first
        between = draft.sum("between", second, first, signs=(1.0, -1.0))
        value = start
        for place, layer in enumerate(layers[:-1]):
            gate = draft.act(draft.layer(layer, value, STREAM))
            value = gate
            if place or gated:
                names = (draft.settled(gate), between)
                moved = draft.add(Product(name=f"moved{place + 1}", inputs=names))
                value = draft.sum(f"mixed{place + 1}", first, moved)
        return draft.layer(layers[-1], value, OUTPUTS, pruned=False)

    return build


def residual_of_neuromancer(pieces: Pieces) -> Structure | None:
    """Its ``ResMLP``: skips around every layer, by the names ``inmap`` and ``outmap``."""
    maps = {
        word: [layer for layer in pieces.layers if word in words_of(layer.name)]
        for word in ("inmap", "outmap")
    }
    if [len(some) for some in maps.values()] != [1, 1]:
        return None
    (before,), (behind,) = maps.values()
    layers = ordered([one for one in pieces.layers if one not in (before, behind)])
    refuse_kind(pieces.norms, "a residual network of neuromancer")
    ends = (before.inputs, behind.outputs) == (layers[0].inputs, layers[-1].outputs)
    if not ends or {layer.outputs for layer in layers[:-1]} != {before.outputs}:
        raise BadInputError(
            f"it seems to be a residual network of neuromancer, whose {before} and {behind} do not "
            "fit its layers"
        )
    steps = [1] + [step for step in (2, 3) if step < len(layers) - 1]
    forms = [
        (f"skips around {step} layers" if step > 1 else "skips around every layer",
         _resmlp(before, behind, layers, step))
        for step in steps
    ]  # fmt: skip
    return Structure(
        "residual network of neuromancer (ResMLP)",
        (before, *layers, behind), before.inputs, behind.outputs, forms,
    )  # fmt: skip


def _resmlp(
    before: Layer, behind: Layer, layers: Sequence[Layer], step: int
) -> Callable[[Draft], str]:
    def build(draft: Draft) -> str:
        value = draft.begin()
        past = draft.layer(before, value, STREAM)
        for place, layer in enumerate(layers[:-1]):
            joins = place % step == 0
            value = draft.act(draft.layer(layer, value, STREAM if joins else None))
            if joins:
                value = past = draft.sum(f"sum{place + 1}", value, past)
        ends = (
            draft.layer(layers[-1], value, OUTPUTS, pruned=False),
            draft.layer(behind, past, OUTPUTS, pruned=False),
        )
        return draft.sum("last_sum", *ends)

    return build
