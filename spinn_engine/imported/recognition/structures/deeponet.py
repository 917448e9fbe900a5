"""DeepONet (Lu et al. 2021): a branch, a trunk, and the sum of their product."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.ops import INPUTS, Dense, Product, Select
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.pieces import Pieces, refuse_kind
from spinn_engine.imported.recognition.structures.draft import OUTPUTS, Draft, Structure
from spinn_engine.words import counted, shown_list

PARTS = ("branch", "trunk")


def deeponet(pieces: Pieces) -> Structure | None:
    """By the words branch and trunk in the names of its layers.

    Raises:
        BadInputError: there is more than two chains that end alike.
    """
    found = {
        part: [layer for layer in pieces.layers if part in words_of(layer.name)] for part in PARTS
    }
    if not all(found.values()):
        return None
    others = [layer for layer in pieces.layers if not {*PARTS} & {*words_of(layer.name)}]
    refuse_kind(pieces.norms, "a DeepONet")
    chains = {part: ordered(some) if len(some) > 1 else some for part, some in found.items()}
    branch, trunk = chains.values()
    latent = branch[-1].outputs
    biases = [name for name in pieces.loose if _is_bias(name)]
    outputs = max(1, len(biases))
    if others or trunk[-1].outputs != latent or latent % outputs:
        raise BadInputError(
            f"it seems to be a DeepONet, whose branch ends as {branch[-1]} and whose trunk as "
            f"{trunk[-1]}{_named(others)}: only two chains of layers that end alike can be read, "
            "save the whole network as ONNX"
        )
    for name in biases:
        pieces.loose.remove(name)
        pieces.biases.append(name)
    forms = [
        (
            f"the branch takes the {'first' if first else 'last'} inputs"
            + ("" if acts else ", no activation ends the trunk"),
            _build(branch, trunk, biases, first, acts),
        )
        for acts in (True, False)
        for first in (True, False)
    ]
    inputs = branch[0].inputs + trunk[0].inputs
    words = f"DeepONet of {counted(latent, 'product')}, {branch[0].inputs} inputs in its branch "
    note = "Which inputs go to the branch, and what ends the trunk, is not in the file."
    return Structure(
        f"{words}and {trunk[0].inputs} in its trunk",
        (*branch, *trunk), inputs, outputs, forms, [note],
    )  # fmt: skip


def _is_bias(name: str) -> bool:
    words = words_of(name)
    while len(words) > 1 and isinstance(words[-1], int):
        words.pop()
    return words[-1:] in (["b"], ["bias"])


def _named(others: Sequence[Layer]) -> str:
    return f", with {shown_list(map(str, others))} beside them" if others else ""


def _build(
    branch: Sequence[Layer], trunk: Sequence[Layer], biases: Sequence[str], first: bool, acts: bool
) -> Callable[[Draft], str]:
    latent, outputs = branch[-1].outputs, max(1, len(biases))
    sizes = branch[0].inputs, trunk[0].inputs

    def build(draft: Draft) -> str:
        start = draft.settled(draft.begin())
        if start not in (INPUTS, "input_scale"):
            raise BadInputError("it seems to be a DeepONet behind features of its inputs")
        at = 0 if first else sizes[1]
        places = [range(at, at + sizes[0])]
        places.append(range(sizes[0], sum(sizes)) if first else range(sizes[1]))
        ends = []
        for part, layers, columns in zip(PARTS, (branch, trunk), places, strict=True):
            dim = f"{part}_inputs"
            draft.widths[dim] = len(columns)
            value = draft.add(Select(name=part, inputs=(start,), columns=tuple(columns), dim=dim))
            for layer in layers[:-1]:
                value = draft.act(draft.layer(layer, value))
            ends.append(draft.layer(layers[-1], value, "latent"))
        if acts:
            ends[1] = draft.settled(draft.act(ends[1], "trunk_end"))
        value = draft.add(Product(name="product", inputs=tuple(ends)))
        draft.widths[OUTPUTS] = outputs
        each = np.repeat(np.eye(outputs, dtype=np.float32), latent // outputs, axis=0)
        draft.arrays["head.weight"] = each
        if biases:
            found = [draft.numbers.others[name].ravel() for name in biases]
            draft.arrays["head.bias"] = np.concatenate(found).astype(np.float32)
        head = Dense(name="head", inputs=(value,), dim=OUTPUTS, bias=bool(biases), trained=False)
        return draft.add(head)

    return build
