"""Numbers and foreign text as a person reads them; imports no streamlit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from spinn_engine.spec import PruneSpec, RunSpec

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
_NEGATIVE = re.compile(r"(?<![\w.)])-(?=\d)")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&])")


def plain(text: str) -> str:
    """Text from a file or a person, escaped so that Markdown shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def sentence(text: str) -> str:
    """A sentence of the engine's for Markdown: R² as such, and a true minus before a number."""
    return plain(_NEGATIVE.sub(MINUS, text).replace("R2", "R²"))


def percent(share: float, digits: int = 1) -> str:
    """A share as ``68.5 %``."""
    return f"{100 * share:.{digits}f} %"


def size(count: float) -> str:
    """A number of bytes as ``833 kB`` (1 kB = 1,000 bytes)."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            value = count / scale
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"
    return f"{count:.0f} bytes"


def duration(seconds: float) -> str:
    """A time as ``44 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def widths(hidden: Sequence[int]) -> str:
    """Hidden widths as ``512 · 512 · 512 · 256``, which never breaks between lines."""
    return f"{NO_BREAK}·{NO_BREAK}".join(str(width) for width in hidden)


def estimate(figure: dict[str, Any], digits: int = 4) -> str:
    """A mean with its 95 % interval: ``0.9812 [0.9790, 0.9834]``; the mean alone where n is 1."""
    mean = decimal(figure["mean"], digits)
    if figure["low"] is None:
        return mean
    low, high = (decimal(figure[end], digits) for end in ("low", "high"))
    return f"{mean}{NO_BREAK}[{low},{NO_BREAK}{high}]"


def decimal(value: float, digits: int = 4) -> str:
    """A number with so many digits after the point: ``0.9812``, below zero with a true minus."""
    return f"{value:.{digits}f}".replace("-", MINUS)


def rounded(value: float, digits: int = 3) -> str:
    """A number in so many digits: ``0.0409``, below zero with a true minus."""
    return f"{value:.{digits}g}".replace("-", MINUS)


def signed(value: float, digits: int = 4) -> str:
    """A difference with its sign: ``+0.0012`` or ``-0.0012`` with a true minus."""
    return f"{value:+.{digits}f}".replace("-", MINUS)


def counted(count: int, noun: str) -> str:
    """``1 stage``, ``4 stages``."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def milliseconds(microseconds: float) -> str:
    """A latency as ``0.21 ms`` or ``68.8 ms``, which never breaks between lines."""
    value = microseconds / 1000
    return f"{value:,.0f}{NO_BREAK}ms" if value >= 100 else f"{value:.3g}{NO_BREAK}ms"


def factor(value: float) -> str:
    """A ratio as ``1.85`` or ``18,475``, followed by a times sign."""
    text = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return f"{text}{NO_BREAK}×"


def amount(prune: PruneSpec) -> str:
    """How much a spec removes, in words."""
    if prune.pruning_ratio is not None:
        return f"{percent(prune.pruning_ratio)} of the neurons a stage"
    if prune.mac_reduction is not None:
        return f"{percent(prune.mac_reduction)} of the MACs"
    if prune.max_bytes is not None:
        return f"down to {size(prune.max_bytes)}"
    if prune.widths is not None:
        return f"down to {widths(prune.widths[-1])}"
    return f"{percent(prune.param_reduction or 0)} of the parameters"


def repetitions(spec: RunSpec) -> str:
    """What an interval is taken over: ``3 seeds``, or ``3 seeds × 5 folds``."""
    seeds = counted(len(spec.seeds), "seed")
    folds = spec.compare.folds
    return f"{seeds} × {counted(folds, 'fold')}" if folds > 1 else seeds


def describe(spec: RunSpec) -> str:
    """A run in one line."""
    prune = spec.prune
    return (
        f"{plain(spec.data.source)}, {widths(spec.model.hidden)}, {amount(prune)} in "
        f"{counted(prune.stages, 'stage')}, {prune.schedule}, {repetitions(spec)}"
    )
