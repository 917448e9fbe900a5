"""Pages opened by Streamlit's own test client, and what they show."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from streamlit.testing.v1 import AppTest  # noqa: TID251

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = ("overview", "plan", "data", "jobs", "run", "compare", "adapt", "report", "help")


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(f"app_pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def unfolded(app: AppTest) -> AppTest:
    """The page with everything drawn that is drawn only when somebody unfolds it."""
    known: set[str] = set()
    while (
        more := {fold.proto.id.split("-", 2)[2] for fold in app.expander if fold.proto.id} - known
    ):
        known |= more
        for key in more:
            app.session_state[key] = True
        app.run()
        assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All running text of a page."""
    headings = app.title, app.header, app.subheader
    kinds = (*headings, app.markdown, app.caption, app.error, app.warning, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def links(app: AppTest) -> dict[str, str]:
    """Where each link of a page leads, by its label: the page and what is asked of it."""
    found = (link.proto for link in app.get("page_link"))
    return {link.label: f"{link.page}?{link.query_string}" for link in found}


def metric(app: AppTest, label: str) -> str:
    return str(next(m.value for m in app.metric if m.label == label))


class _Reader(HTMLParser):
    """The tables of a page and the words of its pictures, from their HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[Any]]] = []
        self.pictures: list[str] = []
        self._counts = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._counts = tag == "td" and found.get("class") == "count"
        elif tag == "img":
            self.pictures.append(found["alt"] or "")
        elif tag == "br" and self.tables:
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        if self.tables and self.tables[-1] and self.tables[-1][-1]:
            number = int(data.replace(",", "")) if self._counts else None
            self.tables[-1][-1][-1] = self.tables[-1][-1][-1] + data if number is None else number


def _read(app: AppTest) -> list[_Reader]:
    found = []
    for element in app.get("html"):
        found.append(_Reader())
        found[-1].feed(element.proto.body)
    return found


def tables(app: AppTest) -> list[pd.DataFrame]:
    """The tables of a page, in order; columns of numbers as such."""
    every = (table for read in _read(app) for table in read.tables)
    return [pd.DataFrame(rows, columns=names) for names, *rows in every]


def table_with(app: AppTest, *columns: str) -> Any:
    """The first table, as a frame, that has all of these columns."""
    return next(table for table in tables(app) if set(columns) <= set(table.columns))


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def figure_with(app: AppTest, trace: str) -> dict[str, Any]:
    """The picture that has a trace of this name."""
    return next(f for f in figures(app) if trace in [t["name"] for t in f["data"]])


def names_in(app: AppTest) -> set[str]:
    return {trace["name"] for figure in figures(app) for trace in figure["data"]}


def drawn_tables(app: AppTest) -> list[dict[str, pd.DataFrame]]:
    """The tables of every Vega-Lite picture, those that have a name."""
    return [
        {
            table.name: pa.ipc.open_stream(table.data.data).read_pandas()
            for table in chart.proto.datasets
        }
        for chart in app.get("vega_lite_chart")
    ]


def drawn_rows(app: AppTest) -> dict[str, pd.DataFrame]:
    """The same for all pictures together."""
    return {name: table for tables in drawn_tables(app) for name, table in tables.items()}


def image_words(app: AppTest) -> list[str]:
    """What is said of each image to who cannot see it."""
    images = [image.alt for found in app.get("image") for image in found.proto.imgs]
    return images + [alt for read in _read(app) for alt in read.pictures]
