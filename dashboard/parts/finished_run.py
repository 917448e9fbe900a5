"""A finished run: its figures, its stages, and R2 against parameters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts.tradeoff import tradeoff_picture, tradeoff_points
from dashboard.parts import elements, markup
from dashboard.parts.markdown import plain
from dashboard.parts.spec_words import taken_over
from spinn_engine import api
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS, LONGER, REFERENCE, SUBJECT
from spinn_engine.words import (
    DASH,
    decimals_of,
    errors_of,
    estimate,
    factor,
    fixed,
    listed,
    percent,
    score_of,
    size,
    speed_up,
    unusable_reason,
    widths,
)


def key_figures(result: dict[str, Any]) -> None:
    """The figures of a finished run, each beside the dense network's; R2 beside the fair one."""
    dense, last = result["stages"][0], result["stages"][-1]
    digits = decimals_of(result)
    fair, r2 = fair_dense(result)
    structured = next(arm for arm in result["arms"] if arm["arm"] == SUBJECT)
    batch = list(structured["speed_up"])[-1]
    figures = [
        (
            "Parameters",
            percent(-last["param_reduction"]),
            f"{dense['params']:,} → {last['params']:,}",
        ),
        (
            f"R² on test rows, mean of n = {last['r2']['n']}",
            fixed(last["r2"]["mean"], digits),
            f"{fair} {fixed(r2, digits)}",
        ),
        (
            f"Speed at batch {int(batch):,}",
            speed_up(result, structured, batch),
            f"MAC ratio {factor(structured['mac_ratio'])}",
        ),
        (
            "File",
            size(last["file_bytes"]),
            f"{percent(last['file_bytes'] / dense['file_bytes'])} of {size(dense['file_bytes'])}",
        ),
    ]
    st.html(f'<div class="headline">{markup.figures(figures)}</div>')
    if reason := unusable_reason(result, batch):
        st.caption(plain(reason))


def show_errors(result: dict[str, Any]) -> None:
    """What the checks call errors in the data that a result comes from."""
    if errors := errors_of(result["checks"]):
        st.warning(f"{plain(errors)}.", icon=":material/warning:")


def fair_dense(result: dict[str, Any]) -> tuple[str, float]:
    """What R2 of a pruned network stands beside: the dense network trained as long, if it was run.

    Returns:
        What that is called, and the mean of its R2.
    """
    arms = {arm["arm"]: arm for arm in result["arms"]}
    name = LONGER if LONGER in arms else REFERENCE
    return ARMS[name].label, float(arms[name]["r2"]["mean"])


def tradeoff_chart(result: dict[str, Any]) -> None:
    """R2 against parameters for every arm, with what the figures rest on."""
    data, spec = result["data"], spec_of(result)
    elements.picture(
        *tradeoff_picture(
            result["stages"], result["arms"], mean_ceiling(result), elements.is_dark()
        ),
        key="tradeoff",
        alt="R2 on the test rows against parameters for each stage and arm; the numbers are in the "
        "tables",
    )
    kind = " (simulated data)" if data["simulated"] else ""
    several = result["stages"][0]["r2"]["n"] > 1
    spread = (
        f"a faint dot a seed, mean and 95 % interval over {taken_over(spec)}"
        if several
        else "n = 1, no interval"
    )
    st.caption(
        f"{plain(data['source'])}{kind}, {tested_rows(result)}; {spread}. R² is the mean "
        "over the targets. Arms of equal size stand side by side; magnitude pruning keeps the "
        "dense shape, so it stands at the dense size."
    )
    elements.folded_table(
        "The picture in numbers",
        tradeoff_rows(result),
        alt="Parameters and R2 on the test rows of every stage and arm, and of each seed",
        key="tradeoff_numbers",
    )


def tradeoff_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a mean of the trade-off picture, with the dots around it, and what was fitted."""
    digits = decimals_of(result)
    fitted = [arm for arm in result["arms"] if ARMS[arm["arm"]].block is None]
    means = [
        (p.arm, p.name, p.params, p.r2) for p in tradeoff_points(result["stages"], result["arms"])
    ]
    means += [(arm["arm"], "", arm["params"], arm["r2"]) for arm in fitted]
    return [
        {
            markup.ARM: arm,
            "Arm": ARMS[arm].label,
            "Size": name if name.startswith("stage") else "",
            "Parameters": params,
            "R² on test rows": estimate(r2, digits),
            "n": r2["n"],
            "Each repetition": ", ".join(fixed(value, digits) for value in r2["per_seed"]),
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
            "Stage": elements.stage_name(row["stage"]),
            "Epoch kept": api.stage_kept(result, row["stage"]) or DASH,
            "Hidden widths": widths(row["hidden"]),
            "Parameters": row["params"],
            "Reduction": percent(row["param_reduction"]) if row["stage"] else "",
            "File": size(row["file_bytes"]),
            "R²": score_of(result, row),
            **(
                {"Relative L2 error": score_of(result, row, "relative_l2")}
                if "relative_l2" in row
                else {}
            ),
            **{
                f"R² {target}": score_of(result, row, target=target) for target in row["per_output"]
            },
            "n": row["r2"]["n"],
        }
        for row in result["stages"]
    ]
    elements.table(rows, alt="Epoch kept, widths, size and R2 of every stage")
    n = rows[0]["n"]
    over = taken_over(spec_of(result))
    interval = f"Brackets: 95 % interval over {over}." if n > 1 else "One seed: no interval."
    ceiling = result["ceiling"] or {}
    best = listed(f"{plain(name)} {fixed(value)}" for name, value in ceiling.items())
    reach = f" The noise in the data allows at best {best}." if best else ""
    st.caption(
        f"R² on the test rows, in the targets' own units. {interval}{reach} Epoch kept: the one "
        "with the lowest validation loss, over all networks of the stage."
    )
