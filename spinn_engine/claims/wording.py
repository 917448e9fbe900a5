"""Why a claim is true or not, in words: short, exact, in the claim's own unit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor, log10

from spinn_engine.claims.claim import Claim
from spinn_engine.claims.quantity import Found, Verdict
from spinn_engine.vocabulary import CLAIM_VERDICTS, QUANTITIES
from spinn_engine.words import MINUS, capitalised, count, fixed, listed, shortest, significant

DIGITS = 4
MOST_DECIMALS = 15


def reason(claim: Claim, found: Found, verdict: Verdict) -> str:
    """What was found, and how the claim stands to it.

    Args:
        claim: the claim.
        found: the only value that it is held against, in its unit.
        verdict: what became of it.
    """
    wrong = verdict is Verdict.CONTRADICTED
    words = capitalised(statement(claim, found, differs=wrong)) + _standing(claim, found, verdict)
    notes = [found.note, found.if_not if wrong else ""]
    return " ".join([f"{words}.", *(note for note in notes if note)])


def reason_of_all(claim: Claim, found: Sequence[Found], verdicts: Sequence[Verdict]) -> str:
    """The same for a claim that is about all of several values."""
    claimed = _claimed(claim)
    which: dict[Verdict, list[str]] = {}
    for value, verdict in zip(found, verdicts, strict=True):
        which.setdefault(verdict, []).append(value.at)
    told = capitalised(statements(claim, found))
    if len(which) > 1:
        parts = [f"{CLAIM_VERDICTS[one].label} {listed(where)}" for one, where in which.items()]
        standing = f"{claimed} is {listed(parts)}"
    elif verdicts[0] is Verdict.UNDECIDED:
        standing = f"at none of them can the run tell whether it is {claimed}"
    else:
        agrees = verdicts[0] is Verdict.CONFIRMED
        standing = f"{'all agree' if agrees else 'none agrees'} with {claimed}"
    return f"{told}. The claim names no batch size, and {standing}."


def statements(claim: Claim, found: Sequence[Found]) -> str:
    """What was found, one value or several of a kind."""
    if len(found) == 1:
        return statement(claim, found[0])
    told = []
    for value in found:
        text = f"{_shown(value.value, claim)} {value.at}"
        if value.interval is not None:
            low, high = (_shown(end, claim) for end in value.interval)
            text += f" ({low} to {high})"
        told.append(text)
    several = ", 95 % intervals in brackets" if found[0].interval is not None else ""
    return f"{found[0].how} {listed(told)}{_unit(claim)}{several}"


def statement(claim: Claim, found: Found, differs: bool = False) -> str:
    """One value, with its interval where there is one.

    ``differs`` asks for so many digits that what was counted does not look like the claimed value.
    """
    if found.n is None:
        return f"{found.how} {_counted(found.value, claim, differs)}{_unit(claim)}"
    text = f"{found.how} {_shown(found.value, claim)}{_unit(claim)}"
    if found.at:
        text += f" {found.at}"
    if found.interval is None:
        return text
    low, high = (_shown(end, claim) for end in found.interval)
    over = f"over {found.over}" if found.over else f"n = {found.n}"
    return f"{text}, 95 % interval {low} to {high}, {over}"


def _standing(claim: Claim, found: Found, verdict: Verdict) -> str:
    if found.n is None:
        if verdict is Verdict.CONTRADICTED:
            return f", not {_printed(claim)}"
        return f", within {_claimed(claim)}" if claim.tolerance else ""
    if found.interval is None:
        once = "measured once" if found.n == 1 else found.over
        why = f"{once}, so without an interval" if once else "without an interval"
        return f", {why}: the run cannot tell whether it is {_claimed(claim)}"
    low, high = found.interval
    if verdict is Verdict.CONFIRMED:
        return f"; all of it lies within {_claimed(claim)}"
    if verdict is Verdict.CONTRADICTED:
        return f"; none of it lies within {_claimed(claim)}"
    return (
        f"; only part of it lies within {_claimed(claim)}, so the run cannot tell: half the "
        f"interval is {_times_as_wide(claim, (high - low) / 2)}{_side(claim, low, high)}"
    )


def _times_as_wide(claim: Claim, half: Fraction) -> str:
    """How wide half an interval is, in tolerances."""
    allowed = Fraction(claim.allowed)
    if not allowed:
        return f"{_shown(half, claim)}{_unit(claim)} and the tolerance is zero"
    return f"{significant(float(half / allowed), 2)} times the tolerance"


def _side(claim: Claim, low: Fraction, high: Fraction) -> str:
    """Whether it is sure on which side the value is of where two networks are alike."""
    alike = QUANTITIES[claim.quantity].alike
    if alike is None:
        return ""
    if low <= alike <= high:
        return f", and not even whether it is above or below {alike} is known"
    return f", though that it is {'above' if low > alike else 'below'} {alike} is sure"


def _claimed(claim: Claim) -> str:
    """The claimed value with its tolerance, as ``0.67 (give or take 0.005)``."""
    allowed = shortest(float(claim.allowed))
    return f"{_printed(claim)} (give or take {allowed})" if claim.allowed else _printed(claim)


def _printed(claim: Claim) -> str:
    return f"{claim.value:,}{_unit(claim)}".replace("-", MINUS)


def _unit(claim: Claim) -> str:
    return f" {claim.unit}" if claim.unit else ""


def _shown(value: Fraction, claim: Claim) -> str:
    """What was measured: at least as many decimals as the claim has, and four digits."""
    return fixed(float(value), _decimals(value, claim))


def _counted(value: Fraction, claim: Claim, differs: bool) -> str:
    """The same of what is exact, without the zeros that the claim has not either."""
    if value.denominator == 1:
        return count(int(value))
    decimals = _decimals(value, claim)
    text = fixed(float(value), decimals)
    while differs and decimals < MOST_DECIMALS and _read(text) == Fraction(claim.value):
        decimals += 1
        text = fixed(float(value), decimals)
    if _read(text) != value:
        return text
    kept = max(claim.decimals, 0)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction[:kept]}{fraction[kept:].rstrip('0')}".rstrip(".")


def _decimals(value: Fraction, claim: Claim) -> int:
    leading = floor(log10(abs(value))) if value else 0
    stated = claim.decimals
    if claim.tolerance:  # digits far below it say nothing
        stated = min(stated, 1 - floor(log10(claim.tolerance)))
    return max(stated, DIGITS - 1 - leading, 0)


def _read(text: str) -> Fraction:
    return Fraction(text.replace(",", "").replace(MINUS, "-"))
