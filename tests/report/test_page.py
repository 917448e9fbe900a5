"""The page: whole, named for everybody, with nothing that runs, and with the run's own numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from spinn_engine.evaluation.intervals import interval
from spinn_engine.report.facts import better_than_all
from tests.report.conftest import SPECS, WILD_TARGETS, result_of
from tests.report.html_support import Page

NAMES = (*SPECS, "wild")
LABELS = {
    "dense": "dense",
    "dense, longer": "dense_longer",
    "magnitude": "magnitude",
    "structured": "structured",
    "random neurons": "random",
    "from scratch": "scratch",
    "linear": "linear",
}
MINUS = "\N{MINUS SIGN}"
NUMBER = re.compile(r"[\d,]*\.?\d+")


def page_of(reports: dict[str, Path], name: str) -> Page:
    return Page(reports[name] / "report.html")


def arms_of(report: Path) -> dict[str, Any]:
    return {arm["arm"]: arm for arm in result_of(report)["arms"]}


def as_number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", "").rstrip("%× ").strip())


def flat(value: Any) -> list[float]:
    """Every number of plain data."""
    if isinstance(value, dict):
        return [n for one in value.values() for n in flat(one)]
    if isinstance(value, list):
        return [n for one in value for n in flat(one)]
    return [float(value)] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


@pytest.mark.parametrize("name", NAMES)
def test_the_first_table_is_the_result(reports: dict[str, Path], name: str) -> None:
    table, arms = page_of(reports, name).tables[0].as_dict(), arms_of(reports[name])
    shown = {label: arms[LABELS[label]] for label in table["Parameters"]}
    assert set(shown) == {label for label, arm in LABELS.items() if arm in arms}
    scales = {"bytes": 1, "kB": 1e3, "MB": 1e6, "µs": 1, "ms": 1e3, "s": 1e6}
    for label, arm in shown.items():
        cells = {row: columns[label] for row, columns in table.items()}
        assert cells["Parameters"] == f"{arm['params']:,}"
        assert cells["Parameters that are not zero"] == f"{arm['nonzero']:,}"
        assert cells["Hidden widths"] == ("-".join(map(str, arm["hidden"])) or "none")
        assert as_number(cells["R²"]) == pytest.approx(arm["r2"]["mean"], abs=6e-5)
        measured = {
            "File": arm["file_bytes"],
            "Peak memory of one pass": arm["peak_memory_bytes"],
            "Inference, batch of 1": arm["latency_us"]["1"]["median"],
            "Inference, batch of 8,192": arm["latency_us"]["8192"]["median"],
        }
        for row, value in measured.items():
            if value is None:  # the fitted line keeps no file
                assert cells[row] == "not measured"
                continue
            number, unit = cells[row].split()
            assert as_number(number) * scales[unit] == pytest.approx(value, rel=0.006)
        if arm["r2"]["n"] > 1:
            ends = cells["95 % interval of R²"].strip("[]").split(", ")
            wanted = [arm["r2"]["low"], arm["r2"]["high"]]
            assert [as_number(end) for end in ends] == pytest.approx(wanted, abs=6e-5)
        else:
            assert cells.get("95 % interval of R²", "–") == "–"


@pytest.mark.parametrize("name", NAMES)
def test_the_arms_their_targets_and_the_stages_are_the_result(
    reports: dict[str, Path], name: str
) -> None:
    page, result, arms = page_of(reports, name), result_of(reports[name]), arms_of(reports[name])
    for label, cells in page.table("All arms at the end").as_dict().items():
        arm = arms[LABELS[label]]
        assert as_number(cells["R²"]) == pytest.approx(arm["r2"]["mean"], abs=6e-5)
        assert cells["n"] == str(arm["r2"]["n"])
        assert (cells["95 % interval"] == "–") == (arm["r2"]["low"] is None)
    heads, *rows = page.table("Target by target").rows
    assert heads == ["Target", "Arm", "R²", "RMSE", "MAE"]
    assert len(rows) == len(arms) * len(result["data"]["target_names"])
    for target, label, *scores in rows:
        column = next(t for t in result["data"]["target_names"] if target.startswith(t))
        own = arms[LABELS[label]]["per_output"][column]
        for metric, text in zip(("r2", "rmse", "mae"), scores, strict=True):
            mean = as_number(text.split(" [")[0])
            assert mean == pytest.approx(own[metric]["mean"], rel=0.01, abs=6e-5)
    stages = page.table("stage by stage").as_dict()
    for cells, stage in zip(stages.values(), result["stages"], strict=True):
        assert cells["Parameters"] == f"{stage['params']:,}"
        arm = arms["structured" if stage["stage"] else "dense"]
        (one,) = (one for one in arm["trainings"] if one["stage"] == stage["stage"])
        ends = sorted({min(one["kept_epoch"]), max(one["kept_epoch"])})
        assert cells["Epoch kept"] == f"{' to '.join(map(str, ends))} of {one['epochs']}"
        assert as_number(cells["R² test"]) == pytest.approx(stage["r2"]["mean"], abs=6e-5)
        at_end = as_number(cells["validation, end"])
        assert at_end == pytest.approx(stage["val_r2"]["mean"], abs=6e-5)


@pytest.mark.parametrize("name", NAMES)
def test_no_number_of_a_table_is_from_elsewhere(reports: dict[str, Path], name: str) -> None:
    """Every number is one of the result, or that in another unit, rounded as it is written."""
    page, result = page_of(reports, name), result_of(reports[name])
    known = sorted({abs(n) for n in flat(result)} | set(map(float, range(200))))
    for table in page.tables:
        if "Checks" in table.caption or "checks" in table.caption or "Claims" in table.caption:
            continue  # sentences and arithmetic of others, shown as they are
        for row in table.rows[1:]:
            for text in row[1:]:
                for word in NUMBER.findall(text):
                    digits = len(word.split(".")[1]) if "." in word else 0
                    value, half = float(word.replace(",", "")), 0.5001 * 10.0**-digits
                    scaled = ((value, half, s) for s in (1.0, 1e3, 1e6, 1e-2))
                    assert any(abs(v * s - n) <= h * s for v, h, s in scaled for n in known), (
                        f"{word} in {row}"
                    )


def test_the_folds_and_the_sparse_forms_are_the_result(reports: dict[str, Path]) -> None:
    arms = arms_of(reports["folds"])
    table = page_of(reports, "folds").table("fold by fold").as_dict()
    assert {LABELS[label] for label in table} == set(arms)
    for label, cells in table.items():
        shown = [as_number(text) for text in cells.values()]
        assert shown == pytest.approx(arms[LABELS[label]]["per_fold_r2"], abs=6e-5)
    stored = page_of(reports, "wild").table("single weights to zero").as_dict()
    wild = arms_of(reports["wild"])["magnitude"]["sparse"]
    for layout in ("coo", "csr"):
        number, unit = stored[layout.upper()]["File"].split()
        assert unit == "kB"
        assert as_number(number) * 1e3 == pytest.approx(wild[layout]["file_bytes"], rel=0.006)


def test_bold_is_better_than_all_others_by_a_paired_t_test() -> None:
    """Against scipy: bold where the smallest difference is above zero with p below 0.05."""
    base = [0.90, 0.93, 0.88, 0.91]

    def arm(name: str, values: list[float]) -> dict[str, Any]:
        return {"arm": name, "r2": interval(values)}

    for gain in (0.0, 0.002, 0.01, -0.01):
        values = [b + gain + e for b, e in zip(base, (0.003, -0.002, 0.001, -0.001), strict=True)]
        arms = [arm("dense", base), arm("structured", values)]
        test = stats.ttest_rel(values, base)
        wanted = bool(test.statistic > 0 and test.pvalue < 0.05)
        assert better_than_all("structured", arms, arms[1]) == wanted
    few = [arm("dense", base[:2]), arm("structured", [b + 0.05 for b in base[:2]])]
    assert not better_than_all("structured", few, few[1])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_bold_but_what_the_caption_says(reports: dict[str, Path], name: str) -> None:
    table = page_of(reports, name).tables[0]
    assert bool(table.bold) == ("Bold: better" in table.caption)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_made_for_everybody(reports: dict[str, Path], name: str) -> None:
    page = page_of(reports, name)
    assert page.tags[0] == ("html", {"lang": "en"})
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))
    assert all(table.caption for table in page.tables)
    for table in page.tables:
        assert table.scopes == ["col"] * len(table.rows[0]) + ["row"] * (len(table.rows) - 1)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for tag, attrs in page.tags:
        for key, value in attrs.items():
            for target in re.findall(r"url\(#([^)]*)\)|^#(.+)", value or ""):
                assert next(filter(None, target)) in ids, (tag, key, value)
            if key == "aria-labelledby":
                assert set((value or "").split()) <= set(ids)
    pictures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(pictures) == (6 if name == "burgers" else 5)
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in pictures)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_runs_nothing_and_asks_for_nothing(reports: dict[str, Path], name: str) -> None:
    page = page_of(reports, name)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "object", "embed", "form", "a", "foreignobject"}
    for tag, attrs in page.tags:
        assert not [key for key in attrs if key.startswith("on")], tag
        for key in ("href", "xlink:href", "src"):
            assert (attrs.get(key) or "#").startswith(("#", "data:")), (tag, attrs)
    css = (reports[name] / "report.html").read_text().split("<style>")[1].split("</style>")[0]
    assert "url(" not in css
    assert "@import" not in css


def test_names_from_the_data_are_text(reports: dict[str, Path]) -> None:
    page = page_of(reports, "wild")
    for target in WILD_TARGETS:
        assert target in page.text
    assert "wild <img src=x onerror=alert(1)> &.csv" in page.text
    assert "The <b>dense</b> network has 530 parameters & no more." in page.text
    verdicts = [row[1] for row in page.table("Claims about").rows[1:]]
    assert verdicts == ["confirmed", "contradicted"]


@pytest.mark.parametrize("name", NAMES)
def test_what_must_be_known_of_the_data_stands_first(reports: dict[str, Path], name: str) -> None:
    text = page_of(reports, name).text.split("Comparison")[0]
    assert ("simulated data" in text) == (name in ("folds", "single"))
    assert ("an equation, no data" in text) == (name == "burgers")
    assert ("n = 1, no intervals" in text) == (name == "single")


def test_colours_of_words_have_contrast() -> None:
    """WCAG 2.1, AA: 4.5 to 1 for text, in both themes."""
    css = (Path("spinn_engine/report/templates/style.css")).read_text()
    light, dark = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in css.split("@media", 1)
    )

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme in (light, dark):
        for word in ("ink", "soft"):
            for ground in ("page", "band", "paper"):
                low, high = sorted((luminance(theme[word]), luminance(theme[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (word, ground)
