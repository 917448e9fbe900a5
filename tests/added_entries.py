"""The pages of a tree to which the entries of CONTRIBUTING.md were added: ``test_contributing``."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest  # noqa: TID251

from tests.dashboard.support import PAGES, opened, unfolded, words


def option(app: AppTest, key: str, label: str) -> None:
    """A choice of Plan offers a label."""
    kind = app.multiselect if key == "controls" else app.selectbox
    assert label in kind(key=key).options, f"{key} does not offer {label}"


def main() -> None:
    """Open every page with the run that used the entries, and look for them in Plan's choices."""
    verdict = words(opened("run", run="b_added"))
    for told in ("Against the same widths by L2", "Against the same widths in another order"):
        assert told in verdict
    for page in (*PAGES, "count"):
        app = unfolded(opened(page, run="b_added"))
        assert not app.error, f"{page}: {[error.value for error in app.error]}"
    plan = opened("plan")
    option(plan, "criterion", "largest weight")
    option(plan, "schedule", "backwards")
    option(plan, "controls", "L2 neurons")
    option(plan, "source", "sine")
    asked = {"source": "table", "path": "turns.csv", "targets": "y", "split_by": "in turns"}
    assert "Rows went to the parts in turn." in words(opened("data", **asked))
    assert "in turns" in opened("plan", source="table").selectbox(key="split_by").options
    again = opened("plan", **{"from": "b_added"})
    assert not again.error, [error.value for error in again.error]
    assert again.selectbox(key="criterion").value == "largest weight"
    assert again.selectbox(key="schedule").value == "backwards"
    assert again.selectbox(key="source").value == "sine"
    assert set(again.multiselect(key="controls").value) == {
        "L2 neurons", "random neurons", "once more"
    }  # fmt: skip
    assert (
        "npz: weights alone, for NumPy"
        in opened("report", run="b_added").multiselect(key="formats").options
    )
    assert "Largest weight score of a neuron" in words(again)
    assert "The store holds 3 runs," in words(opened("count"))


if __name__ == "__main__":
    main()
