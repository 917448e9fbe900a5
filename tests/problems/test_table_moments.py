"""Dates as instruments and programs write them; what is right is said by datetime."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.problems.preview import preview
from spinn_engine.spec import DataSpec
from tests.problems.times_support import column

GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
SHORT_GERMAN = "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."  # as ICU has them
SHORT_FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."
CLOCKS = {  # and the least step that they show, in seconds
    "%H:%M:%S": 1, "%H:%M": 60, "%H:%M:%S.%f": 1e-6, "%H:%M:%S,%f": 1e-6, "%I:%M:%S %p": 1,
    "%I:%M %p": 60,
}  # fmt: skip
DATES = (  # of which each is certain, whatever the day
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d-%b-%Y", "%d %B %Y", "%d%b%Y",
    "%b %d %Y", "%B %d, %Y", "%b-%d-%Y", "%Y-%b-%d", "%a %b %d %Y", "%a, %d %b %Y", "%d/%b/%Y",
    "%A, %d. %B %Y", "%b.%d,%Y",
)  # fmt: skip
WHOLE = (
    "%Y:%m:%d %H:%M:%S",
    "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S.%f", "%Y%m%d %H%M%S", "%Y-%jT%H:%M:%S",
    "%Y:%j:%H:%M:%S", "%a %b %d %H:%M:%S %Y", "%d/%b/%Y:%H:%M:%S +0100", "%Y-%m-%d_%H-%M-%S",
    "%Y-%m-%d-%H.%M.%S.%f", "%H:%M:%S %d.%m.%Y", "%Y-%m-%dT%H:%M:%S%z", "%d%b%Y:%H:%M:%S",
    "%d.%m.%Y, %H:%M Uhr", "%a %b %d %H:%M:%S UTC %Y",
)  # fmt: skip
TWO_WAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
moments = st.lists(
    st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)), min_size=2, max_size=30
)


def since_first(times: Sequence[datetime]) -> list[float]:
    return [(time - min(times)) / timedelta(seconds=1) for time in times]


def shown(times: Sequence[datetime], step: float) -> list[datetime]:
    """What is left of times where seconds or their decimals are not written."""
    if step == 60:
        return [time.replace(second=0, microsecond=0) for time in times]
    return [time.replace(microsecond=0) for time in times] if step == 1 else list(times)


def assert_read(cells: list[str], times: Sequence[datetime]) -> None:
    read = column(cells, named=True)
    assert (read.kind, read.fault) == ("date", None), cells
    assert np.allclose(read.numbers(), since_first(times), rtol=1e-15, atol=0), cells
    first = pd.Timestamp(str(read.first))
    assert first.tz_localize(None) == pd.Timestamp(min(times).isoformat())


@settings(max_examples=150)
@given(moments, st.sampled_from(DATES), st.sampled_from([*CLOCKS, ""]), st.sampled_from(" T,"))
def test_a_certain_date_comes_back(
    times: list[datetime], date: str, clock: str, between: str
) -> None:
    times = shown(times, CLOCKS.get(clock, 60))
    if not clock:
        times = [time.replace(hour=0, minute=0) for time in times]
    between = {"T": " " if "%p" in clock else "T", ",": ", "}.get(between, between)
    form = f"{date}{between}{clock}" if clock else date
    assert_read([time.strftime(form) for time in times], times)


@settings(max_examples=100)
@given(moments, st.sampled_from(WHOLE))
def test_a_moment_in_one_piece_comes_back(times: list[datetime], form: str) -> None:
    times = shown(times, 60 if "Uhr" in form else 1e-6 if "%f" in form else 1)
    if "+0100" in form:
        zone = timezone(timedelta(hours=1))
        times = [time.replace(tzinfo=zone) for time in times]
    elif "%z" in form:  # summer and winter in one column
        zones = [timezone(timedelta(hours=n % 3)) for n in range(len(times))]
        times = [time.replace(tzinfo=zone) for time, zone in zip(times, zones, strict=True)]
    in_utc = [time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time for time in times]
    assert_read([time.strftime(form) for time in times], in_utc)


@settings(max_examples=60)
@given(moments, st.sampled_from([GERMAN, FRENCH, SHORT_GERMAN, SHORT_FRENCH]))
def test_months_in_other_languages(times: list[datetime], names: str) -> None:
    times = shown(times, 60)
    months, dot = names.split(), "." if "März" in names else ""
    cells = [f"{time.day}{dot} {months[time.month - 1]} {time:%Y %H:%M}" for time in times]
    assert_read(cells, times)


@settings(max_examples=150)
@given(moments, st.sampled_from(TWO_WAYS), st.sampled_from(["", " %H:%M", " %I:%M:%S %p"]))
def test_day_and_month_are_told_or_asked_for(times: list[datetime], date: str, clock: str) -> None:
    times = [time.replace(second=0, microsecond=0) for time in times]
    if not clock:
        times = [time.replace(hour=0, minute=0) for time in times]
    cells = [time.strftime(date + clock) for time in times]
    read = column(cells, named=True)
    told = any(time.day > 12 for time in times) or all(time.day == time.month for time in times)
    assert (read.fault is None) == told
    assert read.fault is None or f"'{date}'" in read.fault
    for form in (date, date + clock):
        given_so = column(cells, named=True, form=form)
        assert (given_so.kind, given_so.fault) == ("date", None)
        assert np.array_equal(given_so.numbers(), since_first(times))
    if told:
        assert np.array_equal(read.numbers(), since_first(times))


@settings(max_examples=150)
@given(
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)), min_size=2, max_size=30),
    st.sampled_from(["%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%y-%m-%d", "%d-%b-%y"]),
)
def test_two_digits_of_a_year_are_right_or_refused(times: list[datetime], form: str) -> None:
    times = [datetime(time.year, time.month, time.day) for time in times]
    read = column([time.strftime(form) for time in times], named=True)
    assert read.fault is not None or np.array_equal(read.numbers(), since_first(times))
    if any(50 <= time.year % 100 < 80 for time in times):
        assert read.fault is not None


def test_two_digits_of_a_year_behind_points() -> None:
    assert column(["31.12.99", "01.01.00"], named=True).numbers().tolist() == [0, 86400]
    fault = column(["21.03.01", "21.03.02", "21.03.03"], named=True).fault
    assert fault is not None
    assert "may be 2001-03-21 or 2021-03-01: give --time-format '%d.%m.%y' or '%y.%m.%d'" in fault


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["03/04/2021", "04/04/2021"], "holds '03/04/2021' in row 1, which may be 2021-04-03 or"),
        (["2021/03/01", "2021/02/29", "2021/03/02"], "'2021/02/29' in row 2, which is no such"),
        (["2021-03-01 1:00", "2021-03-01 2:00", "1.3.2021 3:00", "x"], "'1.3.2021 3:00' in row 3"),
        (["2021-03-01T12:00Z", "2021-03-01T13:00", "2021-03-01T14:00Z"], "'2021-03-01T13:00' in"),
        (["1/13/2021 1:00 PM", "1/13/2021 13:00 PM", "1/13/2021 2:00 PM"], "'1/13/2021 13:00 PM'"),
        (["Mon Mar 01 2021", "Tue Mar 01 2021", "Mon Mar 08 2021"], "'Tue Mar 01 2021' in row 2"),
        (["01.03.65", "02.03.65"], "'01.03.65' in row 1, whose year may be of two centuries"),
        (["2021-03-01 23:59:60", "2021-03-01 23:59:59"], "'2021-03-01 23:59:60' in row 1"),
        (["early", "late"], "holds 'early' in row 1, which is no time that is known: write it as"),
        (["Mar-21", "Apr-21"], "holds 'Mar-21' in row 1, which is no time that is known"),
        (["2021-03-01 12:00:00 CET", "2021-07-01 12:00:00 CEST"], "no time that is known"),
        (["0.5", "oops", "1.5"], "holds 'oops' in row 2: write a number there"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_told_with_its_row(cells: list[str], expected: str) -> None:
    read = column(cells, named=True)
    assert read.fault is not None
    assert expected in read.fault
    assert "--drop" not in read.fault
    assert "--group" not in read.fault


def test_the_form_that_is_given_has_to_fit_a_named_time() -> None:
    cells = ["03/04/2021", "04/04/2021", "5.4.2021"]
    fault = column(cells, named=True, form="%d/%m/%Y").fault
    assert fault is not None
    assert "holds '5.4.2021' in row 3, which '%d/%m/%Y' does not fit" in fault
    assert column(["steel", "brass"], form="%d/%m/%Y").kind == "category"
    assert column(["0.5", "1.5"], form="%d/%m/%Y").kind == "number"
    assert column(["3;4", "4;4"], form="%d;%m").numbers().tolist() == [0, 86400]


def test_dates_that_a_spreadsheet_took_for_others() -> None:
    cells = ["13/01/2021", "2021-02-01 00:00:00", "2021-03-01 00:00:00"]
    fault = column(cells, named=True).fault
    assert fault is not None
    assert "'13/01/2021' in row 1 as text, and as dates only those whose day may be" in fault
    assert column([*cells, "2021-03-14 00:00:00"], named=True).fault is None


@settings(max_examples=60)
@given(moments, st.sampled_from(["%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S"]))
def test_dates_of_digits_alone(times: list[datetime], form: str) -> None:
    cells = [int(time.strftime(form)) for time in times]
    times = [datetime.strptime(str(cell), form) for cell in cells]
    for found in (column(cells, named=True), column(cells, header="Datum")):
        assert found.kind == "date"
        assert np.array_equal(found.numbers(), since_first(times))
    other = column(cells)
    assert other.kind == "number"
    assert "may be dates: they are used as numbers" in str(other.remark)
    assert column([*cells, None], named=True).missing == 1


@pytest.mark.parametrize("cells", [[19, 20, 21], [20210301, 20210399], [1614600000, 1614600001]])
def test_other_numbers_stay_numbers(cells: list[int]) -> None:
    assert column(cells, header="time").kind == "number"
    assert column(cells, header="time").remark is None


def test_numbers_that_are_nearly_all_dates_are_no_time() -> None:
    fault = column([20210301125959, 20210301125960, 20210301130000], named=True).fault
    assert fault is not None
    assert "holds '20210301125960' in row 2, which is no such time as '20210301125959'" in fault
    fault = column([20210301125959.5, 20210301130000.5], named=True).fault
    assert fault is not None
    assert "holds dates like 20210301125959.5, too long for numbers" in fault


@pytest.mark.parametrize(
    "cells",
    [["2021-060", "2021-061"], ["20210301-0001", "20210301-0002"], ["1:10", "1:50"], ["60:40"],
     ["P1D", "P10D"], ["2021-03", "2021-04"], ["a 1:10", "a 1:50"]],
)  # fmt: skip
def test_codes_that_look_like_times_stay_codes(cells: list[str]) -> None:
    assert column(cells).kind == "category"


@pytest.mark.parametrize(
    "ids", [["1E1", "10"], ["0012", "00E1", "12E4"], ["1E400", "1E2"], ["1D1", "10"]]
)
def test_hexadecimal_ids_stay_different(ids: list[str]) -> None:
    assert column(ids).words == tuple(sorted(ids))


def test_the_texts_of_a_group_stay_different() -> None:
    for ids in (["01", "1", "001"], ["1E1", "10"], ["1.0", "1"], ["2021-03-01", "01.03.2021"]):
        assert len(set(column(ids, group=True).codes())) == len(ids)
    assert column(["01", "1", "001"]).kind == "number"
    assert column(["1E3", "1.5"]).numbers().tolist() == [1000, 1.5]


def test_how_times_were_read_is_part_of_the_proposal(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("when,y\n03/13/2021,1\n03/01/2021,2\n")
    (reading,) = preview(DataSpec(source=f"table:{path}"))["reading"]
    (fact,) = [fact for fact in reading["facts"] if fact["field"] == "time_format"]
    assert (fact["option"], fact["value"]) == ("--time-format", "%m/%d/%Y")
