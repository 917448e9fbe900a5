"""Mutated files of Keras, scikit-learn, Flax and Equinox: a network or one sentence comes out.

What HDF5's own library reads is read in a process with limits, as everywhere where a file is first
met: it may end its process, or never end.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.processes import guarded
from spinn_engine.imported import read_network
from tests.imported.test_fuzz import mutated, mutations, outcome
from tests.peers.table import FILES

PLAIN = ("flax.msgpack", "flax_residual.msgpack", "equinox_head.eqx", "equinox_layernorm.eqx")
SKOPS = ("sklearn.skops", "sklearn_both.skops")
KERAS = ("keras.keras", "keras_heads.keras", "keras_residual.h5", "keras.weights.h5")
SEEDS = {name: (FILES / name).read_bytes() for name in (*PLAIN, *SKOPS, *KERAS)}
JSON = {"sklearn_both.skops": "schema.json", "keras_heads.keras": "config.json"}

Changes = list[tuple[int, int, str]]
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
values = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**70), st.floats(), st.text(max_size=5),
    st.just([]), st.just({}), st.just([[[]]]), st.just("linear"), st.just(["rows", 0, 0]),
)  # fmt: skip


def read(path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    """As ``outcome``; where HDF5 is read, in a process with limits."""
    if monkeypatch is None:
        return outcome(path, content)
    monkeypatch.setenv("SPINN_READ_SECONDS", "5")
    path.write_bytes(content)
    try:
        guarded(path, read_network, path, most_bytes=None)
    except BadInputError as error:
        said = str(error)
        assert said.isprintable()
        assert len(said) < len(str(path)) + 500
        return said
    return "network"


def with_entry(content: bytes, which: int, changes: Changes, method: int) -> bytes:
    """A zip file of which one entry is mutated, or takes the place of another; sums are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    names = sorted(parts)
    name, other = names[which % len(names)], names[which * 7 % len(names)]
    if which % 5:
        parts[name] = mutated(parts[name], changes)
    else:
        parts[name], parts[other] = parts[other], parts[name]
    return zipped(parts, method)


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def with_json(content: bytes, name: str, places: list[tuple[int, Any]]) -> bytes:
    """A zip file in whose JSON some values are others."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {one: packed.read(one) for one in packed.namelist()}
    tree = json.loads(parts[name])
    for number, value in places:
        where = list(_places(tree))
        if where:
            holder, key = where[number % len(where)]
            holder[key] = copy.deepcopy(value)
    parts[name] = json.dumps(tree).encode()
    return zipped(parts)


def _places(tree: Any) -> Any:
    """Every place in a JSON tree, as what holds it and the key."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one))
        for key in list(keys):
            yield one, key
            if isinstance(one[key], (dict, list)):
                waiting.append(one[key])


@pytest.mark.parametrize("name", [*PLAIN, *SKOPS])
@quick
@given(changes=mutations)
def test_any_bytes_changed(tmp_path: Path, name: str, changes: Changes) -> None:
    read(tmp_path / "a", mutated(SEEDS[name], changes))


@pytest.mark.parametrize("name", SKOPS)
@quick
@given(
    which=st.integers(0, 99), changes=mutations,
    method=st.sampled_from((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)),
)  # fmt: skip
def test_an_entry_changed(
    tmp_path: Path, name: str, which: int, changes: Changes, method: int
) -> None:
    said = read(tmp_path / "a", with_entry(SEEDS[name], which, changes, method))
    assert method != zipfile.ZIP_BZIP2 or "compressed in a way" in said


@pytest.mark.parametrize("name", JSON)
@settings(parent=quick, max_examples=200)
@given(places=st.lists(st.tuples(st.integers(0, 2**20), values), min_size=1, max_size=4))
def test_json_changed(tmp_path: Path, name: str, places: list[tuple[int, Any]]) -> None:
    read(tmp_path / "a", with_json(SEEDS[name], JSON[name], places))


@pytest.mark.parametrize("name", KERAS)
@settings(parent=quick, max_examples=30)
@given(changes=mutations, inside=st.booleans())
def test_hdf5_changed(tmp_path: Path, name: str, changes: Changes, inside: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if inside and name.endswith(".keras"):
            content = with_entry(SEEDS[name], 4, changes, zipfile.ZIP_STORED)
        else:
            content = mutated(SEEDS[name], changes)
        read(tmp_path / "a", content, patch)


def test_every_cut_is_refused(tmp_path: Path) -> None:
    for name in (*PLAIN, *SKOPS):
        whole = read(tmp_path / "a", SEEDS[name])
        for length in range(0, len(SEEDS[name]), max(len(SEEDS[name]) // 40, 1)):
            said = read(tmp_path / "a", SEEDS[name][:length])
            assert said not in ("network", whole), (name, length)
