"""The notebook runs from top to bottom, with a small spec, as on a machine with the project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from spinn_engine import api

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "spinn_colab.ipynb"
SMALL = """ASKED = dict(
    hidden=(12, 8),
    epochs=2,
    fine_tune_epochs=1,
    batch_size=2048,
    device="cpu",
    stages=2,
    pruning_ratio=0.25,
    controls=["dense_longer", "magnitude"],
    seeds=2,
)"""


@pytest.fixture(scope="module")
def notebook() -> Any:
    read: Callable[..., Any] = nbformat.read
    return read(NOTEBOOK, as_version=4)


def test_it_is_kept_without_output(notebook: Any) -> None:
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the kernel's own packages
def test_it_runs_and_shows_every_step(
    notebook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # which Streamlit sets in this process
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = SMALL
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    text = "\n".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    result = api.list_runs()[0].result()
    assert result is not None
    assert "Linear(in_features=18" in text
    assert f"{result['spinn_params']:,} parameters" in text
    for step in (
        "spinn_structured_stage2.pt",
        "dense_longer",
        "last_layer",
        "What pruning cost against",
    ):
        assert step in text
    shown = {
        cell.source: [kind for output in cell.outputs for kind in output.get("data", ())]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert shown["run.plot()"].count("image/png") == 1
    assert any("plt.subplots" in source and "image/png" in shown[source] for source in shown)
    assert any(source.endswith("\nrun") and "text/html" in shown[source] for source in shown)
