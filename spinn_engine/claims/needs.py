"""Whether a run is one that a claim is about."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePath

from spinn_engine.claims.claim import Claim
from spinn_engine.claims.measured import Result
from spinn_engine.words import percent, shortest

SAME_SIZE = Fraction(1, 100)  # of the parameters: widths that run fast miss a budget by less


def differences(claim: Claim, result: Result) -> list[str]:
    """In what a run is not as the claim needs it, a sentence each."""
    return [*_data(claim, result), *_device(claim, result), *_size(claim, result)]


def _data(claim: Claim, result: Result) -> Iterator[str]:
    word, source = claim.needs.data, result["data"]["source"]
    if word is None:
        return
    kind, _, path = source.partition(":")
    if word.lower() in f"{kind} {PurePath(path).name}".lower():
        return
    yield f"The claim is about the data {word!r}, and run {result['run_id']} is on {source}" + (
        ": a simulation can neither confirm nor contradict what was measured on other data."
        if result["data"]["simulated"]
        else "."
    )


def _device(claim: Claim, result: Result) -> Iterator[str]:
    wanted, device = claim.needs.device, result["environment"]["device"]
    if wanted is not None and device.partition(":")[0] != wanted:
        yield f"The claim is about a {wanted} device, and run {result['run_id']} was on {device}."


def _size(claim: Claim, result: Result) -> Iterator[str]:
    dense, reduction = claim.needs.dense, claim.needs.param_reduction
    run, is_dense = result["run_id"], result["architectures"][0]
    if dense is not None and list(dense) != is_dense:
        yield f"The claim is about a dense network of {list(dense)}, and run {run} has {is_dense}."
    is_reduction = result["parameter_reduction"]
    if reduction is not None and abs(Fraction(is_reduction) - Fraction(reduction)) > SAME_SIZE:
        yield (
            f"The claim is about {shortest(100 * float(reduction))} % fewer parameters, and run "
            f"{run} has {percent(is_reduction)} fewer."
        )
