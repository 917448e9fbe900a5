"""Tables in every layout: what is read is what was written, or it is refused in a sentence."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from tests.problems.random_tables import Written, written_tables

EXAMPLES = int(os.environ.get("SPINN_TEST_TABLES", "400"))
LEAST_READ = 0.75  # of all columns of numbers; the others are refused
tally: Counter[str] = Counter()


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(written_tables())
def check_one(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written.save(Path(folder))
        try:
            columns = list(typed_columns(*read_table(path)).values())
        except BadInputError:
            tally["refused"] += len(written.columns)
            return
    assert len(columns) == len(written.columns)
    for column, truth in zip(columns, written.columns, strict=True):
        if written.has_names:
            assert column.title.header.startswith(truth.name)
        if isinstance(truth.values[0], str):
            assert [column.shown(n) for n in range(len(truth.values))] == truth.values
        elif column.fault or column.kind == "text":
            tally["refused"] += 1
        elif column.marks and column.marks.by_habit:  # and a note asks whether these are thousands
            tally["asked"] += 1
        else:
            assert column.kind == "number", (column.kind, truth)
            expected = truth.numbers
            assert np.allclose(column.numbers(), expected, rtol=1e-12, atol=0, equal_nan=True)
            tally["read"] += 1


def test_what_is_read_is_what_was_written() -> None:
    tally.clear()
    check_one()
    assert tally["read"] > LEAST_READ * tally.total(), tally
