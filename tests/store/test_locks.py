"""Locks of files: they go with who holds them, and a look at one is nobody's hold."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.store.files import is_locked, locked
from spinn_engine.store.remote.mirror import Mirror


def test_a_lock_goes_with_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    assert not is_locked(path)
    code = (
        "import sys\nfrom pathlib import Path\nfrom spinn_engine.store.files import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True)\n    input()"
    )
    command = [sys.executable, "-c", code, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_locked(path)
        holder.kill()
    assert not is_locked(path)
    with locked(path):
        assert is_locked(path)


def test_one_after_another(tmp_path: Path) -> None:
    """Read, wait, write: only under the lock is every addition there at the end."""
    path = tmp_path / "number"
    path.write_text("0")

    def add(_: int) -> None:
        with locked(tmp_path / "lock"):
            path.write_text(f"{int(path.read_text()) + 1}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(100)))
    assert path.read_text() == "100"


def test_a_lock_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(BadInputError, match="cannot write .*file/lock: "),
        locked(tmp_path / "file" / "lock"),
    ):
        pass


def test_readers_of_a_copy_do_not_take_each_other_for_a_writer(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path)
    with mirror.lock("r1"):
        mirror.set_whole("r1")
        assert mirror.is_whole("r1")
    mirror.set_whole("r1")  # as one that was killed leaves it
    with ThreadPoolExecutor(4) as threads:
        looks = list(threads.map(lambda _: mirror.is_whole("r1"), range(400)))
    assert not any(looks)
    with mirror.lock("r1"):
        assert not mirror.is_whole("r1")
