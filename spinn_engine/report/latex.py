r"""Plain text and tables as LaTeX that pdflatex takes with its base packages and booktabs.

The files are ASCII: what LaTeX has no letter for stands as its code point, as in ``[U+6E29]``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from spinn_engine.report.table import Align, Cell, Table
from spinn_engine.words import tied

LONG = 30  # rows; more would not fit on a page
LETTERS_A_LINE = 102  # small ones, between the margins of the document
PACKAGES = "% needs the packages array, booktabs, graphicx and longtable"
LETTERS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"{\char36}",  # the usual one is of another font
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_\allowbreak{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "*": "{*}",  # after a line's end it would be a command's star
    "-": "-{}",  # two of them are no dash
    "[": "{[}",  # after a line's end it would be an option
    "]": "{]}",
    "/": r"/\allowbreak{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{MIDDLE DOT}": r"$\cdot$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{DEGREE SIGN}": r"$^\circ$",
    "\N{SUPERSCRIPT TWO}": "$^2$",
    "\N{SUPERSCRIPT THREE}": "$^3$",
    "\N{MICRO SIGN}": r"$\mu$",
    "\N{GREEK SMALL LETTER MU}": r"$\mu$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{LATIN SMALL LETTER SHARP S}": r"{\ss}",
    "\N{LATIN SMALL LETTER AE}": r"{\ae}",
    "\N{LATIN CAPITAL LETTER AE}": r"{\AE}",
    "\N{LATIN SMALL LETTER O WITH STROKE}": r"{\o}",
    "\N{LATIN CAPITAL LETTER O WITH STROKE}": r"{\O}",
}
ACCENTS = {
    "\N{COMBINING GRAVE ACCENT}": "`",
    "\N{COMBINING ACUTE ACCENT}": "'",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "^",
    "\N{COMBINING TILDE}": "~",
    "\N{COMBINING DIAERESIS}": '"',
    "\N{COMBINING RING ABOVE}": "r",
    "\N{COMBINING CARON}": "v",
    "\N{COMBINING BREVE}": "u",
    "\N{COMBINING MACRON}": "=",
    "\N{COMBINING DOT ABOVE}": ".",
    "\N{COMBINING CEDILLA}": "c",
    "\N{COMBINING DOUBLE ACUTE ACCENT}": "H",
}
GREEK = frozenset(
    {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"}
    | {"lambda", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"}
)
SPACES = frozenset("\t\n\r\v\f")

COLUMNS: dict[Align, str] = {"left": "l", "right": "r"}


def escape(text: str) -> str:
    """Text of any kind as LaTeX that shows it, and does nothing else."""
    return "".join(map(_letter, tied(text)))


def _letter(letter: str) -> str:
    if letter in LETTERS:
        return LETTERS[letter]
    if letter in SPACES:
        return " "
    if letter.isascii() and letter.isprintable():
        return letter
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in ACCENTS:
        base = {"i": r"\i", "j": r"\j"}.get(parts[0], parts[0])
        return f"\\{ACCENTS[parts[1]]}{{{base}}}"
    name = unicodedata.name(letter, "").removeprefix("GREEK SMALL LETTER ").lower()
    if name.replace("lamda", "lambda") in GREEK:
        return f"$\\{name.replace('lamda', 'lambda')}$"
    return f"{{[}}U+{ord(letter):04X}{{]}}"


def table_file(table: Table) -> bytes:
    """A table with its caption: a float, or over pages where it is long or holds sentences."""
    heads = " & ".join(map(_cell, table.heads))
    rows = [" & ".join(map(_cell, row)) + r" \\" for row in table.rows]
    caption = rf"\caption{{{escape(table.caption)}}}\label{{tab:{table.name}}}"
    if len(rows) > LONG or "text" in table.align:
        return _file([PACKAGES, *_over_pages(caption, _columns(table), heads, rows)])
    return _file([PACKAGES, *_float(caption, _columns(table), heads, rows, _is_wide(table))])


def _over_pages(caption: str, columns: str, heads: str, rows: Sequence[str]) -> list[str]:
    return [
        r"{\footnotesize",
        rf"\begin{{longtable}}{{{columns}}}",
        rf"{caption} \\",
        rf"\toprule {heads} \\ \midrule \endfirsthead",
        rf"\toprule {heads} \\ \midrule \endhead",
        r"\bottomrule \endfoot",
        *(rf"{row} \addlinespace" for row in rows),
        r"\end{longtable}}",
    ]


def _float(caption: str, columns: str, heads: str, rows: Sequence[str], wide: bool) -> list[str]:
    return [
        r"\begin{table}[htbp]",
        r"\centering\footnotesize",
        rf"{caption}\par\smallskip",
        *([r"\resizebox{\linewidth}{!}{%"] if wide else []),
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        rf"{heads} \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}" + ("}" if wide else ""),
        r"\end{table}",
    ]


def _is_wide(table: Table) -> bool:
    """Whether it has to be made smaller to fit between the margins."""
    widest = _lengths(table, max)
    return sum(widest) + 2 * len(widest) > LETTERS_A_LINE


def _lengths(table: Table, of: Callable[[list[int]], float]) -> list[float]:
    """The longest, or mean, number of letters in each column."""
    lines = (table.heads, *table.rows)
    return [of([len(line[k].text) for line in lines]) for k in range(len(table.heads))]


def _columns(table: Table) -> str:
    """Columns of sentences share the width that other columns leave, longer ones more of it."""
    longest, usual = _lengths(table, max), _lengths(table, fmean)
    texts = [k for k, align in enumerate(table.align) if align == "text"]
    taken = sum(n + 2 for k, n in enumerate(longest) if k not in texts)
    left = max(1 - (taken + 2 * len(texts)) / LETTERS_A_LINE, 0.3)
    total = sum(usual[k] for k in texts)
    found = []
    for k, align in enumerate(table.align):
        share = left * max(usual[k] / total, 0.25) if k in texts else 0.0
        wide = rf">{{\raggedright\arraybackslash}}p{{{share:.3f}\linewidth}}"
        found.append(COLUMNS.get(align, wide))
    return "@{}" + "".join(found) + "@{}"


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    return rf"\textbf{{{text}}}" if cell.bold else text


def document(
    title: str,
    paragraphs: Mapping[str, Sequence[str]],
    tables: Sequence[str],
    figures: Mapping[str, str],
) -> bytes:
    """A small document that brings the tables and figures, and says what was done.

    Args:
        title: of the document.
        paragraphs: section to its paragraphs.
        tables: names of the tables' files.
        figures: name of a figure's file to its caption.
    """
    lines = [
        r"\documentclass[11pt,a4paper]{article}",
        r"\usepackage[margin=22mm]{geometry}",
        r"\usepackage{array,booktabs,longtable,graphicx}",
        r"\emergencystretch=3em",
        rf"\title{{{escape(title)}}}\author{{}}\date{{}}",
        r"\begin{document}",
        r"\maketitle",
        rf"\input{{tables/{tables[0]}}}",
    ]
    for section, own in paragraphs.items():
        lines.append(rf"\section*{{{escape(section)}}}")
        lines += [f"{escape(one)}\n" for one in own]
    lines += [rf"\input{{tables/{name}}}" for name in tables[1:]]
    for name, caption in figures.items():
        lines += [
            r"\begin{figure}[htbp]",
            r"\centering",
            rf"\includegraphics{{figures/{name}.pdf}}",
            rf"\caption{{{escape(caption)}}}\label{{fig:{name}}}",
            r"\end{figure}",
        ]
    return _file([*lines, r"\end{document}"])


def _file(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("ascii")
