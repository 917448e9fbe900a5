"""Why a claim is true or not, in words: short, exact, in the claim's own unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, log10

from spinn_engine.claims.claim import Claim
from spinn_engine.claims.quantity import Found
from spinn_engine.words import MINUS, capitalised, count, fixed, listed, shortest

DIGITS = 4
MOST_DECIMALS = 15


def reason(claim: Claim, found: Found, true: bool) -> str:
    """What was found, and how the claim stands to it.

    Args:
        claim: the claim.
        found: the only value that it is held against, in its unit.
        true: whether they agree.
    """
    words = capitalised(statement(claim, found, differs=not true)) + _standing(claim, found, true)
    notes = [found.note, "" if true else found.if_not]
    return " ".join([f"{words}.", *(note for note in notes if note)])


def reason_of_all(claim: Claim, found: Sequence[Found], agree: Sequence[bool]) -> str:
    """The same for a claim that is about all of several values."""
    claimed = _claimed(claim, allowed=claim.tolerance)
    if all(agree):
        standing = f"all agree with {claimed}"
    elif not any(agree):
        standing = f"none agrees with {claimed}"
    else:
        those = [value.at for value, agrees in zip(found, agree, strict=True) if agrees]
        standing = f"it is {claimed} only {listed(those)}"
    told = capitalised(statements(claim, found))
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
    return f"{text}, 95 % interval {low} to {high}, n = {found.n}"


def _standing(claim: Claim, found: Found, true: bool) -> str:
    if found.interval is not None:
        claimed = _claimed(claim, allowed=claim.tolerance)
        return f"; the claimed {claimed} {'meets it' if true else 'lies outside'}"
    if found.n == 1:
        agrees = "agrees" if true else "does not agree"
        claimed = _claimed(claim, allowed=claim.allowed)
        return f", measured once, so without an interval; it {agrees} with {claimed}"
    return "" if true else f", not {_claimed(claim)}"


def _claimed(claim: Claim, allowed: Decimal | None = None) -> str:
    text = f"{claim.value:,}{_unit(claim)}".replace("-", MINUS)
    return f"{text} (give or take {shortest(float(allowed))})" if allowed else text


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
    return max(claim.decimals, DIGITS - 1 - leading, 0)


def _read(text: str) -> Fraction:
    return Fraction(text.replace(",", "").replace(MINUS, "-"))
