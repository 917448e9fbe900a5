"""Files are whole or not there."""

from pathlib import Path

from spinn_engine.store.files import remove_temporaries, temporary


def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    inner = tmp_path / "stacks"
    inner.mkdir()
    left = temporary(inner / "stage0_dense.pt")
    kept = [inner / "stage0_dense.pt", tmp_path / ".hidden", tmp_path / "log.txt"]
    for path in (left, *kept):
        path.write_text("x")
    remove_temporaries(tmp_path)
    assert not left.exists()
    assert all(path.exists() for path in kept)
