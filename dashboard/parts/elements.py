"""Pieces that several pages show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import fmean
from typing import Any

import streamlit as st

from dashboard.charts.architecture import architecture, in_words
from dashboard.charts.curves import curve_table, latest, loss_curves, r2_curve
from dashboard.charts.style import ARM_LABELS
from dashboard.charts.tradeoff import points_of, tradeoff
from dashboard.charts.vega import Spec, Tables
from dashboard.parts import formats, markup
from dashboard.reads import growing_files, run_files
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec


def is_dark() -> bool:
    """Whether the visitor's page is dark."""
    return st.context.theme.type == "dark"


def show_error(error: Exception) -> None:
    """An error of ours in one sentence; what it quotes is shown as text."""
    st.error(formats.plain(str(error)), icon=":material/error:")


def shapes(stages: Sequence[tuple[str, Sequence[int], str]]) -> str:
    """The drawn shape of each stage, side by side as the page is wide, as HTML.

    Args:
        stages: title, hidden widths and a line below; the dense network first.
    """
    dense, dark = stages[0][1], is_dark()
    drawn = [
        (architecture(hidden, dense, dark), in_words(title, hidden, dense), title, below)
        for title, hidden, below in stages
    ]
    return markup.pictures(drawn, 120) + markup.note(
        "A bar is a hidden layer, as wide as it has neurons, input side on top; the outline is the "
        "dense network."
    )


def picture(spec: Spec, tables: Tables, key: str, alt: str) -> None:
    """A Vega-Lite picture; ``alt`` stays as it is while only rows change, or it is built anew."""
    with st.container(key=key):
        st.vega_lite_chart({**spec, "datasets": tables}, alt=alt)


def shape(title: str, hidden: Sequence[int], dense: Sequence[int], dark: bool) -> None:
    """The drawn shape of one network, as wide as its place."""
    svg = architecture(hidden, dense, dark)
    st.image(svg, width="stretch", alt=in_words(title, hidden, dense))


def learning_curves(run_id: str) -> None:
    """Loss and validation R2 of every arm of a run so far, means over its members."""
    spec = run_files.run_spec(run_id)
    lines = growing_files.metrics(run_id)
    table = curve_table(lines, spec)
    if len(table) < 2:
        st.caption("The curves begin with the first epoch.")
        return
    loss, r2 = st.columns(2)
    loss.vega_lite_chart(
        table, loss_curves(spec, is_dark()), alt="Validation loss of every arm by epoch"
    )
    r2.vega_lite_chart(
        table, r2_curve(spec, is_dark()), alt="R2 of every arm on validation rows by epoch"
    )
    last = lines[-1]
    st.caption(
        f"Means over {formats.repetitions(spec)}; the training loss is that of the dense and the "
        f"structured network. Latest epoch, {ARM_LABELS[last['arm']]}: validation loss "
        f"{fmean(last['val_loss']):.4g}, R² {fmean(last['val_r2']):.4f}."
    )
    numbers(
        "The curves in numbers",
        [curve_row(line) for line in latest(lines)],
        alt="The latest epoch of every arm in every stage: losses and R2, means over its members",
        key=f"curves_{run_id}",
    )


def curve_row(line: dict[str, Any]) -> dict[str, Any]:
    """How far an arm has come in a stage, and where it stands."""
    return {
        markup.ARM: line["arm"],
        "Arm": ARM_LABELS[line["arm"]].replace(" ", formats.NO_BREAK),
        "Stage": stage_name(line["stage"]),
        "Epoch": f"{line['epoch']} of {line['epochs']}",
        "Training loss": f"{fmean(line['train_loss']):.4g}" if line["train_loss"] else "–",
        "Validation loss": f"{fmean(line['val_loss']):.4g}",
        "R² on validation rows": formats.decimal(fmean(line["val_r2"])),
    }


def stage_name(stage: int) -> str:
    """``Dense`` or ``Stage 2``, never broken between lines."""
    return f"Stage\N{NO-BREAK SPACE}{stage}" if stage else "Dense"


def table(rows: Sequence[markup.Row], alt: str) -> None:
    """A small table, as ``markup.table`` has it."""
    st.html(markup.table(rows, alt))


@st.fragment
def folded(title: str, icon: str, key: str, draw: Callable[[], object]) -> None:
    """Something that is drawn only while it is unfolded, so that its page opens sooner.

    Args:
        title: what is unfolded.
        icon: beside the title, as ``:material/table:``.
        key: of the fold, one on its page.
        draw: draws what is in it.
    """
    fold = st.expander(title, icon=icon, key=key, on_change="rerun")
    if fold.open:
        with fold:
            try:
                draw()
            except SpinnError as error:  # no page is around a fragment that runs by itself
                show_error(error)


def numbers(title: str, rows: Sequence[dict[str, Any]], alt: str, key: str) -> None:
    """The table behind a picture, folded away below it.

    Args:
        title: what is unfolded.
        rows: one dict a row, as ``table`` takes them.
        alt: what the table is, in words.
        key: of the fold, one on its page.
    """
    folded(title, ":material/table:", key, partial(table, rows, alt))


def headline(result: dict[str, Any]) -> None:
    """The figures of a finished run, each with its difference to the dense network."""
    dense, last = result["stages"][0], result["stages"][-1]
    structured = next(arm for arm in result["arms"] if arm["arm"] == "structured")
    batch = list(structured["speed_up"])[-1]
    r2 = last["r2"]["mean"] - dense["r2"]["mean"]
    figures = [
        (
            "Parameters",
            f"{formats.MINUS}{formats.percent(last['param_reduction'])}",
            f"{dense['params']:,} → {last['params']:,}",
        ),
        (
            f"R² on test rows, mean of n = {last['r2']['n']}",
            formats.decimal(last["r2"]["mean"]),
            f"{formats.signed(r2)} to dense {formats.decimal(dense['r2']['mean'])}",
        ),
        (
            f"Speed at batch {int(batch):,}",
            formats.factor(structured["speed_up"][batch]),
            f"MAC ratio {formats.factor(structured['mac_ratio'])}",
        ),
        (
            "File",
            formats.size(last["file_bytes"]),
            f"{formats.percent(last['file_bytes'] / dense['file_bytes'])} of "
            f"{formats.size(dense['file_bytes'])}",
        ),
    ]
    st.html(f'<div class="headline">{markup.figures(figures)}</div>')


def tradeoff_chart(result: dict[str, Any]) -> None:
    """R2 against parameters for every arm, with what the figures rest on."""
    data, spec = result["data"], spec_of(result)
    picture(
        *tradeoff(result["stages"], result["arms"], mean_ceiling(result), is_dark()),
        key="tradeoff",
        alt="R2 on the test rows against parameters for each stage and arm; the numbers are in the "
        "tables",
    )
    kind = " (simulated data)" if data["simulated"] else ""
    several = result["stages"][0]["r2"]["n"] > 1
    spread = (
        f"a faint dot a seed, mean and 95 % interval over {formats.repetitions(spec)}"
        if several
        else "n = 1, no interval"
    )
    st.caption(
        f"{formats.plain(data['source'])}{kind}, {tested_rows(result)}; {spread}. R² is the mean "
        "over the targets. Arms of equal size stand side by side; magnitude pruning keeps the "
        "dense shape, so it stands at the dense size."
    )
    numbers(
        "The picture in numbers",
        tradeoff_rows(result),
        alt="Parameters and R2 on the test rows of every stage and arm, and of each seed",
        key="tradeoff_numbers",
    )


def tradeoff_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a mean of the trade-off picture, with the dots around it, and the linear model."""
    linear = [arm for arm in result["arms"] if arm["arm"] == "linear"]
    means = [(p.arm, p.name, p.params, p.r2) for p in points_of(result["stages"], result["arms"])]
    means += [("linear", ARM_LABELS["linear"], arm["params"], arm["r2"]) for arm in linear]
    return [
        {
            markup.ARM: arm,
            "Arm": ARM_LABELS[arm].replace(" ", formats.NO_BREAK),
            "Size": name.replace(" ", formats.NO_BREAK) if name.startswith("stage") else "",
            "Parameters": params,
            "R² on test rows": formats.estimate(r2),
            "n": r2["n"],
            "Each repetition": f",{formats.NO_BREAK}".join(map(formats.decimal, r2["per_seed"])),
        }
        for arm, name, params, r2 in means
    ]


def spec_of(result: dict[str, Any]) -> RunSpec:
    """The spec that a result was made from."""
    return RunSpec.from_dict(result["spec"])


def tested_rows(result: dict[str, Any]) -> str:
    """How many rows the R2 of a result rests on."""
    rows = result["data"]["rows"]
    if result["folds"] > 1:
        return f"each of {sum(rows.values()):,} rows tested in one of {result['folds']} folds"
    return f"{rows['test']:,} test rows"


def mean_ceiling(result: dict[str, Any]) -> float | None:
    """The best overall R2 that the noise of the data allows, where it is known."""
    ceiling = result["ceiling"]
    return sum(ceiling.values()) / len(ceiling) if ceiling else None


def result_table(result: dict[str, Any]) -> None:
    """A row a stage of a finished run, R2 on the test rows with its 95 % interval."""
    rows = [
        {
            "Stage": stage_name(row["stage"]),
            "Hidden widths": formats.widths(row["hidden"]),
            "Parameters": row["params"],
            "Reduction": formats.percent(row["param_reduction"]) if row["stage"] else "",
            "File bytes": row["file_bytes"],
            "R²": formats.estimate(row["r2"]),
            **(
                {"Relative L2 error": formats.estimate(row["relative_l2"], 5)}
                if "relative_l2" in row
                else {}
            ),
            **{
                f"R² {target}": formats.estimate(scores["r2"])
                for target, scores in row["per_output"].items()
            },
            "n": row["r2"]["n"],
        }
        for row in result["stages"]
    ]
    table(rows, alt="Widths, size and R2 of every stage")
    n = rows[0]["n"]
    over = formats.repetitions(spec_of(result))
    interval = f"Brackets: 95 % t interval over {over}." if n > 1 else "One seed: no interval."
    ceiling = result["ceiling"] or {}
    best = ", ".join(f"{formats.plain(name)} {value:.4f}" for name, value in ceiling.items())
    reach = f" The noise in the data allows at best {best}." if best else ""
    st.caption(f"R² on the test rows, in the targets' own units. {interval}{reach}")
