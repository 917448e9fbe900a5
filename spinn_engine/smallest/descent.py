"""Where on a ladder of sizes the last network stands that is still good enough. No torch."""

from __future__ import annotations

from collections.abc import Callable

STRIDE = 4  # rungs at a time, until one fails


def descend(last: int, start: int, good_enough: Callable[[int], bool]) -> int:
    """The lowest rung that is good enough, next to one that is not.

    From ``start`` it goes down in strides as long as rungs are good enough, or up until one is, and
    then halves what lies between. Quality need not fall all the way: what is found passed itself,
    and the rung below it was tried and failed.

    Args:
        last: the number of the lowest rung; 0 is the dense network, which counts as good.
        start: where to begin.
        good_enough: asked at most once about a rung.

    Returns:
        Its number; 0 where only the dense network is good enough.
    """
    good, bad = 0, last + 1
    if good_enough(start):
        good = start
        while good < last and bad > last:
            at = min(good + STRIDE, last)
            if good_enough(at):
                good = at
            else:
                bad = at
    else:
        bad = start
        while good == 0 and bad > 1:
            at = max(bad - STRIDE, 1)
            if good_enough(at):
                good = at
            else:
                bad = at
    while bad - good > 1:
        middle = (good + bad) // 2
        if good_enough(middle):
            good = middle
        else:
            bad = middle
    return good
