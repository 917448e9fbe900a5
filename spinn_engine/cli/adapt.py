"""The command ``adapt``: a finished run's networks meet new rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from spinn_engine import api
from spinn_engine.cli.console import ERRORS, OUT, print_json
from spinn_engine.cli.views.tables import new_table
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.words import duration, estimate, percent, short_count, widths


def adapt(
    run_id: str,
    data: str | None,
    batch_rows: int | None,
    frozen: float,
    arms: list[str],
    as_json: bool,
    **reading: Any,
) -> None:
    """``adapt``: predict every batch of new rows, then learn from it."""
    settings = api.AdaptSettings(batch_rows, frozen, tuple(arms))
    given = {k.removeprefix("data."): value for k, value in reading.items() if value is not None}
    with _Bar() as on_batch:
        result = api.adapt(run_id, data, settings, on_batch, given, _tell)
    if as_json:
        print_json(result)
        return
    for note in result["data"]["notes"]:
        OUT.print(escape(note))
    for network in result["networks"]:
        OUT.print(_table(result, network))
    for sentence in result["words"]:
        OUT.print(f"- {sentence}")
    OUT.print(f"\nfigures in adaptation/{result['name']}.json of run {result['run_id']}")


def _tell(findings: Sequence[Finding]) -> None:
    """Say what is found in the rows before anything learns from them."""
    for one in findings:
        ERRORS.print(escape(f"{one.severity}: {one.message} {one.advice}"))


class _Bar:
    """A progress bar over the batches on standard error; without a terminal, one line a batch."""

    def __init__(self) -> None:
        columns = (TextColumn("batch"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=ERRORS, transient=True)

    def __enter__(self) -> Callable[[int, int], None]:
        task = self.bar.add_task("batches")

        def on_batch(done: int, batches: int) -> None:
            if not ERRORS.is_terminal:
                ERRORS.print(f"batch {done} of {batches}")
                return
            self.bar.start()
            self.bar.update(task, completed=done, total=batches)

        return on_batch

    def __exit__(self, *_: object) -> None:
        if self.bar.live.is_started:  # to stop what never began would print an empty line
            self.bar.stop()


def _table(result: dict[str, Any], network: dict[str, Any]) -> Table:
    """The arms of one network: what each gave on coming rows, kept on old ones, and cost."""
    headers = (
        "R2 on\ncoming rows", "gain\nover none", "R2 on old\ntest rows", "time", "MACs",
        "updated\nparams", "time\nof full", "MACs\nof full",
    )  # fmt: skip
    shown = new_table("arm", right=headers)
    for arm in network["arms"]:
        share = arm["share_of_full"]
        shares = [""] * 2 if share is None else [percent(share[k]) for k in ("seconds", "macs")]
        shown.add_row(
            arm["arm"],
            _in_two_lines(arm["r2"]),
            "" if arm["gain"] is None else _in_two_lines(arm["gain"]),
            _in_two_lines(arm["test_r2_after"]),
            duration(arm["seconds"]),
            short_count(arm["macs"]),
            f"{arm['updated_params']:,}",
            *shares,
        )
    shown.title = f"{network['network']} ({network['trained_as']}), {widths(network['hidden'])}"
    shown.caption = _caption(result, network)
    return shown


def _in_two_lines(value: dict[str, Any]) -> str:
    """A mean, and its interval below, so that a row fits on a terminal."""
    return escape(estimate(value).replace(" [", "\n["))


def _caption(result: dict[str, Any], network: dict[str, Any]) -> str:
    data, repetitions = result["data"], len(result["seeds"]) * result["folds"]
    simulated = ", simulated" if data["simulated"] else ""
    before = network["test_r2_before"]
    interval = (
        "one network, so no interval"
        if repetitions == 1
        else f"mean and 95 % interval over {repetitions} networks"
    )
    return escape(
        f"{data['rows']:,} new rows ({data['source']}{simulated}) in {len(result['batches'])} "
        f"batches; R2 on the old test rows before {estimate(before)}; {interval}; "
        "time of all networks together, MACs and parameters of one"
    )
