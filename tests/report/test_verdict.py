"""What a report says beside and within its verdict, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spinn_engine.report.facts import Facts, gather
from spinn_engine.report.page import verdict
from spinn_engine.report.tables import folds
from spinn_engine.report.write import all_files
from spinn_engine.store.runs import open_run


@pytest.fixture
def wild(runs: dict[str, str]) -> Facts:
    return gather(open_run(runs["wild"]), None)


def test_the_verdict_begins_with_a_line_that_does_as_well_and_names_the_worst_target(
    wild: Facts,
) -> None:
    told = wild.result["verdict"]
    line, worst = dict(told["against_linear"]), [one["worst"] for one in told["targets"]]
    assert worst.count(True) == 1
    words = [one for one in told["words"] if one != line["sentence"]]
    for place, first in (([line["sentence"], *words], True), ([*words, line["sentence"]], False)):
        facts = replace(wild, result={**wild.result, "verdict": {**told, "words": place}})
        questions = [part["question"] for part in verdict(facts)]
        assert questions.index("Against a straight line") == (0 if first else len(questions) - 1)
        cost = questions.index("What pruning cost")
        after = questions[cost + 1 : cost + 1 + len(worst)]
        assert [name.endswith(", the worst target") for name in after] == worst


def test_remarks_on_the_training_stand_beside_the_verdict(wild: Facts) -> None:
    remark = "The dense network was still improving, so R2 may rise."
    facts = replace(wild, result={**wild.result, "training_remarks": [remark]})
    told = remark.replace("R2", "R²")
    files = all_files(facts)
    html = files["report.html"].decode().replace("\N{NO-BREAK SPACE}", " ")
    before, _, after = html.partition("<h2>Stages</h2>")
    assert told in before.partition("<h2>Verdict</h2>")[2]
    assert told not in after
    latex = files["report.tex"].decode()
    section = latex.partition(r"\section*{Verdict}")[2].partition(r"\section*")[0]
    assert "still improving, so R$^2$" in section.replace("~", " ")
    assert latex.count("still improving") == 1


def test_whole_groups_are_told_of_tables_that_have_groups(runs: dict[str, str]) -> None:
    facts = gather(open_run(runs["folds"]), None)
    data = facts.result["data"]
    assert data["groups"] == 60
    assert "whole groups go to one fold, and each fold" in folds(facts).caption
    alone = replace(facts, result={**facts.result, "data": {**data, "groups": None}})
    assert folds(alone).caption.startswith("R² fold by fold: each fold is tested on rows")
