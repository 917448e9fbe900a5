"""What other pages need is there in this version of Streamlit, and a page asks for it."""

from __future__ import annotations

from pathlib import Path

from streamlit.file_util import get_static_dir  # noqa: TID251

from dashboard.shell.preload import PIECES, names
from tests.dashboard.support import opened


def test_every_piece_is_one_file_of_streamlit() -> None:
    assert len(names()) == len(PIECES)
    assert all((Path(get_static_dir()) / "static" / "js" / name).is_file() for name in names())


def test_a_page_asks_for_them() -> None:
    scripts = [html.proto for html in opened("help").get("html") if "<script" in html.proto.body]
    assert [script.unsafe_allow_javascript for script in scripts] == [True]
    assert all(name in scripts[0].body for name in names())
