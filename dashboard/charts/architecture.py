"""The shape of a network beside the dense one: a bar a hidden layer or group of neurons.

It is drawn as SVG rather than by a charting library, because Plan draws one for every stage each
time that a slider moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.style import BLUE, OUTLINE, VERMILLION, text_colour
from spinn_engine.words import percent

# Pixels: of the picture, beside its bars, of a layer, its bar, and its words.
WIDTH, BESIDE, ROW, BAR, ABOVE = 130, 5, 36, 14, 20
NAME, MOST_LETTERS = 20, 18  # more of a layer, for its name


def width_label(width: int, dense: int) -> str:
    """How much of a layer is left, e.g. ``512 → 285 (-44 %)``; ``512`` when nothing was removed."""
    if width == dense:
        return f"{dense:,}"
    return f"{dense:,} → {width:,} ({percent(width / dense - 1, 0)})"


def shape_in_words(
    title: str, hidden: Sequence[int], dense: Sequence[int], names: Sequence[str] = ()
) -> str:
    """What a drawn shape shows."""
    labels = [width_label(w, d) for w, d in zip(hidden, dense, strict=True)]
    if not names:
        return f"{title}, neurons in each hidden layer: {'; '.join(labels)}"
    each = "; ".join(f"{name} {label}" for name, label in zip(names, labels, strict=True))
    return f"{title}, neurons in each group: {each}"


def architecture(
    hidden: Sequence[int],
    dense: Sequence[int],
    dark: bool = False,
    names: Sequence[str] = (),
) -> str:
    """Centred horizontal bars from the input side (top) down, the dense outline as a ghost.

    Args:
        hidden: hidden widths of the network that is drawn, in neurons.
        dense: hidden widths of the dense network, as many.
        dark: whether the page is dark.
        names: what each bar is called, where it is no hidden layer.

    Returns:
        An ``svg`` element; its bars are ``rect`` of the classes ``left`` and ``dense``.
    """
    scale = (WIDTH - 2 * BESIDE) / max(dense)
    colour = BLUE if tuple(hidden) == tuple(dense) else VERMILLION
    row = ROW + NAME * bool(names)
    bold = f'<text x="{WIDTH / 2:g}" font-weight="600"'
    rows = [
        f'{bold} y="{place * row + ABOVE - 6}">{short(name)}</text>'
        for place, name in enumerate(names)
    ]
    for place, (width, whole) in enumerate(zip(hidden, dense, strict=True)):
        top = place * row + ABOVE + NAME * bool(names)
        rows += [
            f'<text x="{WIDTH / 2:g}" y="{top - 6}">{width_label(width, whole)}</text>',
            _bar("left", width * scale, top, f'fill="{colour}"'),
            _bar("dense", whole * scale, top, f'fill="none" stroke="{OUTLINE}"'),
        ]
    height = row * len(dense) + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" fill="{text_colour(dark)}" font-family="sans-serif" font-size="12" '
        f'text-anchor="middle">{"".join(rows)}</svg>'
    )


def short(name: str) -> str:
    """A name that has room above a bar."""
    return (
        name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _bar(name: str, width: float, top: int, look: str) -> str:
    """A bar in the middle; ``width`` and ``top`` in pixels."""
    return (
        f'<rect class="{name}" x="{(WIDTH - width) / 2:.2f}" y="{top}" width="{width:.2f}" '
        f'height="{BAR}" rx="{min(3.0, width / 2):.2f}" {look}/>'
    )
