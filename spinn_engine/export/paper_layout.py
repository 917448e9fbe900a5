"""The files of a finished run where scripts of the pruning paper look for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spinn_engine.export.exports import check_writable, make_exports, write_all
from spinn_engine.export.sources import checkpoint_of
from spinn_engine.export.written import FOLDER
from spinn_engine.store.runs import RESULT_NAME, RunFolder


def export_paper_layout(folder: RunFolder, out: Path | None = None) -> dict[str, Any]:
    """Write checkpoints, result and the whole network as the paper's folders have them.

    The paper's networks are plain ones; of another kind the files stand in the same places, the
    checkpoints name their weights as their ``graph`` does, and the module is no ``Sequential``.

    Args:
        folder: a finished run.
        out: what gets ``results/`` and ``models/``, by default ``exports/paper`` of the run.

    Returns:
        ``run_id``, ``folder``, ``files`` relative to it, and the manifest of the ``module``.

    Raises:
        BadInputError, SpinnError: as ``export``.
    """
    destination = (folder.path / FOLDER / "paper" if out is None else out).absolute()
    check_writable(destination)
    module = make_exports(folder, ["module"], stem="spinn_structured")[0]
    stages = [*range(folder.spec().prune.stages + 1), None]  # None is the final one
    checkpoints = [checkpoint_of(folder, sparse=False, stage=stage) for stage in stages]
    files = {f"results/checkpoints/{path.name}": path.read_bytes() for path in checkpoints}
    files["models/saved/spinn_structured.pth"] = module.content
    files[f"models/saved/{module.manifest_name}"] = module.manifest_bytes()
    files[f"results/metrics/{RESULT_NAME}"] = folder.fetch(folder.result_path).read_bytes()
    write_all(folder, {destination / name: content for name, content in files.items()})
    return {
        "run_id": folder.run_id,
        "folder": str(destination),
        "files": list(files),
        "module": module.manifest,
    }
