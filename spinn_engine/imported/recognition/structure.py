"""From the tensors of a file to graphs: what it holds, and what it may compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.imported.files.tensors import Numbers, refuse_shared
from spinn_engine.imported.network import Floats32
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.matrices import Matrices, matrices_of
from spinn_engine.imported.recognition.modules import Part, Told
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.norm_defaults import NormDefaults
from spinn_engine.imported.recognition.order import ordered, refuse_single
from spinn_engine.imported.recognition.other_kinds import refuse_extra
from spinn_engine.imported.recognition.pieces import ADAPTIVE, BATCH_NORM, LAYER_NORM, Pieces
from spinn_engine.imported.recognition.structures.blocks import residual
from spinn_engine.imported.recognition.structures.chain import chain
from spinn_engine.imported.recognition.structures.deeponet import deeponet
from spinn_engine.imported.recognition.structures.draft import Draft, Structure
from spinn_engine.imported.recognition.structures.ends import ends_of
from spinn_engine.imported.recognition.structures.gates import modified, residual_of_neuromancer
from spinn_engine.imported.recognition.structures.heads import beside_each_other, heads
from spinn_engine.imported.recognition.structures.program import (
    check_sequences,
    of_physicsnemo,
    program,
)
from spinn_engine.imported.recognition.structures.streams import with_streams
from spinn_engine.words import fixed, shortest, shown_list

Reading = tuple[str, Graph, dict[str, Floats32]]
KINDS: tuple[Callable[[Pieces], Structure | None], ...] = (
    deeponet,
    residual_of_neuromancer,
    modified,
    beside_each_other,
    residual,
)
MOST_READINGS, MOST_NUMBERS = 64, 2**27
FACTORS_OF_ROWS = {  # by what a layer has: two ways to read it, the likeliest first
    "factor": ("rows of v times g", "rows of v brought to length g", "length"),
    "log_factor": ("rows of v times exp(s)", "rows of v times s", "factor"),
}
USUAL_FACTORS = (1.0, 10.0, 5.0, 20.0, 2.0, 100.0)  # before a learned slope, as in tanh(10 a x)


@dataclass(frozen=True, eq=False)
class Readings:
    """The graphs of a file.

    Attributes:
        structure: its kind.
        numbers: of the file.
        graphs: in words, each with its numbers; the likeliest first.
        notes: what there is to say, in sentences.
    """

    structure: Structure
    numbers: Matrices
    graphs: list[Reading]
    notes: list[str]


def structure_of(pieces: Pieces, told: Told, given: Mapping[str, object] | None) -> Structure:
    """What the pieces of a network make.

    Args:
        pieces: of the file.
        told: by a whole module.
        given: the arguments of PhysicsNeMo's ``FullyConnected``, if it is one.

    Raises:
        BadInputError: it is no kind that is known, or several fit.
    """
    if given is not None:
        return of_physicsnemo(pieces, given)
    refuse_single(pieces.layers)
    if told.steps is not None:
        return program(pieces, told.steps, known=True)
    for kind in KINDS:
        if found := kind(pieces):
            break
    else:
        found = _chain_or_heads(pieces, told)
    check_sequences(told.sequences, found)
    return found


def _chain_or_heads(pieces: Pieces, told: Told) -> Structure:
    many = sum("heads" in words_of(layer.name) for layer in pieces.layers) > 1
    if many and (found := heads(pieces)):
        return found
    try:
        layers = ordered(pieces.layers)
    except BadInputError:
        if found := heads(pieces):
            return found
        raise
    if len(told.sequences) == 1 and _is_whole(told.sequences[0], pieces, layers):
        return program(pieces, told.sequences[0], known=False)
    try:
        found = chain(pieces, layers)
    except BadInputError:
        if stream := with_streams(None, pieces, layers):
            return stream
        raise
    return with_streams(found, pieces, layers) or found


def _is_whole(steps: Sequence[Part], pieces: Pieces, layers: Sequence[Layer]) -> bool:
    """Whether a Sequential has all layers of a network, in the order that is read."""
    linear = [part.name for part in steps if part.kind == "Linear"]
    names = {part.name for part in steps}
    runs = linear == [layer.name for layer in layers]
    return runs and not pieces.slopes and all(one.name in names for one in pieces.norms)


def readings_of(
    pieces: Pieces,
    structure: Structure,
    file: Numbers,
    activation: str | None,
    eps: Mapping[str, float],
    usual: NormDefaults,
) -> Readings:
    """The graphs that a structure may be, with the numbers of a file.

    Args:
        pieces: of the file.
        structure: that they make.
        file: where the numbers are.
        activation: between layers, where the file tells it.
        eps: of norms by name, where the file tells it.
        usual: what eps is else.

    Raises:
        BadInputError: there is a tensor of which nothing is known, or a number that cannot be.
    """
    layers = structure.layers
    refuse_shared(
        (layer.names[part], layer.parts[part]) for layer in layers for part in layer.parts
    )
    numbers = matrices_of(pieces, layers, file)
    loose = {name: numbers.others[name] for name in pieces.loose}
    ends, left = ends_of(loose, structure.inputs, structure.outputs)
    if left:
        refuse_extra(left)
    factors = _factors(pieces, numbers, structure.known)

    def drafted(base: Matrices, begins: Callable[[Draft, str], str], factor: float) -> Draft:
        draft = Draft(base, activation or "tanh", dict(eps), usual, factor, pieces.slopes)
        draft.widths["inputs"] = ends.inputs
        draft.begins = lambda one: begins(one, "inputs")
        return draft

    bases = [("", numbers)]
    for part, (words, other, how) in ({} if structure.known else FACTORS_OF_ROWS).items():
        if any(part in layer.parts for layer in layers):
            bases = [(words, numbers), (other, matrices_of(pieces, layers, file, {part: how}))]
    ways = product(structure.forms, ends.begins, factors, ends.ends, bases)
    size = sum(layer.inputs * layer.outputs for layer in layers)
    most = min(MOST_READINGS, max(1, MOST_NUMBERS // size))
    graphs: list[Reading] = []
    wrong: Exception | None = None
    for way in islice(ways, most):
        (form, build), (begin, begins), (factor, number), (end, behind), (rows, base) = way
        words = ", ".join(word for word in (form, begin, factor, end, rows) if word)
        try:
            graphs.append(_reading(words, build, drafted(base, begins, number), behind))
        except (BadInputError, ValueError) as error:
            wrong = wrong or error
    if not graphs:
        raise _that_does_not_fit(structure, wrong)
    notes = [*structure.notes, *ends.notes, *_said(pieces, factors, eps, usual)]
    return Readings(structure, numbers, graphs, notes)


def _reading(
    words: str,
    build: Callable[[Draft], str],
    draft: Draft,
    behind: Callable[[Draft, str], str],
) -> Reading:
    draft.settled(behind(draft, build(draft)))
    return words, draft.graph(), draft.arrays


def _that_does_not_fit(structure: Structure, wrong: Exception | None) -> BadInputError:
    if isinstance(wrong, BadInputError):
        return wrong
    return BadInputError(
        f"it seems to be a {structure.words}, whose parts do not fit together by their shapes: "
        "save the whole network as ONNX"
    )


def _factors(pieces: Pieces, numbers: Matrices, known: bool) -> list[tuple[str, float]]:
    """What may stand before learned slopes; such that their product is about one is likeliest."""
    if known or not pieces.slopes or pieces.slopes[0].kind == ADAPTIVE:
        return [("", 1.0)]
    found = [np.abs(numbers.others[name]) for one in pieces.slopes for name in one.names.values()]
    size = float(np.mean([np.mean(one) for one in found])) or 1.0
    likely = sorted(USUAL_FACTORS, key=lambda factor: abs(np.log(factor * size)))
    return [(f"activations of {fixed(factor, 0)} a x", factor) for factor in likely]


def _said(
    pieces: Pieces,
    factors: Sequence[tuple[str, float]],
    eps: Mapping[str, float],
    usual: NormDefaults,
) -> Iterator[str]:
    if pieces.slopes:
        names = shown_list(one.name for one in pieces.slopes)
        yield f"Learned slopes were multiplied into the layers before them ({names})."
    if len(factors) > 1:
        yield (
            "The factor before a learned slope is not in the file, and is undecided: "
            f"{shown_list(words for words, _ in factors)} are possible."
        )
    rest = [one.name for one in pieces.norms if one.kind == BATCH_NORM]
    if rest:
        yield f"BatchNorm at rest was multiplied into the layers ({shown_list(rest)})."
    for kind, taken in ((LAYER_NORM, usual.layer), (BATCH_NORM, usual.batch)):
        untold = [one.name for one in pieces.norms if one.kind == kind and one.name not in eps]
        if untold:
            yield (
                f"The eps of its {kind} is not in the file: {usual.whose}'s {shortest(taken)} "
                f"({shown_list(untold)})."
            )
