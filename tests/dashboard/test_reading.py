"""How a file is read: shown and changed on Data, kept by Plan, and settled by buttons."""

from __future__ import annotations

import doctest
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.data import offers
from dashboard.parts.forms import reading_words
from dashboard.parts.forms.reading_words import LABELS, text_of, told, value_of
from dashboard.parts.markdown import plain, sentence
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.cli.spec_options import spec_options
from spinn_engine.spec import DataSpec, ReadingSpec
from tests.dashboard.support import links, opened, table_with, tables, unfolded, words
from tests.dashboard.test_data_page import on_plan


def dotted(number: int) -> str:
    """A whole number with points between thousands."""
    return f"{number:,}".replace(",", ".")


GERMAN = "force;speed;wear\n" + "".join(
    f"{dotted(573 + 131 * n % 1955)};{dotted(518 + 317 * n % 3445)};{100 + 37 * n % 211}\n"
    for n in range(60)
)
NAMELESS = "Rig 7\nforce/N\n" + "".join(
    f"{500 + 13 * n % 97}.5,{20 + (7 * n) % 31}.25,0.{100 + (11 * n) % 89}\n" for n in range(60)
)


@pytest.fixture
def german(tmp_path: Path) -> Path:
    path = tmp_path / "german.csv"
    path.write_text(GERMAN)
    return path


@pytest.fixture
def nameless(tmp_path: Path) -> Path:
    path = tmp_path / "nameless.csv"
    path.write_text(NAMELESS)
    return path


def shown(path: Path, **query: str) -> AppTest:
    return opened("data", source="table", path=str(path), **query)


def press(app: AppTest, label: str) -> AppTest:
    [button] = [one for one in app.button if one.label == sentence(label)]
    button.click().run()
    assert not app.exception
    return app


def moved(app: AppTest, page: str) -> AppTest:
    """Another page of the same visit; as in a browser, its address begins empty."""
    app.query_params.clear()
    app.switch_page(f"{page}/page.py").run().run()  # the client brings values one run late
    assert not app.exception
    return app


def settling(app: AppTest) -> list[str]:
    return [one.label for one in app.button if str(one.key).startswith("settle")]


def ranges(app: AppTest) -> dict[str, tuple[str, str]]:
    """Smallest and largest value of every column, as the page shows them."""
    columns = table_with(app, "Column", "From")
    return {
        name: (str(low), str(high))
        for name, low, high in zip(columns["Column"], columns["From"], columns["To"], strict=True)
    }


def expected(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {str(name): (frame[name].min(), frame[name].max()) for name in frame}


def as_numbers(found: Mapping[str, tuple[str, str]]) -> dict[str, tuple[float, float]]:
    return {name: (_number(low), _number(high)) for name, (low, high) in found.items()}


def _number(text: str) -> float:
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))


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


def test_a_doubt_is_settled_by_one_press(german: Path) -> None:
    app = shown(german, targets="wear")
    assert "which may be" in app.error[0].value
    assert settling(app) == [
        "Points before decimals",
        "Commas before decimals",
    ]
    press(app, "Commas before decimals")
    assert not app.error
    truth = pd.read_csv(german, sep=";", thousands=".", decimal=",")
    assert as_numbers(ranges(app)) == expected(truth)
    assert app.selectbox(key="decimal").value == "comma"
    assert on_plan(app)["decimal"] == "comma"
    other = shown(german, targets="wear")
    press(other, "Points before decimals")
    assert as_numbers(ranges(other)) == expected(pd.read_csv(german, sep=";"))


def test_a_doubt_is_told_before_targets_are_named(german: Path) -> None:
    app = press(shown(german), "Commas before decimals")
    assert not app.error
    assert "Which columns are to be predicted?" in words(app)


def test_a_doubtful_column_that_is_left_out_is_no_doubt(german: Path) -> None:
    app = shown(german, targets="wear", drop="force")
    assert "speed" in app.error[0].value
    app = shown(german, targets="wear", drop="force, speed")
    assert not settling(app)


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


def test_a_habit_that_may_be_wrong_is_changed_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "habit.csv"
    path.write_text("a;y\n" + "".join(f"{n}.{100 + n};{n}\n" for n in range(1, 60)))
    app = shown(path)
    assert as_numbers(ranges(app))["a"] == (1.101, 59.159)
    press(app, "Points between thousands")
    assert as_numbers(ranges(app))["a"] == (1101, 59159)


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


def test_a_code_for_a_missing_cell_is_settled_by_one_press(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    frame = pd.DataFrame(rng.normal(size=(300, 3)).round(3), columns=["a", "b", "y"])
    frame.loc[::25, "y"] = -9999
    path = tmp_path / "codes.csv"
    frame.to_csv(path, index=False)
    app = shown(path, targets="y")
    press(app, "Count -9999 as missing")
    assert app.text_input(key="missing").value == "-9999"
    assert ranges(app)["y"] == ranges(shown(path, targets="y", missing="-9999"))["y"]
    assert as_numbers(ranges(app))["y"] == pytest.approx(
        expected(frame.replace(-9999, np.nan))["y"]
    )
    assert "missing_code" not in words(app).replace("\\", "")


def test_words_among_numbers_are_settled_by_one_press(tmp_path: Path) -> None:
    rows = [f"{n},{'bad, worse' if n % 11 == 3 else n * 7 % 41}" for n in range(60)]
    frame = pd.DataFrame([row.split(",", 1) for row in rows], columns=["a", "y"])
    path = tmp_path / "words.csv"
    frame.to_csv(path, index=False)
    app = press(shown(path, targets="a"), 'Count "bad, worse" as missing')
    assert not app.error
    assert app.text_input(key="missing").value == '"bad, worse"'
    missing = table_with(app, "Column", "Missing").set_index("Column")["Missing"]
    assert missing["y"] == (frame["y"] == "bad, worse").sum()


def test_days_that_may_be_months_are_settled_by_one_press(tmp_path: Path) -> None:
    days = [f"{n % 12 + 1:02d}/{n // 12 + 1:02d}/2021 10:00" for n in range(60)]
    frame = pd.DataFrame({"when": days, "y": np.arange(60) * 7 % 41})
    path = tmp_path / "days.csv"
    frame.to_csv(path, index=False)
    app = shown(path, targets="y")
    assert settling(app) == [sentence(f"Times as %{one}/%Y") for one in ("d/%m", "m/%d")]
    press(app, "Times as %d/%m/%Y")
    assert not app.error
    read = pd.to_datetime(frame["when"], format="%d/%m/%Y %H:%M")
    seconds = (read - read.min()).dt.total_seconds()
    assert as_numbers(ranges(app))["when"] == (0, seconds.max())


def test_names_that_cannot_be_found_are_settled_by_one_press(nameless: Path) -> None:
    app = shown(nameless)
    assert "name the line in which the names stand" in app.error[0].value
    assert not any("--" in error.value for error in app.error)
    assert app.number_input(key="header").value is None  # the form is there
    press(app, "No names, rows from line 3 on")
    assert not app.error
    truth = pd.read_csv(io.StringIO(NAMELESS), skiprows=2, header=None)
    truth.columns = ["column_1", "column_2", "column_3"]
    assert as_numbers(ranges(app)) == expected(truth)
    assert (app.number_input(key="header").value, app.number_input(key="skip").value) == (0, 2)


def test_a_line_of_names_that_is_no_obvious_one_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("rig\n2019,2020,load\n1.5,2.5,3.5\n2.5,4.5,3.25\n4.5,3.5,2.125\n")
    start = api.first_lines(DataSpec(source=f"table:{path}", header=1))
    assert start["lines"][0] == [1, "rig"]
    assert start["names_in"] == [2]
    app = press(shown(path, header="1"), "Names in line 2")
    assert not app.error
    assert "load" in app.multiselect(key="pick_targets").options


def test_a_line_too_many_is_left_out_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "uneven.csv"
    rows = [f"{n},{n * 7 % 41},{n * 3 % 17}" for n in range(60)]
    path.write_text("\n".join(["a,b,y", *rows[:30], "stopped,here", *rows[30:]]))
    app = shown(path, targets="y")
    press(app, "Line 32 left out")
    assert not app.error
    assert "60 rows" in words(app)


def test_lines_of_remarks_are_left_out_by_one_press(tmp_path: Path) -> None:
    path = tmp_path / "remarks.csv"
    rows = [f"{n},{n * 7 % 41},{n * 3 % 17}" for n in range(60)]
    path.write_text("\n".join(["a,b,y", *rows[:30], "# stopped", *rows[30:]]))
    app = press(shown(path, targets="y"), "Lines that begin with # left out")
    assert not app.error
    assert app.text_input(key="comment").value == "#"
    assert "60 rows" in words(app)


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
