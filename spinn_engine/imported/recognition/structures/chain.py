"""One layer behind the other, with norms and slopes between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key

from spinn_engine.errors import BadInputError
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.name_words import RESIDUAL, earlier, words_of
from spinn_engine.imported.recognition.pieces import BATCH_NORM, PRELU, Piece, Pieces
from spinn_engine.imported.recognition.structures.draft import OUTPUTS, Draft, Structure
from spinn_engine.words import counted, shown, shown_list

FORMS = {"norms before activations": True, "norms behind activations": False}


@dataclass(eq=False)
class Gap:
    """What stands behind a layer: norms before and behind the activation, and a PReLU in its place.

    Attributes:
        doubtful: norms of which the names do not tell on which side they stand.
    """

    before: list[Piece] = field(default_factory=list)
    behind: list[Piece] = field(default_factory=list)
    doubtful: list[Piece] = field(default_factory=list)
    prelu: Piece | None = None


def chain(pieces: Pieces, layers: Sequence[Layer]) -> Structure:
    """The structure of layers in their order.

    Raises:
        BadInputError: the place of a norm is not to be told.
    """
    for layer in layers:
        if RESIDUAL & set(words_of(layer.name)):
            raise BadInputError(
                f"it seems to be a residual network, by the name of the layer {layer}, whose skips "
                "its names do not tell: save the whole network as ONNX"
            )
    first, gaps = gaps_of(pieces.norms, layers)
    slopes = sorted_by_name(pieces.slopes)
    if len(slopes) not in (0, 1, len(layers) - 1):
        raise BadInputError(
            f"it has {counted(len(slopes), 'slope')} ({shown_list(one.name for one in slopes)}) "
            f"for {counted(len(layers) - 1, 'activation')}: which belongs to which is not to be "
            "told"
        )
    doubtful = [piece for gap in gaps for piece in gap.doubtful]
    forms = [
        (words if doubtful else "", _build(layers, first, gaps, slopes, before))
        for words, before in FORMS.items()
    ]
    notes = []
    if doubtful:
        notes.append(
            "Whether its norms stand before or behind the activations is not in the file: "
            f"{shown_list(piece.name for piece in doubtful)}."
        )
    kinds = dict.fromkeys(piece.kind for piece in pieces.norms)
    words = " with ".join(("chain of layers", *([shown_list(kinds)] if kinds else [])))
    return Structure(
        words, layers, layers[0].inputs, layers[-1].outputs, forms if doubtful else forms[:1], notes
    )


def _build(
    layers: Sequence[Layer],
    first: Sequence[Piece],
    gaps: Sequence[Gap],
    slopes: Sequence[Piece],
    before: bool,
) -> Callable[[Draft], str]:
    def build(draft: Draft) -> str:
        value = draft.begin()
        for piece in first:
            value = draft.norm(piece, value)
        for place, layer in enumerate(layers[:-1]):
            gap = gaps[place]
            name, dim = f"{2 * place}", f"hidden_{place + 1}"
            value = draft.layer(layer, value, dim, name=name)
            for piece in gap.before + (gap.doubtful if before else []):
                value = draft.norm(piece, value, f"{name}.norm")
            slope = slopes[place] if len(slopes) > 1 else None
            if gap.prelu:
                value = draft.norm(gap.prelu, value, f"{2 * place + 1}")
            else:
                value = draft.act(value, f"{2 * place + 1}", slope)
            for piece in gap.behind + ([] if before else gap.doubtful):
                value = draft.norm(piece, value, f"{2 * place + 1}.norm")
        return draft.layer(layers[-1], value, OUTPUTS, pruned=False, name=f"{2 * len(gaps)}")

    return build


def sorted_by_name(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces by the numbers in their names."""

    def compared(one: Piece, other: Piece) -> int:
        return earlier(words_of(one.name), words_of(other.name))

    return sorted(pieces, key=cmp_to_key(compared))


def gaps_of(norms: Sequence[Piece], layers: Sequence[Layer]) -> tuple[list[Piece], list[Gap]]:
    """Where norms stand: before the first layer, and behind each but the last.

    Raises:
        BadInputError: names and widths do not tell.
    """
    first: list[Piece] = []
    gaps = [Gap() for _ in layers[:-1]]
    listed: list[Piece] = []
    for piece in norms:
        number = _numbered(piece, layers)
        if number is None:
            listed.append(piece)
        else:
            _place(piece, number, layers, first, gaps)
    _match(sorted_by_name(listed), layers, first, gaps)
    return first, gaps


def _step(name: str) -> tuple[str, int] | None:
    parent, _, last = name.rpartition(".")
    return (parent, int(last)) if last.isdigit() and len(last) < 9 else None


def _numbered(piece: Piece, layers: Sequence[Layer]) -> int | None:
    """Its number in the Sequential of all layers; None where they are in none, or it is not."""
    own, steps = _step(piece.name), [_step(layer.name) for layer in layers]
    inside = [step for step in steps if step is not None]
    if own is None or len(inside) < len(layers) or {step[0] for step in inside} != {own[0]}:
        return None
    return own[1]


def _place(
    piece: Piece, number: int, layers: Sequence[Layer], first: list[Piece], gaps: list[Gap]
) -> None:
    numbers = [step[1] for layer in layers if (step := _step(layer.name))]
    if number < numbers[0]:
        first.append(piece)
        return
    place = sum(one < number for one in numbers) - 1
    if place >= len(gaps) or piece.width not in (1, layers[place].outputs):
        raise _lost([piece])
    gap, end = gaps[place], numbers[place + 1]
    if piece.kind == PRELU:
        gap.prelu = piece
    elif gap.prelu:  # pieces come in the order of the file, which is that of their numbers
        own = _step(gap.prelu.name)
        (gap.behind if own and own[1] < number else gap.before).append(piece)
    elif number == numbers[place] + 1 and end > number + 1:
        gap.before.append(piece)
    elif number > numbers[place] + 1 and end == number + 1:
        gap.behind.append(piece)
    else:
        gap.doubtful.append(piece)


def _match(
    norms: list[Piece], layers: Sequence[Layer], first: list[Piece], gaps: list[Gap]
) -> None:
    """Norms of a list or with names of their own: one for every layer but the last, by width."""
    prelus = [piece for piece in norms if piece.kind == PRELU]
    others = [piece for piece in norms if piece.kind != PRELU]
    if len(prelus) == 1 and prelus[0].width == 1 and len(gaps) > 1:
        prelus *= len(gaps)  # one activation for all
    if others and _is_of_inputs(others, layers):
        first.append(others.pop(0))
    for found in (prelus, others):
        if found and len(found) != len(gaps):
            raise _lost(found)
        for piece, gap, layer in zip(found, gaps, layers, strict=False):
            if piece.width not in (1, layer.outputs):
                raise _lost([piece])
            if piece.kind == PRELU:
                gap.prelu = piece
            else:
                gap.doubtful.append(piece)


def _is_of_inputs(norms: Sequence[Piece], layers: Sequence[Layer]) -> bool:
    """Whether the first of some norms stands before all layers."""
    if norms[0].width != layers[0].inputs or len(norms) not in (1, len(layers)):
        return False
    return len(norms) == len(layers) or bool({"in", "input", "inputs"} & {*words_of(norms[0].name)})


def _lost(pieces: Sequence[Piece]) -> BadInputError:
    what = "BatchNorm" if pieces[0].kind == BATCH_NORM else pieces[0].kind
    return BadInputError(
        f"it seems to be a network with {what} ({shown(pieces[0].name)}), whose place among the "
        "layers names and widths do not tell: save the whole network as a torch.nn.Sequential, or "
        "as ONNX"
    )
