"""The smallest network that is no worse than the dense one, and the run that proves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from spinn_engine.api.asking import make_spec, spec_options
from spinn_engine.api.run import Run, open_run
from spinn_engine.api.waiting import telling
from spinn_engine.artifacts.creation import check_spec_apart
from spinn_engine.errors import BadInputError
from spinn_engine.guarded.processes import end_idle
from spinn_engine.spec import PruneSpec
from spinn_engine.vocabulary import source_of
from spinn_engine.words import counted, fixed, percent

if TYPE_CHECKING:
    import pandas as pd

    from spinn_engine.api.asking import SpecLike
    from spinn_engine.smallest.find import Found

CRITERION = "obs"  # of searches, where none is asked for
SEEDS = (0, 1, 2, 3, 4)
OWN = ("criterion", "reconstruction", "max_bytes", "least_width")  # of a prune spec


@dataclass(frozen=True)
class Answer:
    """What a search found and its proof showed.

    Attributes:
        run: the proof, a run like any other; None where nothing smaller was found.
        hidden: widths of the smallest network that is no worse.
        params: its parameters.
        param_reduction: one minus these over the dense network's.
        route: ``pruning``, or ``new weights`` where those of these widths alone are no worse.
        r2: of that route on the test rows, mean over the proof's repetitions.
        dense_r2: of the dense network, trained as long.
        difference: their mean paired difference, with its interval and ``n``.
        proved: whether the interval allows no loss above the margin.
        margin: what may be lost.
        frontier: every network that was tried, with its validation R2 by each route.
        seconds: of all.
    """

    run: Run | None
    hidden: tuple[int, ...]
    params: int
    param_reduction: float
    route: str
    r2: float
    dense_r2: float
    difference: dict[str, Any]
    proved: bool
    margin: float
    frontier: list[dict[str, Any]]
    seconds: float

    @property
    def run_id(self) -> str | None:
        """Of the proof."""
        return self.run.run_id if self.run else None

    @property
    def headline(self) -> str:
        """One sentence: how small, by which route, and whether it is proved."""
        if self.run is None:
            return (
                "No smaller network was found that is no worse than the dense one within "
                f"{fixed(self.margin)} R2 on the validation rows."
            )
        size = f"{counted(self.params, 'parameter')}, {percent(self.param_reduction)} fewer"
        low, high = self.difference["low"], self.difference["high"]
        ends = "" if low is None else f" [{fixed(low)}, {fixed(high)}], n = {self.difference['n']}"
        told = f"{fixed(self.difference['mean'])} R2{ends}"
        verdict = (
            f"no worse than the dense network trained as long within {fixed(self.margin)} R2"
            if self.proved
            else f"not shown to be no worse within {fixed(self.margin)} R2"
        )
        return f"{size}, by {self.route}: {verdict} on the test rows ({told})."

    def frame(self) -> pd.DataFrame:
        """The frontier, a row a network."""
        import pandas as pd

        return pd.DataFrame(self.frontier)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        plain = {name: value for name, value in asdict(self).items() if name != "run"}
        return {"run_id": self.run_id, **plain, "hidden": list(self.hidden)}


@spec_options
def smallest(
    spec: SpecLike | None = None,
    *,
    progress: bool = True,
    on_line: Callable[[str], None] | None = None,
    **options: Any,
) -> Answer:
    """Find the smallest network that loses at most ``margin`` R2 against the dense one; prove it.

    The search judges on the validation rows; its answer is proved by a run of its own, with seeds
    that it never saw, on the test rows. A search that was stopped goes on when asked again.

    Args:
        spec: what to start from; see ``make_spec``.
        progress: whether to say on standard error what was tried.
        on_line: called with a line about each network.
        options: values by flat names; of pruning ``criterion``, ``reconstruction``, ``max_bytes``
            and ``least_width``.

    Raises:
        BadInputError: as ``make_spec``; or an amount is asked for, the data are an equation, the
            dense network is imported, or there is a single seed.
        SpinnError: training diverged, memory ran out, or a file cannot be written.
    """
    start = time.monotonic()
    asked = make_spec(spec, **options)
    usual = PruneSpec()
    wrong = [
        name
        for name in sorted(asked.prune.model_fields_set - {*OWN})
        if getattr(asked.prune, name) != getattr(usual, name)  # one that is not given is set too
    ]
    if wrong:
        raise BadInputError(f"a search finds the widths itself: leave {wrong[0]} out")
    source = source_of(asked.data.source)
    if asked.model.dense is not None or (source is not None and source.equation):
        raise BadInputError(
            "a search trains its own dense networks on rows of data: leave out an imported "
            "network, and equations"
        )
    own = {name: getattr(asked.prune, name) for name in asked.prune.model_fields_set & {*OWN}}
    prune = PruneSpec.model_validate({"criterion": CRITERION, "round_to": 1, **own})
    seeds = asked.seeds if "seeds" in asked.model_fields_set else SEEDS
    asked = asked.model_copy(update={"prune": prune, "seeds": seeds})
    checked = check_spec_apart(asked)
    end_idle()
    from spinn_engine.smallest.find import find
    from spinn_engine.smallest.proof import prove

    with telling(progress) as tell:

        def told(line: str) -> None:
            tell(line, "")
            if on_line:
                on_line(line)

        found = find(checked.spec, told)
        if found.answer is None:
            return _nothing(found, asked.compare.margin, start)
        folder, shown = prove(checked.spec, found)
    answer = found.answer
    return Answer(
        run=open_run(folder),
        hidden=answer.hidden,
        params=answer.params,
        param_reduction=1 - answer.params / found.dense_params,
        route=found.route,
        **shown,
        margin=asked.compare.margin,
        frontier=_frontier(found),
        seconds=time.monotonic() - start,
    )


def _nothing(found: Found, margin: float, start: float) -> Answer:
    """The answer where only the dense network is good enough."""
    dense = _mean(found.dense_r2)
    none = {"mean": None, "low": None, "high": None, "n": 0}
    return Answer(
        None, found.dense_hidden, found.dense_params, 0.0, "", dense, dense, none, False, margin,
        _frontier(found), time.monotonic() - start,
    )  # fmt: skip


def _frontier(found: Found) -> list[dict[str, Any]]:
    """What was tried, from large to small; ``r2`` is the better route's."""
    rows = []
    for trial in found.trials:
        each = {name: _mean(getattr(trial, name)) for name in ("one_shot", "pruned", "new")}
        as_long, best = _mean(trial.new_as_long), max(each["pruned"], each["new"])
        rows.append(
            {
                "hidden": list(trial.hidden),
                "params": trial.params,
                "r2": best,
                **each,
                "new_as_long": as_long,
                "updates": trial.updates,
            }
        )
    return rows


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
