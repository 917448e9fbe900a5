"""What holds for every page."""

from __future__ import annotations

import ast
import subprocess
import sys
from unittest.mock import Mock

import pytest

from spinn_engine.artifacts.store import RunFolder
from tests.dashboard.support import APP, PAGES, opened, words


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_empty_without_runs(page: str) -> None:
    app = opened(page)
    assert not app.error
    assert len(words(app)) > 60


def test_no_page_loads_torch(finished_run: RunFolder) -> None:
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"for page in {PAGES}:\n"
        f"    app = AppTest.from_file({str(APP)!r}, default_timeout=60)\n"
        "    app.switch_page(f'app_pages/{page}.py')\n"
        "    app.query_params['hidden'] = '12, 8'\n"
        "    app.query_params['stages'] = '2'\n"
        "    app.run()\n"
        "    assert not app.exception and not app.error, page\n"
        "    if page == 'plan':\n"
        "        assert 'A prediction' in ' '.join(c.value for c in app.caption)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=APP.parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_page_is_parsed_by_a_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that ``ast`` parses at once fail in Python 3.11: python/cpython#106905."""
    with monkeypatch.context() as patch:
        parse = Mock(wraps=ast.parse)
        patch.setattr(ast, "parse", parse)
        opened("help")
    parse.assert_not_called()
