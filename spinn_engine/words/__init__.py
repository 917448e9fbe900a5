"""Numbers, sizes, durations and lists as text: one text for one fact, wherever a person reads it.

The terminal, the pages and the report show the same text, and so do the sentences of the engine:

- A number below zero has a true minus sign (U+2212), and one that rounds to zero has no sign. In
  JSON a number is a number; only its sentences are written as here.
- Whole numbers and the whole part of decimals have a comma at every thousand.
- A unit stands after a space: ``68.5 %``, ``833 kB``, ``12 min 30 s``. The space is a plain one, so
  that text can be searched; ``tied`` keeps both on one line of a page.

Imports neither torch nor NumPy.
"""

from spinn_engine.words.figures import (
    Figure,
    bounds,
    decimals_for,
    decimals_of,
    difference_decimals,
    estimate,
    in_percent,
    paired_difference,
    repeated,
    repetitions,
    score_of,
    signed_range,
)
from spinn_engine.words.measures import duration, latency, latency_difference, size
from spinn_engine.words.numbers import (
    DASH,
    MINUS,
    TIMES,
    count,
    factor,
    fixed,
    percent,
    quantity,
    scientific,
    short_count,
    shortest,
    signed,
    significant,
)
from spinn_engine.words.speed import (
    UNUSABLE,
    measured_factor,
    speed_up,
    speed_up_estimate,
    unusable_reason,
)
from spinn_engine.words.text import (
    NO_BREAK,
    capitalised,
    counted,
    errors_of,
    harmless_cell,
    listed,
    listed_as,
    names_in,
    names_text,
    shown,
    shown_list,
    tied,
    typeset,
    visible,
    widths,
)

__all__ = [
    "DASH",
    "MINUS",
    "NO_BREAK",
    "TIMES",
    "UNUSABLE",
    "Figure",
    "bounds",
    "capitalised",
    "count",
    "counted",
    "decimals_for",
    "decimals_of",
    "difference_decimals",
    "duration",
    "errors_of",
    "estimate",
    "factor",
    "fixed",
    "harmless_cell",
    "in_percent",
    "latency",
    "latency_difference",
    "listed",
    "names_in",
    "names_text",
    "measured_factor",
    "paired_difference",
    "percent",
    "quantity",
    "repeated",
    "repetitions",
    "scientific",
    "score_of",
    "short_count",
    "shortest",
    "shown",
    "listed_as",
    "shown_list",
    "signed",
    "signed_range",
    "significant",
    "size",
    "speed_up",
    "speed_up_estimate",
    "tied",
    "typeset",
    "unusable_reason",
    "visible",
    "widths",
]
