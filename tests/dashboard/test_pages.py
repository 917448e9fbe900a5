"""What holds for every page."""

from __future__ import annotations

import ast
import subprocess
import sys
from unittest.mock import Mock

import pytest

from spinn_engine.store.runs import RunFolder
from tests.dashboard.support import APP, PAGES, opened


def test_no_page_loads_torch(finished_run: RunFolder) -> None:
    script = (
        "import sys\n"
        "from tests.dashboard.support import visit\n"
        f"for page in {PAGES}:\n"
        "    app = visit(page)\n"
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
