"""The memory that is free is that of the machine, or less where a control group holds less."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from spinn_engine.guarded import groups, limits


@pytest.mark.parametrize(
    ("line", "folder", "files"),
    [
        ("0::/a/b", "a", ("memory.max", "memory.current", "inactive_file")),
        (
            "4:memory:/a/b",
            "memory/a",
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ),
    ],
    ids=["version 2", "version 1"],
)
def test_a_control_group_above_this_one_counts(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    folder: str,
    files: tuple[str, str, str],
) -> None:
    limit, used, returned = files
    own = tmp_path / "own"
    own.write_text(f"9:cpu:/x\n{line}\n")
    group = tmp_path / folder
    (group / "b").mkdir(parents=True)
    (group / "b" / limit).write_text("max\n")
    (group / limit).write_text("50000000\n")
    (group / used).write_text("30000000\n")
    (group / "memory.stat").write_text(f"anon 5\n{returned} 4000000\n")
    monkeypatch.setattr(groups, "GROUPS", tmp_path)
    monkeypatch.setattr(groups, "OWN_GROUPS", own)
    assert limits.machine_memory() == 24_000_000
    assert limits.memory_limit(promised=4_000_000) == 10_000_000
    (group / limit).write_text("max\n")
    assert limits.machine_memory() == pytest.approx(psutil.virtual_memory().available, rel=0.2)
