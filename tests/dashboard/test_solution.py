"""The maps of an equation's solution: the picture, and the Run page that shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dashboard.charts.style import text_colour
from dashboard.run.fields_chart import DECADES, fields_picture
from spinn_engine import api
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from tests.dashboard.support import figures, opened, table_with, unfolded, words

TINY = RunSpec.from_dict(
    {
        "data": {"source": "burgers"},
        "model": {"hidden": [10, 8]},
        "train": {"epochs": 1, "lbfgs_iterations": 10, "fine_tune_lbfgs_iterations": 10},
        "prune": {"stages": 1, "pruning_ratio": 0.25},
        "compare": {"controls": []},
        "seeds": [0, 1],
    }
)
X, T = np.linspace(-1, 1, 5, dtype=np.float32), np.linspace(0, 1, 3, dtype=np.float32)


def test_both_maps_have_one_scale_and_show_sizes() -> None:
    small = np.full((5, 3), -1e-9, np.float32)
    large = np.linspace(-2e-2, 2e-2, 15, dtype=np.float32).reshape(5, 3)
    figure = fields_picture(X, T, {"dense": large, "pruned": small}, "|residual|")
    first, second = figure.data
    assert first.coloraxis == second.coloraxis == "coloraxis"
    scale, top = figure.layout.coloraxis, np.log10(2e-2)
    assert (scale.cmin, scale.cmax) == pytest.approx((top - DECADES, top))
    np.testing.assert_allclose(first.z, np.log10(np.maximum(np.abs(large), 2e-6)), rtol=1e-5)
    np.testing.assert_allclose(second.z, top - DECADES, rtol=1e-6)
    read = [[float(text) for text in row] for row in first.text]
    np.testing.assert_allclose(read, np.abs(large), rtol=5e-3)
    assert [note.text for note in figure.layout.annotations] == ["dense", "pruned"]
    assert scale.colorbar.ticktext[-1] == "10<sup>\N{MINUS SIGN}2</sup>"
    assert np.array(first.z).shape == (len(first.y), len(first.x))  # x upwards, t to the right


def test_fields_of_zeros_have_a_scale_too() -> None:
    nothing = np.zeros((5, 3), np.float32)
    scale = fields_picture(X, T, {"dense": nothing, "pruned": nothing}, "|error|").layout.coloraxis
    assert scale.cmin < scale.cmax == 0


@pytest.mark.parametrize("dark", [False, True])
def test_every_word_has_the_ink_of_the_page(dark: bool) -> None:
    field = np.ones((5, 3), np.float32)
    layout = fields_picture(X, T, {"dense": field, "pruned": field}, "|error|", dark).layout
    axes = (layout.xaxis, layout.xaxis2, layout.yaxis, layout.yaxis2, layout.coloraxis.colorbar)
    assert {axis.tickfont.color for axis in axes} == {text_colour(dark)}
    assert {note.font.color for note in layout.annotations} == {text_colour(dark)}


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINN_RESULTS", str(tmp_path_factory.mktemp("results")))
        return api.run(TINY)


def test_run_page_shows_errors_and_maps(solved: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_RESULTS", str(Path(solved.path).parent))
    app = unfolded(opened("run", run=solved.run_id))
    result = solved.result()
    assert result is not None
    mean = result["arms"][1]["relative_l2"]["mean"]
    assert f"**{mean:.4f}" in words(app)
    found = [f for f in figures(app) if f["data"][0]["name"] in ("|residual|", "|error|")]
    assert [len(figure["data"]) for figure in found] == [2, 2]
    for other in ("Arm", "Reduction"):
        assert f"{mean:.4f}" in table_with(app, "Relative L2 error", other).iloc[1].to_string()
    assert len(table_with(app, "RMS error, pruned")) == 11
