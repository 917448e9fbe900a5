"""The order of the layers, from their names and shapes and never from the order in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, Protocol, TypeVar

from spinn_engine.errors import BadInputError
from spinn_engine.imported.recognition.name_words import earlier, words_of
from spinn_engine.imported.recognition.other_kinds import ONLY_PLAIN
from spinn_engine.words import shown_list

MOST_TRIES = 5_000


class Ordered(Protocol):
    """A layer, or several that stand together."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""


One = TypeVar("One", bound=Ordered)


def ordered(layers: Sequence[One]) -> list[One]:
    """The layers from input to output.

    That is the one order in which each layer takes what the one before gives, and no name speaks
    against it.

    Raises:
        BadInputError: there is no such order, or several.
    """
    refuse_single(layers)
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


def refuse_single(layers: Sequence[Ordered]) -> None:
    """Refuse a network of one layer, or of none.

    Raises:
        BadInputError: it is one.
    """
    if not layers:
        raise BadInputError("it holds no layers: save model.state_dict()")
    if len(layers) == 1:
        raise BadInputError(f"it is a single layer, {layers[0]}: there is no hidden neuron in it")


class _Tries(Generic[One]):
    """A search through the orders that names and shapes allow.

    Attributes:
        count: steps that were tried.
    """

    def __init__(self, layers: Sequence[One]) -> None:
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


def _why_none(layers: Sequence[Ordered]) -> str:
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


def _named(layers: Sequence[Ordered]) -> str:
    return shown_list(map(str, layers))
