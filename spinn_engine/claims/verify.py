"""Claims, each with its verdict: ``verify_claims(claims, result)``.

A claim is confirmed where all that a value may be lies within its tolerance, and contradicted where
none of it does. What was counted is one number; what was measured may be anything in its 95 %
interval, and without one the run cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from spinn_engine.claims.arithmetic import ARITHMETIC
from spinn_engine.claims.claim import Claim, parse_claims
from spinn_engine.claims.measured import MEASURED, Result
from spinn_engine.claims.needs import differences
from spinn_engine.claims.quantity import Found, NotMeasuredError, Verdict
from spinn_engine.claims.wording import reason, reason_of_all, statements
from spinn_engine.errors import BadInputError
from spinn_engine.vocabulary import QUANTITIES
from spinn_engine.words import listed

ALWAYS = {"claim", "quantity", "value", "unit", "tolerance", "source", "note"}
NO_RUN = "It takes a finished run to tell, and none is given."


def verify_claims(
    claims: Sequence[Claim | Mapping[str, Any]],
    result: Result | None = None,
    where: str = "claims",
) -> list[dict[str, Any]]:
    """Check claims, and say why each is true or not.

    Args:
        claims: as in a claims file, or as ``read_claims`` gives them.
        result: of the finished run that they are held against; without one, what takes a run is
            not measured.
        where: what to call the claims in a complaint.

    Returns:
        For each ``claim``, in the same order, its ``verdict`` (a name of ``CLAIM_VERDICTS``), the
        ``claimed`` value and the one ``found`` (or None), ``why``, ``quantity``, ``unit``,
        ``tolerance``, ``interval`` (two numbers or None), ``n`` (how often it was measured; None
        where it was counted, or not found) and ``source``.
        All numbers are in the claim's unit.

    Raises:
        BadInputError: one of them is no claim; it is named by its number.
    """
    parsed = parse_claims(claims, where)
    for number, claim in enumerate(parsed, start=1):
        fault = _fault(claim)
        if fault:
            raise BadInputError(f"{where}: claim {number}: {fault}")
    return [_row(claim, result) for claim in parsed]


def _fault(claim: Claim) -> str | None:
    """What in a claim does not go together."""
    quantity, given = QUANTITIES[claim.quantity], claim.model_fields_set - ALWAYS
    of_run: set[str] = {"needs"} if quantity.of_run else set()
    other = given - {*quantity.names, *quantity.may_name} - of_run
    if other:
        return f"{min(other)}: {claim.quantity} does not depend on it, so leave it out"
    if claim.unit not in ("", *quantity.units):
        units = listed(unit for unit in quantity.units if unit) or "no unit"
        return f"unit: {claim.quantity} is in {units}, but got {claim.unit!r}"
    if "%" in quantity.units and not claim.unit and abs(claim.value) > 1:
        return f"unit: {claim.value} is no share, so give the unit '%'"
    if quantity.of_two and claim.numbers and (len(claim.numbers) != 2 or not claim.numbers[0]):
        shown = listed([str(number) for number in claim.numbers])
        return f"numbers: give two, the first of them not zero, but got {shown}"
    for field in ("before", "after"):
        widths = getattr(claim, field)
        if quantity.of_layer and widths and len(widths) != 2:
            return f"{field}: a layer has two widths, such as [512, 384], but got {list(widths)}"
    return None


def _row(claim: Claim, result: Result | None) -> dict[str, Any]:
    verdict, found, why = _judged(claim, result)
    return {
        "claim": claim.claim,
        "verdict": str(verdict),
        "claimed": _plain(Fraction(claim.value)),
        "found": None if found is None else _plain(found.value),
        "why": f"{why} {claim.note}".rstrip(),
        "quantity": claim.quantity,
        "unit": claim.unit,
        "tolerance": float(claim.allowed),
        "interval": [float(end) for end in found.interval] if found and found.interval else None,
        "n": None if found is None else found.n,
        "source": claim.source,
    }


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _judged(claim: Claim, result: Result | None) -> tuple[Verdict, Found | None, str]:
    """The verdict, the value that it rests on if there is one, and why."""
    quantity = QUANTITIES[claim.quantity]
    missing = [repr(name) for name in quantity.names if name not in claim.model_fields_set]
    if missing:
        why = f"The claim does not say {listed(missing)}, from which it would follow."
        return Verdict.NOT_CHECKABLE, None, why
    try:
        if not quantity.of_run:
            values = ARITHMETIC[quantity.name](claim)
        elif result is None:
            return Verdict.NOT_MEASURED, None, NO_RUN
        else:
            values = MEASURED[quantity.name](claim, result)
    except NotMeasuredError as error:
        return Verdict.NOT_MEASURED, None, str(error)
    found = [value.per(quantity.one(claim.unit)) for value in values]
    unlike = [] if result is None else differences(claim, result)
    if unlike:
        there = statements(claim, found)
        return Verdict.NOT_MEASURED, None, f"{' '.join(unlike)} There, {there}."
    return _compared(claim, found)


def _compared(claim: Claim, found: Sequence[Found]) -> tuple[Verdict, Found | None, str]:
    """The verdict on all values together, the nearest of them, and why."""
    verdicts = [_verdict(claim, value) for value in found]
    nearest = min(found, key=lambda value: abs(value.value - Fraction(claim.value)))
    if len(found) == 1:
        return verdicts[0], nearest, reason(claim, nearest, verdicts[0])
    why = reason_of_all(claim, found, verdicts)
    if {Verdict.CONFIRMED, Verdict.CONTRADICTED} <= set(verdicts):
        return Verdict.NOT_CHECKABLE, None, why
    alike = len(set(verdicts)) == 1
    return verdicts[0] if alike else Verdict.UNDECIDED, nearest, why


def _verdict(claim: Claim, found: Found) -> Verdict:
    if found.interval is None and found.n is not None:
        return Verdict.UNDECIDED
    low, high = found.interval or (found.value, found.value)
    least, most = (Fraction(claim.value) + sign * Fraction(claim.allowed) for sign in (-1, 1))
    if least <= low and high <= most:
        return Verdict.CONFIRMED
    return Verdict.UNDECIDED if least <= high and low <= most else Verdict.CONTRADICTED
