"""ARFF by hand, as Weka writes it; random tables: ``test_round_trips``."""

from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError
from tests.problems.containers.support import columns

HEAD = """% a comment
@RELATION 'wear test'
@attribute force integer
@ATTRIBUTE\t'tool wear'\treal
@attribute metal {steel, 'Al 7075'}
@attribute note string
@attribute day date "yyyy-MM-dd"

@DATA
"""


def test_nominal_missing_text_dates_and_whole_numbers_with_decimals(tmp_path: Path) -> None:
    path = tmp_path / "a.arff"
    path.write_text(
        HEAD + "1.5, 2e3, steel, 'it\\'s, well', \"2024-01-31\"\n?,3,'Al 7075',?,'2024-02-01'\n"
    )
    assert columns(path) == {
        "force": [1.5, None],
        "tool wear": [2000.0, 3.0],
        "metal": ["steel", "Al 7075"],
        "note": ["it's, well", None],
        "day": ["2024-01-31", "2024-02-01"],
    }


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("{0 1, 2 steel}\n", "its rows are sparse: .*SparseToNonSparse"),
        ("1,2,brass,a,'2024-01-01'\n", "line 10: Data value brass not found in nominal"),
        ("1,2,steel,a,'2024-01-01'\n1,x,steel,a,b\n", "line 11: Invalid numerical value"),
        ("1,2,steel\n", "line 10: Bad @DATA instance format"),
        ("", "has no rows"),
    ],
)
def test_what_cannot_be_read_names_the_line(tmp_path: Path, rows: str, says: str) -> None:
    path = tmp_path / "a.arff"
    path.write_text(HEAD + rows)
    with pytest.raises(BadInputError, match=says):
        columns(path)


def test_other_text_is_no_arff(tmp_path: Path) -> None:
    (tmp_path / "a.arff").write_text("a,b\n1,2\n")
    with pytest.raises(BadInputError, match="a.arff: cannot be read as a table: line"):
        columns(tmp_path / "a.arff")
