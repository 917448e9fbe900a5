"""Options, a spec file and plain data that say the same are the same spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.cli.spec_options import spec_from
from spinn_engine.spec import RunSpec, fitted
from spinn_engine.vocabulary import SOURCES

ROWS = 500


def asked(spec: Path | None = None, **given: Any) -> dict[str, Any]:
    options = {name.replace("__", "."): value for name, value in given.items()}
    return {"spec": spec, "drop_flagged": False, **options}


def data_of(source: str) -> dict[str, Any]:
    row = SOURCES[source]
    named = f"{source}:rows.csv" if row.path else source
    return {"source": named, **({"targets": ["y"]} if row.own_columns else {})}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_has_its_defaults_however_it_is_named(source: str, tmp_path: Path) -> None:
    data = data_of(source)
    right = RunSpec.from_dict({"data": data})
    options = {f"data__{name}": value for name, value in data.items()}
    assert spec_from(asked(**options)) == right
    assert fitted(spec_from(asked(**options)), ROWS) == fitted(right, ROWS)
    file = tmp_path / "spec.json"
    file.write_text("{}")
    assert spec_from(asked(file, **options)) == right
    file.write_text(json.dumps({"data": data}))
    assert spec_from(asked(file)) == right
    assert fitted(spec_from(asked(file, model__hidden=(7,))), ROWS) == fitted(
        RunSpec.from_dict({"data": data, "model": {"hidden": [7]}}), ROWS
    )


def test_the_spec_of_a_run_stays_as_it_is_with_another_table(tmp_path: Path) -> None:
    run = fitted(
        RunSpec.from_dict({"data": data_of("table"), "train": {"learning_rate": 0.1}}), ROWS
    )
    file = tmp_path / "spec.json"
    file.write_text(json.dumps({"spec": json.loads(run.to_json()), "data_sha256": "0" * 64}))
    assert spec_from(asked(file)) == run
    other = spec_from(asked(file, data__source="table:others.csv"))
    assert other.train == run.train
    assert other.model == run.model
    assert other.data.source == "table:others.csv"
