"""A page that was drawn as a whole reaches the browser whole, with Streamlit's own queue."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue  # noqa: TID251

from dashboard.shell import streamlit_mends

WIDGET = [0, 1]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    streamlit_mends.keep_whole()


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


def test_a_fragment_leaves_a_whole_page_in_the_queue() -> None:
    queue = filled(ForwardMsg.FINISHED_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    queue.enqueue(delta("new", WIDGET, "f"))
    assert told(queue) == ["around", "old", "FINISHED_SUCCESSFULLY", "new"]


def test_all_else_is_taken_out_as_before() -> None:
    queue = filled(ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["f"])
    assert told(queue) == ["around", "FINISHED_EARLY_FOR_RERUN"]
    queue = filled(ForwardMsg.FINISHED_SUCCESSFULLY)
    queue.clear(retain_lifecycle_msgs=True)
    assert told(queue) == ["FINISHED_EARLY_FOR_RERUN"]
    assert told(queue) == []
