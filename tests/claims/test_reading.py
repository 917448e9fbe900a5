"""A claims file that is one, and every way in which it is not: one sentence, exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.claims import claims_from_json, read_claims, verify_claims
from spinn_engine.claims.arithmetic import ARITHMETIC
from spinn_engine.claims.measured import MEASURED
from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import QUANTITIES

GOOD = {
    "claim": "It has 5 parameters.",
    "quantity": "params",
    "value": "5",
    "inputs": 1,
    "hidden": [1],
    "outputs": 1,
}


def fault(*claims: Any) -> str:
    """The sentence with which claims are refused."""
    with pytest.raises(BadInputError) as error:
        verify_claims(list(claims), where="a.json")
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"quantity": "beauty"},
            "claim 2: quantity: unknown quantity 'beauty': use one of params",
        ),
        ({"value": "many"}, "claim 2: value: must be a number as it is printed, such as 0.9030, b"),
        ({"value": "666,882"}, "but got '666,882'"),
        ({"value": None}, "but got None"),
        ({"value": True}, "but got True"),
        ({"value": float("nan")}, "but got nan"),
        ({"value": "1e999999999"}, "but got '1e999999999'"),
        ({"value": "1e-999999999"}, "but got '1e-999999999'"),
        ({"value": "9" * 200}, "but got '999"),
        ({"tolerance": -0.1}, "claim 2: tolerance: must be zero or more but got -0.1"),
        ({"tolerance": "wide"}, "claim 2: tolerance: must be a number"),
        ({"hidden": "384,384"}, "claim 2: hidden: must be a list of 1 to 64 widths from 1 to 65,5"),
        ({"hidden": [384, 0]}, "but got [384, 0]"),
        ({"hidden": [384.5]}, "but got [384.5]"),
        ({"hidden": [True]}, "but got [True]"),
        ({"hidden": []}, "but got []"),
        ({"hidden": {"a": 1}}, "but got {'a': 1}"),
        ({"inputs": 0}, "claim 2: inputs: input should be greater than or equal to 1, but got 0"),
        ({"inputs": "18"}, "claim 2: inputs: input should be a valid integer, but got '18'"),
        ({"unit": "kg"}, "claim 2: unit: params is in no unit, but got 'kg'"),
        ({"stages": 4}, "claim 2: stages: params does not depend on it, so leave it out"),
        ({"needs": {}}, "claim 2: needs: params does not depend on it"),
        ({"color": "red"}, "claim 2: color: extra inputs are not permitted"),
        ({"claim": ""}, "claim 2: claim: "),
    ],
)
def test_a_claim_that_is_none_is_named_by_its_number(change: dict[str, Any], message: str) -> None:
    assert message in fault(GOOD, GOOD | change)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (
            {"quantity": "layer_reduction", "before": [3], "after": [2, 2]},
            "before: a layer has two",
        ),
        (
            {"quantity": "neuron_reduction", "value": 25, "before": [4], "after": [3]},
            "25 is no share, so give the unit '%'",
        ),
        (
            {"quantity": "bytes", "unit": "MBit"},
            "unit: bytes is in B, KB, MB, GB, KiB, MiB and GiB, but got",
        ),
        (
            {"quantity": "r2", "arm": "sparse"},
            "arm: unknown arm 'sparse': use one of dense",
        ),
        ({"quantity": "r2", "batch": 4}, "batch: r2 does not depend on it"),
        ({"quantity": "speed_up", "batch": 0}, "batch: input should be greater than or equal to 1"),
        ({"quantity": "r2", "needs": {"device": "tpu"}}, "needs.device: input should be 'cpu', "),
        (
            {"quantity": "r2", "needs": {"param_reduction": 68.5}},
            "must be a share between 0 and 1 b",
        ),
        (
            {"quantity": "compounded_reduction", "pruning_ratio": 31.8},
            "pruning_ratio: must be a sha",
        ),
        ({"quantity": "r2", "value": []}, "but got []"),
    ],
)
def test_what_does_not_fit_its_quantity_is_refused(claim: dict[str, Any], message: str) -> None:
    assert message in fault({"claim": "It is so.", "value": "0.5", **claim})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a claims file, for it is no JSON"),
        (b"{", "not a claims file, for it is no JSON"),
        (b"\xff\xfe\x00", "cannot read the claims file: it is not UTF-8 text"),
        (b"[]", "not a claims file: the whole: input should be"),
        (b"{}", "not a claims file: claims: field required"),
        (b'{"claims": []}', "not a claims file: claims: "),
        (b'{"claims": {"a": 1}}', "not a claims file: claims: input should be a valid list"),
        (b'{"claims": ["x"]}', "claim 1: the whole: input should be a valid dictionary"),
        (
            b'{"claims": [{}], "seeds": 3}',
            "not a claims file: seeds: extra inputs are not permitted",
        ),
        (b'{"claims": [{}]}', "claim 1: claim: field required"),
        (b'{"claims": ' + b"[" * 100_000, "not a claims file, for it is no JSON"),
        (b'{"claims": [' + b"9" * 5_000 + b"]}", "not a claims file, for it is no JSON"),
    ],
)
def test_a_file_that_is_no_claims_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "claims.json"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"claims\.json: ") as error:
        read_claims(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.json", "there is no such"), (tmp_path, "is a folder")):
        with pytest.raises(BadInputError, match=message):
            read_claims(path)


def test_a_bare_number_keeps_the_digits_that_the_file_prints() -> None:
    text = json.dumps({"claims": [GOOD]})
    for printed, tolerance in (("5.0", 0.05), ("5.00", 0.005), ("5", 0.5), ('"5.000"', 0.0005)):
        [row] = verify_claims(claims_from_json(text.replace('"5"', printed), "x"))
        assert row["tolerance"] == tolerance
        assert row["verdict"] == "contradicted"  # (1+1)*1 + (1+1)*1 = 4


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_text(json.dumps({"claims": [GOOD]}), encoding="utf-8-sig")
    assert len(read_claims(path)) == 1


def test_a_claim_stands_where_its_file_does_or_where_it_says() -> None:
    claims = [GOOD, GOOD | {"source": "Table 3"}]
    found = claims_from_json(json.dumps({"source": "Table 2", "claims": claims}), "x")
    assert [row["source"] for row in verify_claims(found)] == ["Table 2", "Table 3"]
    assert verify_claims([GOOD])[0]["source"] is None


def test_every_quantity_has_its_line() -> None:
    assert not ARITHMETIC.keys() & MEASURED.keys()
    assert ARITHMETIC.keys() == {name for name, row in QUANTITIES.items() if not row.of_run}
    assert MEASURED.keys() == {name for name, row in QUANTITIES.items() if row.of_run}
