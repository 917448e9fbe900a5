"""A finished run: its figures, its stages, and R2 against parameters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.charts.tradeoff import points_of, tradeoff
from dashboard.parts import elements, formats, markup
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS


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
    elements.picture(
        *tradeoff(result["stages"], result["arms"], mean_ceiling(result), elements.is_dark()),
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
    elements.folded_table(
        "The picture in numbers",
        tradeoff_rows(result),
        alt="Parameters and R2 on the test rows of every stage and arm, and of each seed",
        key="tradeoff_numbers",
    )


def tradeoff_rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """A row a mean of the trade-off picture, with the dots around it, and the linear model."""
    linear = [arm for arm in result["arms"] if arm["arm"] == "linear"]
    means = [(p.arm, p.name, p.params, p.r2) for p in points_of(result["stages"], result["arms"])]
    means += [("linear", ARMS["linear"].label, arm["params"], arm["r2"]) for arm in linear]
    return [
        {
            markup.ARM: arm,
            "Arm": ARMS[arm].label.replace(" ", formats.NO_BREAK),
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
            "Stage": elements.stage_name(row["stage"]),
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
    elements.table(rows, alt="Widths, size and R2 of every stage")
    n = rows[0]["n"]
    over = formats.repetitions(spec_of(result))
    interval = f"Brackets: 95 % t interval over {over}." if n > 1 else "One seed: no interval."
    ceiling = result["ceiling"] or {}
    best = ", ".join(f"{formats.plain(name)} {value:.4f}" for name, value in ceiling.items())
    reach = f" The noise in the data allows at best {best}." if best else ""
    st.caption(f"R² on the test rows, in the targets' own units. {interval}{reach}")
