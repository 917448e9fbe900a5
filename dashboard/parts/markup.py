"""Tables, figures and rows of pictures as HTML.

Streamlit's own table runs every cell through a Markdown parser, and its list of images is drawn
piece by piece; both are felt while a slider moves. Here each is one piece of HTML. All that comes
from outside is escaped, every element is closed. How they look is in ``look.css``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from numbers import Number

from spinn_engine.vocabulary import ARMS
from spinn_engine.words import DASH, visible

ARM = "\N{NO-BREAK SPACE}"  # the column of shapes needs no heading
MEASURED = re.compile(r"[+−-]?\d[\d,.]*(e[+−-]?\d+)?(\s?(%|×|[^\W\d_]{1,3}))?")  # and its unit
LONG = 32  # characters, from which on a cell may take several lines


@dataclass(frozen=True)
class BoldCell:
    """A cell with bold words, and perhaps others below them."""

    words: str
    below: str = ""


Cell = str | int | float | BoldCell
Row = Mapping[str, Cell]


def table(rows: Sequence[Row], alt: str) -> str:
    """A table with a line for each dict; numbers stand to the right, also those with a unit.

    Args:
        rows: what stands in each line, by heading; a dash where a line lacks one. A column ``ARM``
            holds arms; it shows the shape and the colour that they have in every picture.
        alt: what the table is, in words.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    right = {name for name in names if _are_numbers([row.get(name, DASH) for row in rows])}
    head = "".join(_heading(name, name in right) for name in names)
    body = "".join(
        f"<tr>{''.join(_cell(name, row.get(name, DASH), name in right) for name in names)}</tr>"
        for row in rows
    )
    return (  # it scrolls where it has no room, and so must be reached by the keyboard
        f'<div class="numbers" role="group" tabindex="0" aria-label="{escape(alt)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _are_numbers(cells: Sequence[Cell]) -> bool:
    """Whether a column holds numbers, with their units or without; some may be lacking."""
    there = [cell for cell in cells if cell not in ("", DASH)]
    return bool(there) and all(
        isinstance(cell, Number) or (isinstance(cell, str) and MEASURED.fullmatch(cell))
        for cell in there
    )


def _heading(name: str, right: bool) -> str:
    if not name.strip():
        return "<td></td>"
    return f'<th scope="col"{_class("count" if right else "")}>{escape(name)}</th>'


def _cell(name: str, cell: Cell, right: bool) -> str:
    if name == ARM:
        return f'<td style="color: {ARMS[str(cell)].colour}">{ARMS[str(cell)].glyph}</td>'
    kind = "count" if right else "long" if _is_long(cell) else ""
    return f"<td{_class(kind)}>{_text(cell)}</td>"


def _is_long(cell: Cell) -> bool:
    return bool(cell.below) if isinstance(cell, BoldCell) else len(str(cell)) > LONG


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _text(cell: Cell) -> str:
    if isinstance(cell, BoldCell):
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


def lines(numbered: Sequence[tuple[int, str]], alt: str) -> str:
    """Lines of a file as they stand in it, each behind its number.

    Args:
        numbered: number and text of each.
        alt: what the lines are, in words.
    """
    most = len(str(numbered[-1][0]))
    rows = "".join(
        f"<span>{number:>{most}}</span>  {escape(visible(text))}\n" for number, text in numbered
    )
    return (
        f'<div class="numbers" role="group" tabindex="0" aria-label="{escape(alt)}">'
        f"<pre>{rows}</pre></div>"
    )


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
