"""Awkward tables, and what Data shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.parts.markdown import sentence
from tests.dashboard.support import opened, table_with


def dotted(number: int) -> str:
    """A whole number with points between thousands."""
    return f"{number:,}".replace(",", ".")


GERMAN = "force;speed;wear\n" + "".join(
    f"{dotted(573 + 131 * n % 1955)};{dotted(518 + 317 * n % 3445)};{100 + 37 * n % 211}\n"
    for n in range(60)
)


NAMELESS = "Rig 7\nforce/N\n" + "".join(
    f"{500 + 13 * n % 97}.5,{20 + (7 * n) % 31}.25,0.{100 + (11 * n) % 89}\n" for n in range(60)
)


def shown(path: Path, **query: str) -> AppTest:
    return opened("data", source="table", path=str(path), **query)


def press(app: AppTest, label: str) -> AppTest:
    [button] = [one for one in app.button if one.label == sentence(label)]
    button.click().run()
    assert not app.exception
    return app


def moved(app: AppTest, page: str) -> AppTest:
    """Another page of the same visit; as in a browser, its address begins empty."""
    app.query_params.clear()
    app.switch_page(f"{page}/page.py").run().run()  # the client brings values one run late
    assert not app.exception
    return app


def settling(app: AppTest) -> list[str]:
    return [one.label for one in app.button if str(one.key).startswith("settle")]


def ranges(app: AppTest) -> dict[str, tuple[str, str]]:
    """Smallest and largest value of every column, as the page shows them."""
    columns = table_with(app, "Column", "From")
    return {
        name: (str(low), str(high))
        for name, low, high in zip(columns["Column"], columns["From"], columns["To"], strict=True)
    }


def expected(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {str(name): (frame[name].min(), frame[name].max()) for name in frame}


def as_numbers(found: Mapping[str, tuple[str, str]]) -> dict[str, tuple[float, float]]:
    return {name: (_number(low), _number(high)) for name, (low, high) in found.items()}


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
