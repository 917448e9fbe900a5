"""The order of the layers, from their names and shapes and never from the order in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from spinn_engine.errors import BadInputError
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.name_words import RESIDUAL, earlier, words_of
from spinn_engine.imported.recognition.other_kinds import ONLY_PLAIN
from spinn_engine.words import shown, shown_list

MOST_TRIES = 5_000
IF_PLAIN = (
    "run as a plain one it would give nonsense; if it is plain, save it as a torch.nn.Sequential"
)


def ordered(layers: Sequence[Layer]) -> list[Layer]:
    """The layers from input to output.

    That is the one order in which each layer takes what the one before gives, and no name speaks
    against it.

    Raises:
        BadInputError: there is no such order, or several.
    """
    if len(layers) == 1:
        raise BadInputError(f"it is a single layer, {layers[0]}: there is no hidden neuron in it")
    _refuse_residual(layers)
    tries = _Tries(layers)
    orders = list(islice(tries.orders(), 2))
    if not orders and tries.count <= MOST_TRIES:
        raise BadInputError(_why_none(layers))
    if len(orders) != 1 or tries.count > MOST_TRIES:
        doubtful = [a for a, b in zip(*orders[:2], strict=True) if a != b] if orders[1:] else []
        some = [str(layers[n]) for n in doubtful] or map(str, layers)
        raise BadInputError(
            f"the order of its layers is not to be told: {shown_list(some)} fit in several ways "
            "and their names hold no number; save it as a torch.nn.Sequential"
        )
    return [layers[number] for number in orders[0]]


class _Tries:
    """A search through the orders that names and shapes allow.

    Attributes:
        count: steps that were tried.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers, self.count = layers, 0
        words = [words_of(layer.name) for layer in layers]
        everyone = range(len(layers))
        self.before = [{b for b in everyone if earlier(words[b], words[a]) < 0} for a in everyone]

    def orders(self, chosen: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
        """All orders that begin with the layers chosen, until there were too many tries."""
        if len(chosen) == len(self.layers):
            yield chosen
        done, given = set(chosen), self.layers[chosen[-1]].outputs if chosen else None
        for number, layer in enumerate(self.layers):
            fits = given in (None, layer.inputs) and number not in done
            if not fits or not self.before[number] <= done:
                continue
            self.count += 1
            if self.count > MOST_TRIES:
                return
            yield from self.orders((*chosen, number))


def _refuse_residual(layers: Sequence[Layer]) -> None:
    """Refuse layers whose names or grouping are those of blocks with a way around them.

    Such a network has the tensors of a plain one, and gives nonsense if it is run as one.
    """
    groups: dict[str, list[Layer]] = {}
    for layer in layers:
        words = set(words_of(layer.name))
        if words & RESIDUAL or (words & {"block", "blocks"} and layer.inputs == layer.outputs):
            raise BadInputError(
                f"it seems to be a residual network, by the name of the layer {layer}: {IF_PLAIN}"
            )
        steps = layer.name.split(".")
        for depth, step in enumerate(steps[:-1], start=1):
            if any(letter.isdigit() for letter in step):
                groups.setdefault(".".join(steps[:depth]), []).append(layer)
    for name, group in groups.items():
        closed = sorted(one.inputs for one in group) == sorted(one.outputs for one in group)
        if 1 < len(group) < len(layers) and closed:
            raise BadInputError(
                f"it seems to be a residual network, since the {len(group)} layers in "
                f"{shown(name)} end as wide as they begin: {IF_PLAIN}"
            )


def _why_none(layers: Sequence[Layer]) -> str:
    """What layers seem to be that do not follow one another."""
    taken = {layer.inputs for layer in layers}
    given = {layer.outputs for layer in layers}
    ends = [layer for layer in layers if layer.outputs not in taken]
    starts = [layer for layer in layers if layer.inputs not in given]
    if len(ends) > 1:
        return f"it seems to have several heads, {_named(ends)}: {ONLY_PLAIN}"
    if len(starts) > 1:
        return f"it seems to have several inputs or branches, {_named(starts)}: {ONLY_PLAIN}"
    return (
        f"its layers do not follow one another, {_named(layers)}: it seems to have branches, "
        f"several heads or ways around layers, and {ONLY_PLAIN}"
    )


def _named(layers: Sequence[Layer]) -> str:
    return shown_list(map(str, layers))
