"""How an arm is called and drawn, the same in every table and picture."""

from __future__ import annotations

# Okabe-Ito colours: told apart with any colour vision, and on paper and on a dark page.
ARM_COLOURS = {
    "dense": "#0072B2",
    "structured": "#D55E00",
    "magnitude": "#009E73",
    "dense_longer": "#56B4E9",
    "random": "#CC79A7",
    "scratch": "#E69F00",
    "linear": "#7F8C99",
}
ARM_LABELS = {
    "dense": "dense",
    "structured": "structured",
    "magnitude": "magnitude",
    "dense_longer": "dense, longer",
    "random": "random neurons",
    "scratch": "from scratch",
    "linear": "linear",
}
ARM_GLYPHS = {
    "dense": "\N{BLACK SQUARE}",
    "structured": "\N{BLACK CIRCLE}",
    "magnitude": "\N{BLACK DIAMOND}",
    "dense_longer": "\N{WHITE SQUARE}",
    "random": "\N{HEAVY MULTIPLICATION X}",
    "scratch": "\N{BLACK UP-POINTING TRIANGLE}",
    "linear": "\N{HEAVY GREEK CROSS}",
}
ARM_MARKERS = {  # of matplotlib, the same shapes
    "dense": "s",
    "structured": "o",
    "magnitude": "D",
    "dense_longer": "s",
    "random": "X",
    "scratch": "^",
    "linear": "P",
}
HOLLOW = frozenset({"dense_longer"})


def spoken(arm: str) -> str:
    """An arm's name within a sentence, in quotes where it holds a comma."""
    label = ARM_LABELS[arm]
    return f"“{label}”" if "," in label else label
