"""How a file is read: shown and changed on Data, and kept by Plan, links and clones."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

from dashboard.data import offers
from dashboard.parts.forms import reading_words
from dashboard.parts.forms.reading_words import LABELS, text_of, told, value_of
from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.cli.spec_options import spec_options
from spinn_engine.spec import ReadingSpec
from tests.dashboard.reading_support import (
    GERMAN,
    moved,
    shown,
)
from tests.dashboard.support import links, opened, table_with, tables, unfolded, words
from tests.dashboard.test_data_page import on_plan


@pytest.mark.parametrize("module", [reading_words, offers])
def test_the_examples_hold(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


def test_every_field_of_a_reading_has_a_widget_with_the_options_text(german: Path) -> None:
    assert {*LABELS} == {*ReadingSpec.model_fields}
    app = shown(german)
    widgets = [*app.text_input, *app.selectbox, *app.number_input]
    helps = {one.key: one.help for one in widgets if one.key in LABELS}
    options = {option.name: option.help for option in spec_options(["data"])}
    assert {*helps} == {*LABELS}
    for field, text in helps.items():
        assert text.casefold() == plain(f"{options[f'data.{field}']}.").casefold()


READINGS: list[dict[str, Any]] = [
    {},
    {"decimal": ",", "thousands": ".", "delimiter": "\t", "header": 4, "units_row": 5, "skip": 2},
    {"decimal": ".", "thousands": "none", "delimiter": ":", "header": 0, "skip": 0, "units_row": 0},
    {"missing": ("-9999", "a, b", 'say "no"'), "not_missing": ("NA",), "sheet": ("one", "t, wo")},
    {"thousands": "space", "comment": "#", "encoding": "cp1252", "drop_lines": "4,240-242"},
    {"thousands": "'", "delimiter": " ", "time_format": "%d/%m/%Y %H:%M"},
]


@pytest.mark.parametrize("given", READINGS)
def test_what_is_in_the_address_is_read_back(given: dict[str, Any]) -> None:
    reading = ReadingSpec(**given)
    texts = {field: text_of(field, getattr(reading, field)) for field in LABELS}
    assert ReadingSpec(**{field: value_of(field, text) for field, text in texts.items()}) == reading
    assert bool(told(reading.model_dump())) == bool(given)


def test_how_a_file_is_read_is_told_with_its_first_lines(tmp_path: Path) -> None:
    path = tmp_path / "logger.csv"
    path.write_text(
        '"TOA5","<b>6843</b>","CR3000"\n"TS","force","wear"\n"TS","N","mm"\n"","Smp","Smp"\n'
        + "".join(f'"2021-01-01 00:{n:02d}:00",{500 + n * 7 % 13},0.{n + 10}\n' for n in range(40))
    )
    app = unfolded(shown(path, targets="wear"))
    facts = table_with(app, "Read as", "Because").set_index("What")["Read as"].to_dict()
    assert facts["Line of the names"] == "line 2"
    assert facts["Line of the units"] == "line 3"
    bodies = [element.proto.body for element in app.get("html") if "<pre>" in element.proto.body]
    assert "<b>" not in bodies[0]
    assert "&lt;b&gt;6843" in bodies[0]
    read = table_with(app, "TS", "force")
    assert read["force"].tolist() == [500, 507, 501, 508, 502]
    assert table_with(app, "Column", "Unit")["Unit"].tolist() == ["s", "N", "mm"]


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("a,y\n" + "1,2.5\n2,3\n" * 20, False),
        ("a;y\n" + "1;2,5\n2;3\n" * 20, True),
        ("title\na,y\n" + "1,2.5\n2,3\n" * 20, True),
        ("a,y\n" + "5 %,2.5\n2 %,3\n" * 20, True),
        (GERMAN, True),
    ],
)
def test_only_what_is_unusual_is_open(text: str, is_open: bool, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    app = shown(path)
    assert ("Read as" in {name for table in tables(app) for name in table}) == is_open


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            {"encoding": "klingon"},
            "“Encoding” under “Change how it is read” on Data: there is no encoding",
        ),
        (
            {"drop_lines": "9-4"},
            "“Lines that are no rows” under “Change how it is read” on Data: it must be lines",
        ),
        ({"decimal": "comma", "thousands": "comma"}, "decimal and thousands must differ"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_the_form_stays(
    query: dict[str, str], said: str, german: Path
) -> None:
    app = shown(german, targets="wear", **query)
    [error] = app.error
    assert plain(said) in error.value
    assert app.selectbox(key="decimal")
    plan = opened("plan", source="table", path=str(german), targets="wear", **query)
    assert any(plain(said) in one.value for one in plan.error)
    assert "Look at this data" in links(plan)


def test_plan_reads_as_data_does_by_link_and_by_address(
    german: Path, submitted: list[api.RunSpec]
) -> None:
    query = {"thousands": "point", "missing": "1.100, x", "header": "1", "units_row": "0"}
    app = shown(german, targets="wear", **query)
    asked = on_plan(app)
    assert query.items() <= asked.items()
    plan = opened("plan", **asked)
    assert not plan.error
    assert plain("Read with 1.100 and x as missing, points between thousands, names in") in words(
        plan
    )
    plan.button(key="start").click().run()
    data = submitted[0].data
    assert (data.thousands, data.missing, data.header, data.units_row) == (
        ".",
        ("1.100", "x"),
        1,
        0,
    )
    by_visit = moved(app, "plan")
    assert "points between thousands" in words(by_visit)
    assert {name: by_visit.query_params[name] for name in query} == query


def test_another_file_is_read_anew(german: Path, nameless: Path) -> None:
    app = shown(german, targets="wear", thousands="point", missing="-9999", header="1")
    app.text_input(key="path").set_value(str(nameless)).run()
    assert app.selectbox(key="thousands").value == "as found"
    assert app.text_input(key="missing").value == ""
    assert app.number_input(key="header").value is None
    assert not {"thousands", "missing", "header"} & {*app.query_params}
    plan = opened("plan", source="table", path=str(german), targets="wear", thousands="point")
    assert "points between thousands" in words(plan)
    plan.text_input(key="path").set_value(str(nameless)).run()
    assert "Read with" not in words(plan)
    assert "thousands" not in plan.query_params


def test_what_a_clone_was_read_with_can_be_taken_back(
    german: Path, submitted: list[api.RunSpec]
) -> None:
    spec = api.RunSpec.from_dict(
        {"data": {"source": f"table:{german}", "targets": ["wear"], "thousands": "."}}
    )
    app = opened("plan", **{"from": create_run(spec).run_id})
    assert "points between thousands" in words(app)
    assert "thousands" not in app.query_params  # the run says it
    changed = {"from": app.query_params["from"], "thousands": "as found", "decimal": "point"}
    app = opened("plan", **changed)
    assert "points before decimals" in words(app)
    assert "between thousands" not in words(app)
    assert app.query_params["thousands"] == "as found"
    app.button(key="start").click().run()
    assert (submitted[0].data.thousands, submitted[0].data.decimal) == (None, ".")
