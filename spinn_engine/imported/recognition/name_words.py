"""Words and numbers in the names of layers, and what they tell of the order."""

from __future__ import annotations

import re
from collections.abc import Sequence

RESIDUAL = frozenset(
    ("res", "resnet", "resblock", "resblocks", "resmlp", "residual", "residuals", "skip", "skips",
     "shortcut", "shortcuts", "downsample", "highway", "densenet")
)  # fmt: skip
PLACES = {
    word: place
    for place, words in {
        -2: "input inputs in inp first start begin stem fcs",
        -1: "encoder enc trunk body backbone base feature features shared common pre",
        1: "decoder dec post",
        2: "output outputs out outp last final head end fcf readout regressor classifier "
        "predictor prediction pred logits",
    }.items()
    for word in words.split()
}

Word = str | int


def words_of(text: str) -> list[Word]:
    """The words and numbers of a name: ``ResBlock_2.fc`` gives ``res``, ``block``, 2, ``fc``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    found = re.findall(r"[a-z]+|[0-9]{1,9}", parted.lower())
    return [int(word) if word.isdigit() else word for word in found]


def earlier(first: Sequence[Word], second: Sequence[Word]) -> int:
    """-1 where the first of two names stands before the other, 1 after it, 0 if they do not tell.

    Numbers are compared as numbers, and words such as input, hidden and output by their places;
    the alphabet tells nothing.
    """
    for a, b in zip(first, second, strict=False):
        if a != b:
            return _compared(a, b)
    common = min(len(first), len(second))
    rest = first[common:] or second[common:]
    if not rest:
        return 0
    place = 1 if isinstance(rest[0], int) else PLACES.get(rest[0], 0)  # fc stands before fc2
    return _sign(place) if len(first) > len(second) else -_sign(place)


def _compared(one: Word, other: Word) -> int:
    if isinstance(one, int) and isinstance(other, int):
        return _sign(one - other)
    return _sign(_place(one) - _place(other))


def _place(word: Word) -> int:
    return 0 if isinstance(word, int) else PLACES.get(word, 0)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
