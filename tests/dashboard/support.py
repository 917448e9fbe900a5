"""Pages opened by Streamlit's own test client, and what they show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
from streamlit import config  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251
from streamlit.util import calc_hash  # noqa: TID251

COUNT = re.compile(r"\d[\d,]*")
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = tuple(sorted(path.parent.name for path in APP.parent.glob("*/page.py")))

config._main_script_path = str(APP)  # as ``streamlit run`` does, for the options beside it
config.get_config_options(force_reparse=True)


def visit(page: str) -> AppTest:
    """A visit that has not run yet; ``switch_page`` would take every ``page.py`` for one page."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app._page_hash = calc_hash(page)
    return app


def opened(page: str, **query: str) -> AppTest:
    app = visit(page)
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
    said = [str(element.value) for kind in kinds for element in kind]
    return "\n".join(said + [str(note.text) for piece in _pieces(app) for note in piece.iter("p")])


def links(app: AppTest) -> dict[str, str]:
    """Where each link of a page leads, by its label: the page and what is asked of it."""
    found = (link.proto for link in app.get("page_link"))
    return {link.label: f"{link.page}?{link.query_string}" for link in found}


def metric(app: AppTest, label: str) -> str:
    found = {metric.label: str(metric.value) for metric in app.metric}
    for piece in _pieces(app):
        found |= {str(name.text): str(value.text) for name, value, *_ in piece.findall(".//dl/div")}
    return found[label]


def _pieces(app: AppTest) -> list[ElementTree.Element]:
    """The pieces of HTML on a page, without styles and scripts."""
    bodies = (element.proto.body for element in app.get("html"))
    return [
        ElementTree.fromstring(f"<div>{body}</div>")
        for body in bodies
        if not body.startswith(("<style", "<script"))
    ]


def _cell(cell: ElementTree.Element) -> str | int:
    counts = cell.tag == "td" and cell.get("class") == "count"
    lines = "".join(
        ("\n" * (part.tag == "br")) + (part.text or "") + (part.tail or "") for part in cell
    )
    text = (cell.text or "") + lines
    return int(text.replace(",", "")) if counts and COUNT.fullmatch(text) else text


def tables(app: AppTest) -> list[pd.DataFrame]:
    """The tables of a page, in order; columns of numbers as such."""
    found = [list(table.iter("tr")) for piece in _pieces(app) for table in piece.iter("table")]
    every = [[[_cell(cell) for cell in row] for row in rows] for rows in found]
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
    return images + [str(drawn.get("alt")) for piece in _pieces(app) for drawn in piece.iter("img")]
