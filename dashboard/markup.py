"""Tables, figures and rows of pictures as HTML.

Streamlit's own table runs every cell through a Markdown parser, and its list of images is drawn
piece by piece; both are felt while a slider moves. Here each is one piece of HTML. All that comes
from outside is escaped, every element is closed. How they look is in ``look.css``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from numbers import Number

from dashboard.charts.style import ARM_COLOURS, ARM_GLYPHS

ARM = "\N{NO-BREAK SPACE}"  # the column of shapes needs no heading


LACKING = "–"


@dataclass(frozen=True)
class Lead:
    """A cell with bold words, and perhaps others below them."""

    words: str
    below: str = ""


Cell = str | int | float | Lead
Row = Mapping[str, Cell]


def table(rows: Sequence[Row], alt: str) -> str:
    """A table with a line for each dict; numbers stand to the right, with thousands separators.

    Args:
        rows: what stands in each line, by heading; a dash where a line lacks one. A column ``ARM``
            holds arms; it shows the shape and the colour that they have in every picture.
        alt: what the table is, in words.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    right = {name for name in names if all(isinstance(row.get(name, 0), Number) for row in rows)}
    head = "".join(_heading(name, name in right) for name in names)
    body = "".join(
        f"<tr>{''.join(_cell(name, row.get(name, LACKING), name in right) for name in names)}</tr>"
        for row in rows
    )
    return (  # it scrolls where it has no room, and so must be reached by the keyboard
        f'<div class="numbers" role="group" tabindex="0" aria-label="{escape(alt)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _heading(name: str, right: bool) -> str:
    if not name.strip():
        return "<td></td>"
    return f'<th scope="col"{_class(right)}>{escape(name)}</th>'


def _cell(name: str, cell: Cell, right: bool) -> str:
    if name == ARM:
        return f'<td style="color: {ARM_COLOURS[str(cell)]}">{ARM_GLYPHS[str(cell)]}</td>'
    return f"<td{_class(right)}>{_text(cell)}</td>"


def _class(right: bool) -> str:
    return ' class="count"' if right else ""


def _text(cell: Cell) -> str:
    if isinstance(cell, Lead):
        below = f"<br/>{escape(cell.below)}" if cell.below else ""
        return f"<strong>{escape(cell.words)}</strong>{below}"
    return escape(cell if isinstance(cell, str) else f"{cell:,}")


def figures(found: Sequence[tuple[str, str, str]]) -> str:
    """Numbers in large type: of each what it is, the number, and a line below."""
    rows = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd>{escape(below)}</dd></div>"
        for name, value, below in found
    )
    return f'<dl class="figures">{"".join(rows)}</dl>'


def note(text: str) -> str:
    """A line in small type below something."""
    return f'<p class="note">{escape(text)}</p>'


def pictures(drawn: Sequence[tuple[str, str, str, str]], width: int) -> str:
    """SVG pictures side by side, as many in a row as there is room for.

    Args:
        drawn: of each the SVG, what it shows in words, its title, and a line below that.
        width: of each, in pixels.
    """
    figures = (
        f'<figure><img width="{width}" alt="{escape(alt)}" '
        f'src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"/>'
        f"<figcaption><strong>{escape(title)}</strong><br/>{escape(below)}</figcaption></figure>"
        for svg, alt, title, below in drawn
    )
    return f'<div class="pictures">{"".join(figures)}</div>'
