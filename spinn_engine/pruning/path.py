"""The widths that a layer may have, and the path of networks that leads through them downwards."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from spinn_engine.graph.sizes import Widths
from spinn_engine.spec import PruneSpec


def levels(prune: PruneSpec, width: int) -> list[int]:
    """Widths that a layer of ``width`` neurons may have, falling: itself, then multiples."""
    step = prune.round_to or 1
    least = -(-prune.least_width // step) * step
    return [width, *range((width - 1) // step * step, least - 1, -step)]


def shrunk(prune: PruneSpec, width: int, share: float) -> int:
    """The allowed width nearest to ``width * share``; 0 where that is below the least."""
    wanted = width * share + 1e-9  # halves round up, whatever the float says
    if wanted >= width:
        return width
    step = prune.round_to or 1
    near = min(int(wanted / step + 0.5) * step, width)
    return near if near >= prune.least_width else 0


def walk(widths: Widths, events: Sequence[tuple[float, int, int]]) -> list[Widths]:
    """Networks after each event (key, layer, neurons removed), in the order of the keys."""
    now, path = list(widths), [widths]
    for _, layer, removed in sorted(events, key=lambda event: event[:2]):
        now[layer] -= removed
        path.append(tuple(now))
    return path


def nearest(rising: Sequence[int], value: float) -> int:
    """Where in ``rising`` the number nearest to ``value`` stands; the first of two."""
    right = bisect_left(rising, value)
    if right == 0:
        return 0
    if right == len(rising):
        return right - 1
    return right if rising[right] - value < value - rising[right - 1] else right - 1
