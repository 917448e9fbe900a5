"""What takes a run: looked up in its result, one function and one line a quantity.

A result is the ``spinn_structured_metrics.json`` of a finished run. All of these raise
``NotMeasuredError`` where the run does not have what the claim is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from spinn_engine.claims.claim import Claim
from spinn_engine.claims.quantity import Found, NotMeasuredError
from spinn_engine.evaluation.intervals import interval, repetitions_of
from spinn_engine.evaluation.outcomes import too_few
from spinn_engine.vocabulary import LONGER, REFERENCE
from spinn_engine.words import listed, repeated, signed, unusable_reason

Result = Mapping[str, Any]


def r2(claim: Claim, result: Result) -> list[Found]:
    """R2 of an arm on the test rows: of one target, or the mean over targets."""
    found = _r2(claim, result, claim.arm)
    return [_estimate(f"{_r2_of(claim)} on the test rows is", found)]


def r2_difference(claim: Claim, result: Result) -> list[Found]:
    """R2 of an arm minus that of another, repetition by repetition."""
    how = f"{_r2_of(claim)} minus that of {claim.against}, on the test rows, is"
    found = _difference(claim, result, claim.against)
    return [_estimate(how, found, note=_fair(claim, result))]


def run_param_reduction(_: Claim, result: Result) -> list[Found]:
    """One minus the parameters of the last stage over those of the dense network."""
    dense, last = result["dense_params"], result["spinn_params"]
    return [Found(1 - Fraction(last, dense), f"1 - {last:,} / {dense:,} parameters =")]


def file_bytes(claim: Claim, result: Result) -> list[Found]:
    """The checkpoint of a stage, or of an arm as it is at the end."""
    what = claim.arm if claim.stage is None else f"stage {claim.stage}"
    row = _arm(result, claim.arm) if claim.stage is None else _stage(result, claim.stage)
    if row["file_bytes"] is None:
        raise NotMeasuredError(f"The run keeps no file of {what}.")
    return [Found(Fraction(row["file_bytes"]), f"the file of {what} takes")]


def speed_up(claim: Claim, result: Result) -> list[Found]:
    """Time of the dense network over that of an arm, round by round, at one batch size or at each.

    Where arms of equal widths were not equally fast, something else than the networks was timed.
    """
    arm = _arm(result, claim.arm)
    how = f"{_place(result)}, the time of dense over that of {claim.arm} is"
    batches = _batches(claim, arm)
    doubts = [reason for batch in batches if (reason := unusable_reason(result, batch))]
    if doubts:
        raise NotMeasuredError(" ".join(doubts))
    return [_speed_up(arm, batch, how) for batch in batches]


def _speed_up(arm: Mapping[str, Any], batch: str, how: str) -> Found:
    """The median over the rounds; a result from before their intervals were kept has none."""
    ratio, at = Fraction(arm["speed_up"][batch]), f"at batch {batch}"
    rounds = arm["latency_us"][batch]["rounds"]
    ends = arm.get("speed_up_interval", {}).get(batch)
    if ends is None:
        return Found(ratio, how, None, rounds, at=at)
    low, high = map(Fraction, ends)
    return Found(ratio, how, (low, high), rounds, at=at)


def latency(claim: Claim, result: Result) -> list[Found]:
    """Median time of one forward pass of an arm, at one batch size or at each."""
    arm = _arm(result, claim.arm)
    how = f"{_place(result)}, a pass of {claim.arm} takes"
    return [
        _latency(arm["latency_us"][batch], how, f"at batch {batch}")
        for batch in _batches(claim, arm)
    ]


def _latency(timed: Mapping[str, Any], how: str, at: str) -> Found:
    """The median over the rounds; a result from before their intervals were kept has none."""
    ends = timed.get("interval")
    between = None if ends is None else (Fraction(ends[0]), Fraction(ends[1]))
    return Found(Fraction(timed["median"]), how, between, timed["rounds"], at=at)


def peak_memory_share(claim: Claim, result: Result) -> list[Found]:
    """Peak memory of one forward pass of the largest batch, of an arm over that of dense."""
    arm, dense = _arm(result, claim.arm), _arm(result, REFERENCE)
    if not arm["peak_memory_bytes"] or not dense["peak_memory_bytes"]:
        raise NotMeasuredError(f"The memory is {arm['peak_memory_how']}.")
    peaks = arm["peak_memory_bytes"], dense["peak_memory_bytes"]
    sizes = f"{peaks[0]:,} / {peaks[1]:,} bytes at the peak"
    how = f"{_place(result)}, {sizes} ({arm['peak_memory_how']}) ="
    return [Found(Fraction(*peaks), how)]


def _arm(result: Result, name: str) -> dict[str, Any]:
    for arm in result["arms"]:
        if arm["arm"] == name:
            return dict(arm)
    names = listed(arm["arm"] for arm in result["arms"])
    raise NotMeasuredError(f"The run has no arm {name}, only {names}.")


def _stage(result: Result, number: int) -> dict[str, Any]:
    if number >= len(result["stages"]):
        raise NotMeasuredError(f"The run ends with stage {len(result['stages']) - 1}.")
    return dict(result["stages"][number])


def _r2_of(claim: Claim) -> str:
    return f"R2 of {claim.arm}" + (f" for {claim.target}" if claim.target else "")


def _r2(claim: Claim, result: Result, name: str) -> dict[str, Any]:
    arm = _arm(result, name)
    if claim.target is None:
        return dict(arm["r2"])
    if claim.target not in arm["per_output"]:
        targets = listed(arm["per_output"])
        raise NotMeasuredError(f"The run has no target {claim.target}, only {targets}.")
    return dict(arm["per_output"][claim.target]["r2"])


def _difference(claim: Claim, result: Result, against: str) -> dict[str, Any]:
    """The interval of the paired differences."""
    mine, other = (repetitions_of(_r2(claim, result, name)) for name in (claim.arm, against))
    return interval(mine - other, unit=1.0)


def _fair(claim: Claim, result: Result) -> str:
    """What the difference is to the dense network that trained as long, where another is meant."""
    if claim.against != REFERENCE or claim.arm == LONGER:
        return ""
    try:
        found = _difference(claim, result, LONGER)
    except NotMeasuredError:
        return ""
    return f"Against {LONGER}, which trained as long, it is {signed(found['mean'])}."


def _estimate(how: str, found: Mapping[str, Any], note: str = "") -> Found:
    """A mean with its interval, as ``evaluation.intervals.interval`` has them.

    Without it where a verdict would not decide by it either.
    """
    few = too_few(found)
    ends = None if few else (Fraction(found["low"]), Fraction(found["high"]))
    mean, over = Fraction(found["mean"]), repeated(found)
    return Found(mean, how, ends, found["n"], f"only {over}" if few else over, note=note)


def _place(result: Result) -> str:
    """Where the run was timed."""
    where = result["environment"]
    if where["device"] != "cpu":
        return f"on {where['device']} ({where['device_name']})"
    return f"on cpu ({where['device_name']}, threads: {where['threads']})"


def _batches(claim: Claim, arm: Mapping[str, Any]) -> list[str]:
    """The claim's batch size, or all that were timed."""
    timed = list(arm["latency_us"])
    if claim.batch is not None and str(claim.batch) not in timed:
        raise NotMeasuredError(f"The run times batches of {listed(timed)} rows.")
    return timed if claim.batch is None else [str(claim.batch)]


MEASURED: dict[str, Callable[[Claim, Result], list[Found]]] = {
    "r2": r2,
    "r2_difference": r2_difference,
    "run_param_reduction": run_param_reduction,
    "file_bytes": file_bytes,
    "speed_up": speed_up,
    "latency": latency,
    "peak_memory_share": peak_memory_share,
}
