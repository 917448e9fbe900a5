"""What every page answers: it is a folder with its ``page.py``, named once in the navigation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.dashboard.support import opened, words

DASHBOARD = Path(__file__).parents[2] / "dashboard"
PAGES = sorted(path.parent.name for path in DASHBOARD.glob("*/page.py"))
NAVIGATION = (DASHBOARD / "shell" / "navigation.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_in_the_navigation_once_under_its_own_name(page: str) -> None:
    lines = re.findall(rf'st\.Page\("{page}/page\.py", title="(\w+)", url_path="(\w+)"', NAVIGATION)
    assert lines == [(page.capitalize(), page)]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_it_is(page: str) -> None:
    tree = ast.parse((DASHBOARD / page / "page.py").read_text(encoding="utf-8"))
    told = ast.get_docstring(tree)
    assert told is not None
    assert re.match(rf"{page.capitalize()}( \(``\?\w+=``\))?: \w", told)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_in_an_empty_store_with_a_title_and_a_sentence(page: str) -> None:
    app = opened(page)
    assert not app.error
    assert len(app.title) == 1
    assert len(words(app)) > 60
