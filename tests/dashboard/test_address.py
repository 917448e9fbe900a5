"""Addresses that no widget can take."""

from __future__ import annotations

import ast

import pytest

from dashboard.shell.address import REQUIRED_CHOICES, is_infinite
from spinn_engine.store.runs import RunFolder
from tests.dashboard.support import APP, opened

BOUND = "query-params"


@pytest.mark.parametrize(
    ("page", "name", "text"),
    [
        ("run", "layer", "1e400"),
        ("run", "neuron", "-inf"),
        ("plan", "epochs", "Infinity"),
        ("adapt", "batch_rows", "1e999"),
        *(("compare", name, "") for name in ("across", "at_batch", "draw")),
        ("run", "batch", ""),
        ("plan", "ratio_of", ""),
        ("plan", "network", ""),
        ("adapt", "rows", ""),
        ("report", "claims", ""),
    ],
)
def test_what_no_widget_can_take_is_not_asked_of_it(
    finished_run: RunFolder, page: str, name: str, text: str
) -> None:
    app = opened(page, **{name: text})
    assert not app.error
    assert name not in app.query_params


def test_what_a_widget_can_take_stays() -> None:
    app = opened("plan", controls="", hidden="16, 8", epochs="1e400")
    assert dict(app.query_params) == {"controls": "", "hidden": "16, 8"}
    assert app.multiselect(key="controls").value == []
    assert app.text_input(key="hidden").value == "16, 8"


def test_only_numbers_without_a_size_are_infinite() -> None:
    assert all(map(is_infinite, ("1e400", "-1e400", "inf", " Infinity ")))
    assert not any(map(is_infinite, ("", "nan", "1e30", "info", "inf, b", "<script>")))


def test_every_required_choice_in_the_address_is_known() -> None:
    found = {
        word.value.value
        for path in APP.parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and is_required(call)
        for word in call.keywords
        if word.arg == "key" and isinstance(word.value, ast.Constant)
    }
    assert found - REQUIRED_CHOICES <= {"order", "survival_order"}  # not in the address
    assert found >= REQUIRED_CHOICES


def is_required(call: ast.Call) -> bool:
    return any(
        word.arg == "required" and isinstance(word.value, ast.Constant) and word.value.value is True
        for word in call.keywords
    )
