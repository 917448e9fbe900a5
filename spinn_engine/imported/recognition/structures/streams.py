"""Residual blocks that names do not show: layers and LayerNorms one after another, told by widths.

A first layer makes the stream, a last one takes it, and between them layers come in blocks that end
as wide as they begin; a norm stands before or in each block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.pieces import LAYER_NORM, Piece, Pieces
from spinn_engine.imported.recognition.structures.blocks import (
    NOTE,
    Block,
    Form,
    forms_of,
)
from spinn_engine.imported.recognition.structures.chain import sorted_by_name
from spinn_engine.imported.recognition.structures.draft import Structure
from spinn_engine.words import counted

LENGTHS = (2, 3, 1)  # of a block


def with_streams(
    chain: Structure | None, pieces: Pieces, layers: Sequence[Layer]
) -> Structure | None:
    """What layers in a row and their norms may be, beside a chain; None if they can be nothing.

    Args:
        chain: what they are as a chain, if they can be one.
        pieces: of the file.
        layers: in their order.
    """
    norms = sorted_by_name(pieces.norms)
    alike = all(one.kind == LAYER_NORM for one in norms) and not pieces.slopes
    if not norms or not alike or (chain is not None and len(norms) >= len(layers) - 1):
        return chain
    ways = list(_ways(layers, norms))
    if not ways:
        return chain
    several = len({len(blocks) for blocks, _ in ways}) > 1
    forms = [form for way in ways for form in _forms(layers, *way, several)]
    first = ways[0][0]
    depth = counted(len(first[0].layers), "layer")
    words = f"residual network, {counted(len(first), 'block')} of {depth}"
    if chain is None:
        ends = layers[0].inputs, layers[-1].outputs
        return Structure(words, layers, *ends, forms, [NOTE])
    of_chain = list(chain.forms)
    wider = any(layer.outputs != first[0].inputs for one in first for layer in one.layers)
    if wider:  # as no chain is likely to be
        return Structure(
            words, layers, chain.inputs, chain.outputs, [*forms, *of_chain], [NOTE, *chain.notes]
        )
    chain.forms, chain.notes = [*of_chain, *forms], [*chain.notes, NOTE]
    return chain


def _forms(
    layers: Sequence[Layer], blocks: Sequence[Block], behind: Sequence[Piece], several: bool
) -> Iterator[Form]:
    told = f"{counted(len(blocks), 'block')} of {counted(len(blocks[0].layers), 'layer')}, "
    parts: list[Layer | Block] = [layers[0], *blocks, layers[-1]]
    for words, build in forms_of(parts, behind, norms=any(one.norms for one in blocks)):
        yield told * several + words, build


def _ways(
    layers: Sequence[Layer], norms: Sequence[Piece]
) -> Iterator[tuple[list[Block], list[Piece]]]:
    """The blocks that layers may be, with their norms, and the norm behind the last."""
    inner, width = layers[1:-1], layers[0].outputs
    if any(piece.width != width for piece in norms) and len(norms) < len(inner):
        return
    for length in LENGTHS:
        count, rest = divmod(len(inner), length)
        groups = [inner[at * length : (at + 1) * length] for at in range(count)]
        if rest or not count or any(one[0].inputs != one[-1].outputs for one in groups):
            continue
        for each in dict.fromkeys((1, length, 0)):
            last = list(norms[count * each :])
            if len(norms) < count * each or len(last) > 1:
                continue
            yield (
                [
                    Block(
                        f"block_{at + 1}",
                        list(one),
                        norms=list(norms[at * each : (at + 1) * each]),
                    )
                    for at, one in enumerate(groups)
                ],
                last,
            )
