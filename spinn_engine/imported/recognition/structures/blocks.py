"""Residual blocks of one or more layers, with or without norms, by names and grouping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from spinn_engine.errors import BadInputError
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.name_words import RESIDUAL, words_of
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.pieces import Piece, Pieces
from spinn_engine.imported.recognition.structures.chain import sorted_by_name
from spinn_engine.imported.recognition.structures.draft import OUTPUTS, Draft, Structure
from spinn_engine.words import counted, shown, shown_list

Form = tuple[str, Callable[[Draft], str]]
NOTE = "Where activations and norms stand around its skips is not in the file."
AROUND = frozenset(("skip", "shortcut", "downsample", "projection"))
PIRATE = "scale1"

# Where the last activation of a block stands, in words.
FORMS = {
    "none": "blocks end with a layer",
    "sum": "an activation behind each sum",
    "inside": "an activation behind the last layer of a block",
    "before": "an activation before each layer of a block",
}


@dataclass(eq=False)
class Block:
    """Layers with a way around them.

    Attributes:
        name: what their names begin with.
        layers: in order.
        around: the layer on the way around, where there is one.
        norms: of the block.
    """

    name: str
    layers: list[Layer]
    around: Layer | None = None
    norms: list[Piece] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""
        return self.layers[0].inputs

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""
        return self.layers[-1].outputs

    def __str__(self) -> str:
        return f"{shown(self.name)} ({self.inputs} to {self.outputs})"


def residual(pieces: Pieces) -> Structure | None:
    """A chain in which some layers are in blocks.

    Raises:
        BadInputError: there are blocks, and they or their norms do not fit together.
    """
    if any(PIRATE in name.rpartition(".")[2] for name in pieces.loose):
        raise BadInputError(
            "it seems to be a PirateNet, as its blocks have scales, whose embedding of the inputs "
            "(a matrix of Fourier features) is not in the file: save the whole network as ONNX"
        )
    blocks = _blocks(pieces.layers)
    if not blocks:
        return None
    inside = {layer.name for one in blocks for layer in _layers_of(one)}
    rest = [layer for layer in pieces.layers if layer.name not in inside]
    for one in blocks:
        if one.inputs != one.outputs and one.around is None:
            raise BadInputError(
                f"it seems to be a residual network, whose block {one} ends otherwise than it "
                "begins: save the whole network as ONNX"
            )
    parts: list[Layer | Block] = ordered([*rest, *blocks])
    behind = _norms(pieces.norms, blocks)
    layers = [layer for part in parts for layer in _layers_of(part)]
    forms = list(forms_of(parts, behind, norms=any(one.norms for one in blocks)))
    depth = counted(len(blocks[0].layers), "layer")
    return Structure(
        f"residual network, {counted(len(blocks), 'block')} of {depth}",
        layers, parts[0].inputs, parts[-1].outputs, forms, [NOTE],
    )  # fmt: skip


def _layers_of(part: Layer | Block) -> list[Layer]:
    if isinstance(part, Layer):
        return [part]
    return [*part.layers, *([part.around] if part.around else [])]


def _blocks(layers: Sequence[Layer]) -> list[Block]:
    """The blocks, by names; none where nothing speaks for them."""
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        steps = layer.name.split(".")
        for depth, step in enumerate(steps[:-1], start=1):
            if any(letter.isdigit() for letter in step):
                groups.setdefault(".".join(steps[:depth]), []).append(layer)
                break
    found = [
        one
        for name, group in groups.items()
        if len(group) < len(layers) and (one := _block(name, group))
    ]
    return found or _listed(layers) or _single(layers)


def _block(name: str, group: Sequence[Layer]) -> Block | None:
    around = [layer for layer in group if AROUND & set(words_of(layer.name[len(name) :]))]
    inner = [layer for layer in group if layer not in around]
    named = RESIDUAL & set(words_of(name)) or {"block", "blocks"} & set(words_of(name))
    if len(around) > 1 or not inner or (len(inner) < 2 and not around and not named):
        return None
    try:
        inner = ordered(inner) if len(inner) > 1 else inner
    except BadInputError:
        if named:
            raise
        return None
    closed = inner[0].inputs == inner[-1].outputs
    if around:
        ends = (around[0].inputs, around[0].outputs)
        closed = ends == (inner[0].inputs, inner[-1].outputs)
    if not closed:
        return None
    return Block(name, inner, around[0] if around else None)


def _listed(layers: Sequence[Layer]) -> list[Block]:
    """Blocks whose first layers stand in one list, and whose second ones in another."""
    lists: dict[str, dict[str, Layer]] = {}
    for layer in layers:
        parent, _, last = layer.name.rpartition(".")
        if last.isdigit() and parent:
            lists.setdefault(parent, {})[last] = layer
    many = {name: some for name, some in lists.items() if len(some) > 1}
    if len(many) < 2 or len({tuple(sorted(some)) for some in many.values()}) > 1:
        return []
    found = []
    for number in sorted(next(iter(many.values())), key=int):
        group = [some[number] for some in many.values()]
        fits = _ordered_or_none(group)
        if fits is None or fits[0].inputs != fits[-1].outputs:
            return []
        found.append(Block(f"block.{number}", fits))
    return found


def _ordered_or_none(layers: Sequence[Layer]) -> list[Layer] | None:
    """Layers in the one order that they have; None where there is none."""
    try:
        return ordered(layers)
    except BadInputError:
        return None


def _single(layers: Sequence[Layer]) -> list[Block]:
    """Layers that are blocks of their own, by a word in their names."""
    return [
        Block(layer.name, [layer])
        for layer in layers
        if layer.inputs == layer.outputs
        and (RESIDUAL | {"block", "blocks"}) & set(words_of(layer.name))
    ]


def _norms(norms: Sequence[Piece], blocks: Sequence[Block]) -> list[Piece]:
    """Give the blocks their norms; what is left stands behind the last block."""
    left = []
    for piece in sorted_by_name(norms):
        own = [one for one in blocks if piece.name.startswith(f"{one.name}.")]
        if own:
            own[0].norms.append(piece)
        else:
            left.append(piece)
    last = [piece for piece in left if not piece.name.rpartition(".")[2].isdigit()]
    listed = [piece for piece in left if piece not in last]
    if len(listed) not in (0, len(blocks)) or len(last) > 1:
        raise _lost(left)
    for piece, block in zip(listed, blocks, strict=False):
        block.norms.append(piece)
    for block in blocks:
        if len(block.norms) not in (0, 1, len(block.layers)):
            raise _lost(block.norms)
    return last


def _lost(norms: Sequence[Piece]) -> BadInputError:
    return BadInputError(
        f"it seems to be a residual network with norms ({shown_list(one.name for one in norms)}), "
        "whose places their names do not tell: save the whole network as ONNX"
    )


def forms_of(
    parts: Sequence[Layer | Block], behind: Sequence[Piece], norms: bool
) -> Iterator[Form]:
    """What layers and blocks one after another may compute, the likeliest first.

    Args:
        parts: in order.
        behind: norms behind the last block.
        norms: whether blocks have some.
    """
    for form, early, stem in product(FORMS, (True, False) if norms else (True,), (True, False)):
        place = "" if not norms else f", norms {'before' if early else 'behind'} layers"
        start = "with" if stem else "without"
        words = f"{FORMS[form]}{place}, {start} an activation before the first block"
        yield words, _build(parts, behind, form, early, stem)


def _build(
    parts: Sequence[Layer | Block], behind: Sequence[Piece], form: str, early: bool, stem: bool
) -> Callable[[Draft], str]:
    at = [place for place, part in enumerate(parts) if isinstance(part, Block)]

    def build(draft: Draft) -> str:
        value = draft.begin()
        for place, part in enumerate(parts):
            if isinstance(part, Block):
                value = _block_value(draft, part, value, form, early)
            else:
                last, joins = place == len(parts) - 1, place + 1 in at
                value = draft.layer(part, value, OUTPUTS if last else None, pruned=not last)
                if not last and (stem or not joins):
                    value = draft.act(value)
            if place == at[-1]:
                if form == "before":
                    value = draft.act(value, "last_act")
                for piece in behind:
                    value = draft.norm(piece, value)
        return value

    return build


def _block_value(draft: Draft, block: Block, value: str, form: str, early: bool) -> str:
    value = draft.settled(value)
    h, layers, norms = value, block.layers, list(block.norms)
    each = len(norms) == len(layers)
    for place, layer in enumerate(layers):
        last = place == len(layers) - 1
        alone = norms[:1] if place == (0 if early else len(layers) - 1) else []
        norm = next(iter(norms[place : place + 1] if each else alone), None)
        if norm and early:
            h = draft.norm(norm, h)
        if place or form == "before":
            h = draft.act(h, f"{block.name}.act{place + 1}")
        dim = None
        if last:
            dim = draft.dim_of(value) if block.around is None else f"{block.name}.end"
        h = draft.layer(layer, h, dim)
        if norm and not early:
            h = draft.norm(norm, h)
    if form == "inside" or (form == "none" and len(layers) == 1):
        h = draft.act(h, f"{block.name}.end_act")
    other = value
    if block.around is not None:
        other = draft.layer(block.around, value, f"{block.name}.end")
    value = draft.sum(f"{block.name}.sum", other, h)
    return draft.act(value, f"{block.name}.sum_act") if form == "sum" else value
