"""What follows from widths, against networks that are really built and against fractions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.claims.support import checked

WIDTHS = st.lists(st.integers(1, 40), min_size=1, max_size=5)
ENDS = st.integers(1, 20)


def linears(inputs: int, hidden: list[int], outputs: int) -> list[torch.nn.Linear]:
    return [torch.nn.Linear(a, b) for a, b in pairwise([inputs, *hidden, outputs])]


def counted(layers: list[torch.nn.Linear]) -> int:
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


@settings(max_examples=40)
@given(inputs=ENDS, hidden=WIDTHS, outputs=ENDS)
def test_counts_are_those_of_a_network_that_is_built(
    inputs: int, hidden: list[int], outputs: int
) -> None:
    layers = linears(inputs, hidden, outputs)
    network: dict[str, Any] = {"inputs": inputs, "hidden": hidden, "outputs": outputs}
    params = counted(layers)
    macs = sum(layer.weight.numel() for layer in layers)
    size = sum(p.nbytes for layer in layers for p in layer.parameters())
    for quantity, right in (("params", params), ("macs", macs), ("bytes", size)):
        row = checked(quantity=quantity, value=right, **network)
        assert (row["verdict"], row["found"]) == ("confirmed", right)
        row = checked(quantity=quantity, value=right + 1, **network)
        assert (row["verdict"], row["found"]) == ("contradicted", right)
        assert f"{right:,}" in row["why"]
        assert f"{right + 1:,}" in row["why"]


@settings(max_examples=40)
@given(inputs=ENDS, before=WIDTHS, after=WIDTHS, outputs=ENDS)
def test_reductions_and_ratios_are_those_of_two_networks(
    inputs: int, before: list[int], after: list[int], outputs: int
) -> None:
    first, second = linears(inputs, before, outputs), linears(inputs, after, outputs)
    both: dict[str, Any] = {"inputs": inputs, "before": before, "after": after, "outputs": outputs}
    row = checked(quantity="param_reduction", value=0, **both)
    assert row["found"] == pytest.approx(1 - counted(second) / counted(first))
    macs = [sum(layer.weight.numel() for layer in layers) for layers in (first, second)]
    row = checked(quantity="mac_ratio", value=0, **both)
    assert row["found"] == pytest.approx(macs[0] / macs[1])
    row = checked(quantity="neuron_reduction", value=0, before=before, after=after)
    assert row["found"] == pytest.approx(1 - sum(after) / sum(before))


@given(inputs=ENDS, hidden=WIDTHS, outputs=ENDS)
def test_the_sum_that_is_shown_is_right(inputs: int, hidden: list[int], outputs: int) -> None:
    for quantity in ("params", "macs"):
        row = checked(quantity=quantity, value=-1, inputs=inputs, hidden=hidden, outputs=outputs)
        shown = re.fullmatch(r"[^:]*: ([\d()+* ]+) = ([\d,]+), not −1\.", row["why"])
        assert shown is not None
        assert eval(shown[1]) == int(shown[2].replace(",", "")) == row["found"]


def test_a_long_sum_is_cut_short() -> None:
    row = checked(quantity="params", value=1, inputs=3, hidden=[4] * 60, outputs=2)
    assert row["why"] == (
        f"Parameters: (3+1)*4 + (4+1)*4 + ... + (4+1)*2 = {row['found']:,}, not 1."
    )


@given(inputs=ENDS, hidden=WIDTHS, outputs=ENDS, decimals=st.integers(0, 6))
def test_what_is_printed_with_any_number_of_digits_is_confirmed_and_its_neighbour_is_not(
    inputs: int, hidden: list[int], outputs: int, decimals: int
) -> None:
    network: dict[str, Any] = {"inputs": inputs, "hidden": hidden, "outputs": outputs}
    size = Decimal(4 * counted(linears(inputs, hidden, outputs))) / 1000
    step = Decimal(1).scaleb(-decimals)
    printed = size.quantize(step)  # in KB
    for off in (0, 2):
        value = str(printed + off * step)
        row = checked(quantity="bytes", value=value, unit="KB", **network)
        assert row["verdict"] == ("contradicted" if off else "confirmed")
        assert row["tolerance"] == pytest.approx(float(step) / 2)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("43.75", "confirmed"), ("43.8", "confirmed"), ("43.7", "confirmed"), ("44", "confirmed")]
    + [("43.9", "contradicted"), ("43.750", "confirmed"), ("43.751", "contradicted")]
    + [("56", "contradicted"), ("4e1", "confirmed"), ("3e1", "contradicted")],
)
def test_the_tolerance_is_half_the_last_digit_with_both_ends(value: str, verdict: str) -> None:
    layer: dict[str, Any] = {"before": [512, 512], "after": [384, 384]}
    row = checked(quantity="layer_reduction", value=value, unit="%", **layer)
    assert row["verdict"] == verdict
    assert row["found"] == 43.75


def test_a_given_tolerance_replaces_it() -> None:
    layer: dict[str, Any] = {"before": [512, 512], "after": [384, 384], "unit": "%"}
    for tolerance, verdict in (
        ("0.25", "confirmed"),
        ("0.24", "contradicted"),
        (0, "contradicted"),
    ):
        row = checked(quantity="layer_reduction", value="44", tolerance=tolerance, **layer)
        assert row["verdict"] == verdict


def test_a_contradicted_value_never_looks_like_the_claimed_one() -> None:
    network: dict[str, Any] = {"inputs": 18, "hidden": [512, 512, 512, 256], "outputs": 2}
    row = checked(quantity="bytes", value="2.668", unit="MB", tolerance="0", **network)
    assert row["verdict"] == "contradicted"
    assert "2.6675 MB, not 2.668 MB" in row["why"]


def test_stages_compound() -> None:
    left = Fraction(1)
    for _ in range(4):
        left -= left * Fraction("0.318")
    row = checked(
        quantity="compounded_reduction", value="68.5", unit="%", pruning_ratio="0.318", stages=4
    )
    assert row["verdict"] == "contradicted"
    assert row["found"] == pytest.approx(float(100 * (1 - left)))
    assert row["why"] == "1 - (1 - 0.318)^4 = 78.37 %, not 68.5 %."


def test_a_ratio_that_would_empty_a_layer_still_compounds() -> None:
    network: dict[str, Any] = {"inputs": 2, "hidden": [2, 2], "outputs": 1}
    row = checked(
        quantity="compounded_reduction", value="0.99", pruning_ratio=0.9, stages=2, **network
    )
    assert row["verdict"] == "confirmed"
    assert row["why"] == "1 - (1 - 0.9)^2 = 0.99."


@pytest.mark.parametrize(
    ("unit", "size"),
    [("B", 1), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("KiB", 1024), ("MiB", 2**20)],
)
def test_units_of_bytes(unit: str, size: float) -> None:
    network: dict[str, Any] = {"inputs": 18, "hidden": [512, 512, 512, 256], "outputs": 2}
    row = checked(quantity="bytes", value=1, unit=unit, **network)
    assert row["found"] == pytest.approx(2_667_528 / size)
    assert row["unit"] == unit


def test_what_a_value_would_follow_from_has_to_be_said() -> None:
    row = checked(quantity="bytes", value="2.15", unit="MB", inputs=18)
    assert row["verdict"] == "not_checkable"
    assert row["found"] is None
    assert (
        row["why"] == "The claim does not say 'hidden' and 'outputs', from which it would follow."
    )


def test_the_speed_of_a_layer_follows_from_nothing() -> None:
    row = checked(quantity="layer_speed_up", value="2.2", before=[512, 512], after=[384, 384])
    assert (row["verdict"], row["found"]) == ("not_measured", None)
    assert "(512*512) / (384*384) = 1.78." in row["why"]
