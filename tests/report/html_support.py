"""An HTML page read without the templates that made it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})


@dataclass
class ReadTable:
    """A table as a reader sees it."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    scopes: list[str | None] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, dict[str, str]]:
        """Row name to column name to text."""
        heads, *rows = self.rows
        return {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in rows}


class Page(HTMLParser):
    """Elements, ids, headings, tables and text of a page; a tag that is not closed fails."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.tables: list[ReadTable] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "table":
            self.tables.append(ReadTable())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("td", "th"):
            self.tables[-1].rows[-1].append("")
            if tag == "th":
                self.tables[-1].scopes.append(dict(attrs).get("scope"))
        elif tag[0] == "h" and tag[1:].isdigit():
            self.headings.append((int(tag[1:]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if "caption" in self.open:
            self.tables[-1].caption += data
        elif "td" in self.open or "th" in self.open:
            if "span" not in self.open:  # the mark of an arm
                self.tables[-1].rows[-1][-1] += data.replace("\N{NO-BREAK SPACE}", " ")
            if "strong" in self.open:
                self.tables[-1].bold.append(data)
        elif self.open and self.open[-1][0] == "h" and self.open[-1][1:].isdigit():
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def table(self, words: str) -> ReadTable:
        """The table whose caption has these words."""
        return next(table for table in self.tables if words in table.caption)
