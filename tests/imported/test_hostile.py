"""Broken and hostile files: one sentence each, soon, in little memory, and none of their code runs.

They are read in one fresh process, whose memory is limited and which loads no torch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported.hostile_files import every_file
from tests.imported.hostile_pickles import CANARY
from tests.imported.support import Call, Global, small

READER = """
import json, re, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
from spinn_engine.imported import read_network
from spinn_engine.errors import BadInputError
answers = []
for path in sys.stdin.read().split("\\0"):
    start, network, words = time.process_time(), None, ""
    try:
        network = read_network(path).params
    except BadInputError as error:
        words = str(error)
    seconds = time.process_time() - start
    # of this process alone: ru_maxrss begins with that of the one it was forked from
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    kilobytes = int(peak[1])
    answers.append([path, network, words, seconds, kilobytes])
print(json.dumps([answers, sorted(sys.modules)]))
"""
MARK = "the code of a file ran"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A module that can be imported, whose import and whose function leave a file."""
    mark = tmp_path / MARK
    code = f"def touch(*_):\n    open({str(mark)!r}, 'a').close()\n\ntouch()\n"
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / f"{CANARY}.py").write_text(code)
    return folder


def read_apart(paths: list[Path], canary: Path) -> tuple[list[Any], list[str]]:
    """What a fresh process says of files, and the modules that it has loaded after all."""
    path = os.pathsep.join([str(canary), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input="\0".join(map(str, paths)),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, modules = json.loads(done.stdout)
    return answers, modules


def test_every_hostile_file_is_refused_in_a_sentence(tmp_path: Path, canary: Path) -> None:
    wanted = {}
    for number, (name, content, words) in enumerate(every_file()):
        path = tmp_path / f"{number}.pt"
        path.write_bytes(content)
        wanted[str(path)] = name, words
    answers, modules = read_apart(list(map(Path, wanted)), canary)
    assert len(answers) == len(wanted) > 150
    for path, params, message, seconds, kilobytes in answers:
        name, words = wanted[path]
        assert params is None, name
        assert message.startswith(f"{path}: "), name
        assert words in message, (name, message)
        assert message.isprintable(), name
        assert len(message) < len(path) + 400, name
        assert seconds < 5, name
        assert kilobytes < 700_000, name
    assert not (tmp_path / MARK).exists()
    assert not {"torch", CANARY} & set(modules)


def test_code_beside_a_network_is_left_alone(tmp_path: Path, canary: Path) -> None:
    evil = Call(Global(CANARY, "touch"), "now")
    path = tmp_path / "a.pt"
    path.write_bytes(small(optimizer=evil, epoch=[evil, Global(CANARY, "touch")]))
    ((_, params, *_),), modules = read_apart([path], canary)
    assert params == 4 * 4 + 5 * 2
    assert CANARY not in modules
    assert not (tmp_path / MARK).exists()


def test_the_canary_would_sing(tmp_path: Path, canary: Path) -> None:
    code = f"import pickle; pickle.loads(b'c{CANARY}\\ntouch\\n)R.')"
    environment = {**os.environ, "PYTHONPATH": str(canary)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert (tmp_path / MARK).exists()


def test_what_is_no_readable_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    huge = tmp_path / "huge.pt"
    with huge.open("wb") as file:
        file.truncate(2**40)
    for path, words in (
        (tmp_path, "a folder or a device"),
        (pipe, "a folder or a device"),
        (Path("/dev/zero"), "a folder or a device"),
        (tmp_path / "none.pt", "there is no such file"),
        (Path("a\0b.pt"), "there is no such file"),
        (tmp_path / ("x" * 5000), "cannot be read: file name too long"),
        (huge, "1,099,511,627,776 bytes, more than the 1,073,741,824 that are read"),
    ):
        with pytest.raises(BadInputError, match=words):
            read_network(path)
