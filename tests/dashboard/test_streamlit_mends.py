"""Streamlit's mends: for the version that is here, each still needed, aside for any other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st  # noqa: TID251
from streamlit import cli_util, config  # noqa: TID251
from streamlit.file_util import get_static_dir  # noqa: TID251
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue  # noqa: TID251
from streamlit.runtime.state.session_state import SessionState  # noqa: TID251

from dashboard.shell import streamlit_mends
from tests.dashboard.support import APP, opened

ROOT = APP.parents[1]
WIDGET = [0, 1]
PRIVATE = re.compile(r"streamlit\.(?!errors\b|delta_generator\b)\w+ import|from streamlit import")


@pytest.fixture
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    streamlit_mends.keep_drawn_pages()


@pytest.fixture
def another_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(st, "__version__", "99.0.0")
    streamlit_mends.fit.cache_clear()
    yield
    streamlit_mends.fit.cache_clear()


def test_the_mends_are_for_the_version_that_is_here() -> None:
    """Where this fails, look at every mend in the file, and at ``visit`` in the tests' support."""
    pinned = re.findall(r"^streamlit==(\S+)$", (ROOT / "requirements.txt").read_text(), re.M)
    assert [st.__version__] == pinned == [streamlit_mends.VERSION]
    assert streamlit_mends.fit()


def test_only_the_mends_use_private_parts() -> None:
    users = [
        path.name
        for path in (ROOT / "dashboard").rglob("*.py")
        if PRIVATE.search(path.read_text(encoding="utf-8"))
    ]
    assert users == ["streamlit_mends.py"]


def test_settings_that_mend_are_set() -> None:
    settings = tomllib.loads(
        (APP.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    )
    assert settings["runner"]["magicEnabled"] is False
    assert settings["global"]["disableWidgetStateDuplicationWarning"] is True


@pytest.mark.usefixtures("another_version")
def test_with_another_version_they_step_aside_and_one_line_says_so(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    monkeypatch.setattr(cli_util, "open_browser", urls.append)
    monkeypatch.setattr(st, "get_option", lambda _: False)
    own, own_cleaning = ForwardMsgQueue.clear, SessionState._remove_stale_widgets
    streamlit_mends.keep_drawn_pages()
    streamlit_mends.keep_first_values()
    streamlit_mends.open_browser()
    streamlit_mends.load_scripts()
    assert ForwardMsgQueue.clear is own
    assert SessionState._remove_stale_widgets is own_cleaning
    assert urls == []
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("Streamlit is 99.0.0: the mends for 1.67.0 are left out")


def delta(text: str, path: list[int], fragment: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.metadata.delta_path.extend(path)
    message.delta.new_element.text.body = text
    message.delta.fragment_id = fragment
    return message


def finished(status: int) -> ForwardMsg:
    return ForwardMsg(script_finished=status)  # type: ignore[arg-type]


def told(queue: ForwardMsgQueue) -> list[str]:
    return [
        message.delta.new_element.text.body
        if message.HasField("delta")
        else ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
        for message in queue.flush()
    ]


def filled(status: int) -> ForwardMsgQueue:
    queue = ForwardMsgQueue()
    for message in (delta("around", [0, 0]), delta("old", WIDGET, "f"), finished(status)):
        queue.enqueue(message)
    return queue


def begun_again(status: int) -> list[str]:
    """What the browser hears where a fragment runs again before anything was sent."""
    queue = filled(status)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(delta("new", WIDGET, "f"))
    return told(queue)


def test_streamlit_itself_takes_a_widget_off_a_page_that_it_calls_complete() -> None:
    assert begun_again(ForwardMsg.FINISHED_SUCCESSFULLY) == [
        "around",
        "FINISHED_SUCCESSFULLY",
        "new",
    ]


@pytest.mark.usefixtures("mended")
def test_a_fragment_leaves_a_whole_page_in_the_queue() -> None:
    heard = begun_again(ForwardMsg.FINISHED_SUCCESSFULLY)
    assert heard == ["around", "old", "FINISHED_SUCCESSFULLY", "new"]


@pytest.mark.usefixtures("mended")
def test_all_else_is_taken_out_as_before() -> None:
    queue = filled(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    assert told(queue) == ["around", "FINISHED_EARLY_FOR_RERUN"]
    queue = filled(ForwardMsg.FINISHED_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True)
    assert told(queue) == ["FINISHED_EARLY_FOR_RERUN"]
    assert told(queue) == []


def test_every_script_is_one_file_of_streamlit() -> None:
    names = streamlit_mends.script_names()
    assert len(names) == len(streamlit_mends.SCRIPTS)
    assert all((Path(get_static_dir()) / "static" / "js" / name).is_file() for name in names)


def test_a_page_asks_for_the_scripts_of_others() -> None:
    scripts = [html.proto for html in opened("help").get("html") if "<script" in html.proto.body]
    assert [script.unsafe_allow_javascript for script in scripts] == [True]
    assert all(name in scripts[0].body for name in streamlit_mends.script_names())


@pytest.mark.parametrize("headless", [True, False])
def test_the_browser_is_opened_where_there_is_a_screen(
    headless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls: list[str] = []
    monkeypatch.setattr(cli_util, "open_browser", urls.append)
    options = {"server.headless": headless, "server.address": "0.0.0.0", "server.port": 8599}
    get = config.get_option
    monkeypatch.setattr(config, "get_option", lambda key: options.get(key, get(key)))
    monkeypatch.setattr(st, "get_option", lambda key: options.get(key, get(key)))
    streamlit_mends.open_browser()
    assert urls == ([] if headless else ["http://localhost:8599"])
