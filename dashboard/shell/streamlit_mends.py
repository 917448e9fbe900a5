"""Streamlit's queue of messages, mended: a page drawn as a whole reaches the browser whole.

Streamlit 1.67 takes what a fragment has drawn out of its queue when the fragment is about to run
again, for it will draw it anew. Where the page around it has just been drawn and nothing was sent
yet, the browser then hears that the page is complete, does not find the fragment's widgets on it,
and forgets what was chosen in them: they come back with their defaults, and no one is told. It
happens to whoever moves a slider while the page still answers to another widget.
"""

from __future__ import annotations

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_clear = ForwardMsgQueue.clear


def keep_whole() -> None:
    """Let every queue of this process keep a page that waits in it to be sent."""
    ForwardMsgQueue.clear = _clear_unless_whole  # type: ignore[assignment, method-assign]


def _clear_unless_whole(
    queue: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """As Streamlit's own, but a fragment's new messages come after those of a whole page."""
    if retain_lifecycle_msgs and fragment_ids_this_run and _holds_whole_page(queue):
        queue._delta_index_map = {}  # what comes now is added, not put in the place of the old
    else:
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)


def _holds_whole_page(queue: ForwardMsgQueue) -> bool:
    return any(
        message.WhichOneof("type") == "script_finished"
        and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        for message in queue._queue
    )
