"""The process that reads: ``python -m spinn_engine.guarded.child``.

Tasks come pickled on its standard input, from the process that started it; an answer to each goes
to its standard output. It ends with its parent.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import BinaryIO

from spinn_engine.errors import SpinnError
from spinn_engine.guarded.limits import give_memory
from spinn_engine.guarded.task import OUT_OF_MEMORY, Answer, Task
from spinn_engine.words import size

LOOK_SECONDS = 1.0


def main() -> None:
    """Do one task after the other until the input ends."""
    answers = _keep_output_clean()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(OSError):  # another system, or not allowed here
        Path("/proc/self/oom_score_adj").write_text("1000")
    while True:
        try:
            task = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answers.write(_pickled(task))
        answers.flush()


def _pickled(task: Task) -> bytes:
    """The answer to a task, in bytes."""
    try:
        os.chdir(task.folder)
        give_memory(task.memory)
        made = pickle.dumps(Answer(value=task.function(*task.args)))
    except MemoryError:
        return pickle.dumps(Answer(fault=OUT_OF_MEMORY))
    except SpinnError as error:
        return pickle.dumps(Answer(error=error))
    except Exception as error:  # noqa: BLE001  (raised again where the task was given)
        error.add_note(traceback.format_exc())
        return pickle.dumps(Answer(error=error))
    if task.most_bytes is not None and len(made) > task.most_bytes:
        fault = f"what there is to say of it takes {size(len(made))}: leave out columns"
        return pickle.dumps(Answer(fault=fault))
    return made


def _keep_output_clean() -> BinaryIO:
    """Standard output as a private stream; what others print goes where errors go."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _end_with(parent: int) -> None:
    """End in the middle of a task, too, when the parent is gone."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
