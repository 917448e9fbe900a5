"""What people call the dimensions whose neurons may be removed."""

from __future__ import annotations

import re
from collections.abc import Sequence

LAYER = "hidden layer"
_OF_KINDS = re.compile(r"(hidden|block|head|branch|trunk)(\d*)(?:_(\d+))?")
_NOUNS = {"hidden": LAYER}
_SPOKEN = {"latent": "latent layer"}


def chain_labels(layers: Sequence[int]) -> tuple[str, ...]:
    """Those of a network that is one layer after another: ``hidden layer 2`` for place 1."""
    return tuple(f"{LAYER} {place + 1}" for place in layers)


def labels_of(dims: Sequence[str]) -> tuple[str, ...]:
    """Those of any other network, by the names that its kind gives; other names stay.

    >>> labels_of(["stream", "block1_1", "block2_1", "head_2", "hidden_1"])
    ('stream', 'block 1', 'block 2', 'head 2', 'hidden layer 1')
    """
    return tuple(_label(dim, dims) for dim in dims)


def _label(dim: str, dims: Sequence[str]) -> str:
    found = _OF_KINDS.fullmatch(dim)
    if found is None or not (found[2] or found[3]):
        return dim
    word, part, layer = _NOUNS.get(found[1], found[1]), found[2], found[3]
    if not part:
        return f"{word} {layer}"
    alone = sum(other.startswith(f"{found[1]}{part}_") for other in dims) <= 1
    return f"{word} {part}" if alone or not layer else f"{word} {part}, layer {layer}"


def with_article(label: str) -> str:
    """A label within a sentence.

    >>> with_article("stream"), with_article("block 1")
    ('the stream', 'block 1')
    """
    return label if label[-1].isdigit() else f"the {_SPOKEN.get(label, label)}"
