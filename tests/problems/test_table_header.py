import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.problems.tables.header import numbered, titles


@pytest.mark.parametrize(
    ("header", "name", "unit"),
    [
        ("force [N]", "force", "N"),
        ("wear (mm)", "wear", "mm"),
        ("time / s", "time", "s"),
        ("temp [°C]", "temp", "°C"),
        ("mrr (mm3/s)", "mrr", "mm3/s"),
        ("acc (m/s^2)", "acc", "m/s^2"),
        ("speed / 1/min", "speed", "1/min"),
        ("speed(rpm)", "speed", "rpm"),
        ("gap [µm]", "gap", "µm"),
        ("share [%]", "share", "%"),
        ("friction [-]", "friction", "-"),
        ("price [EUR]", "price", "EUR"),
        ("heat (kWh)", "heat", "kWh"),
        ("force (x)", "force (x)", None),
        ("trial (1)", "trial (1)", None),
        ("x[0]", "x[0]", None),
        ("width / length", "width / length", None),
        ("a/s", "a/s", None),
        ("wear", "wear", None),
        ("[N]", "[N]", None),
        ("sensor (not used)", "sensor (not used)", None),
    ],
)
def test_units_in_headers(header: str, name: str, unit: str | None) -> None:
    (title,) = titles([header])
    assert (title.header, title.name, title.unit) == (header, name, unit)


@pytest.mark.parametrize(
    "headers", [["force [N]", "force [kN]"], ["force", "force [N]"], ["force (N)", "force [N]"]]
)
def test_a_bare_name_that_two_columns_share_is_not_used(headers: list[str]) -> None:
    assert [title.name for title in titles(headers)] == headers


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["a", "a", "a"], ["a", "a.2", "a.3"]),
        (["a", "a", "a.2"], ["a", "a.3", "a.2"]),
        (["force [N]", "force [N]"], ["force [N]", "force.2 [N]"]),
        ([" a ", "a"], ["a", "a.2"]),
        (["", "a", ""], ["Unnamed: 0", "a", "Unnamed: 2"]),
    ],
)
def test_headers_are_made_different(found: list[str], expected: list[str]) -> None:
    assert numbered(found) == expected


@given(st.lists(st.text("ab.2 [N]/m", max_size=7), max_size=12))
def test_names_are_always_different(found: list[str]) -> None:
    headers = numbered(found)
    assert len(set(headers)) == len(found)
    names = [title.name for title in titles(headers)]
    assert len(set(names)) == len(found)
    everything = {*names, *headers}  # one word never means two columns
    assert all(
        names[headers.index(word)] == word for word in everything & set(headers) & set(names)
    )
