"""The report as one HTML file: it brings all that it shows, and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from spinn_engine.evaluation.answers import answered
from spinn_engine.evaluation.headline import headline
from spinn_engine.evaluation.outcomes import COST
from spinn_engine.evaluation.remarks import training_remarks
from spinn_engine.report.facts import Facts
from spinn_engine.report.figures.catalogue import Picture
from spinn_engine.report.figures.inline_svg import inline_svg
from spinn_engine.report.limits import limits
from spinn_engine.report.table import Table
from spinn_engine.vocabulary import ARMS, NETWORKS, OUTCOMES, QUESTIONS
from spinn_engine.words import counted, listed, percent, shown, tied, typeset, widths

FILES = (
    ("report.tex", "a document of the tables, figures and methods, for pdflatex"),
    ("tables/*.tex", "the tables (booktabs)"),
    ("figures/*.svg, figures/*.pdf", "the figures at the width of a column"),
    ("methods.txt", "the methods as plain text"),
    ("spinn_structured_metrics.json", "the result of the run, as the run wrote it"),
    ("spec.json", "the spec of the run"),
    ("report.json", "these files with their SHA-256"),
)


def page(
    facts: Facts,
    tables: Mapping[str, Table],
    pictures: Mapping[str, Picture],
    methods: Sequence[str],
) -> bytes:
    """The page; everything that comes from the run is escaped."""
    made = Environment(
        loader=PackageLoader("spinn_engine.report", "templates"),
        autoescape=True,
        finalize=lambda value: tied(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    css = made.loader.get_source(made, "style.css")[0] if made.loader else ""
    svg = {name: {"caption": one.caption, "svg": inline_svg(one)} for name, one in pictures.items()}
    text = made.get_template("report.html.jinja").render(
        title=title(facts),
        css=css,
        badges=badges(facts),
        facts=_facts(facts),
        headline=typeset(headline(facts.result)),
        verdict=verdict(facts),
        remarks=remarks(facts),
        tables=tables,
        numbers=_numbers(tables),
        pictures=svg,
        figure_numbers=_numbers(pictures),
        methods=methods,
        limits=limits(facts),
        environment=_environment(facts),
        spec_json=facts.spec.to_json(),
        arms=ARMS,
        files=FILES,
    )
    return f"{text}\n".encode()


def title(facts: Facts) -> str:
    """What the report is called."""
    return f"Structured pruning, run {facts.result['run_id']}"


def badges(facts: Facts) -> list[str]:
    """What a reader must know of the data before any number."""
    data = facts.result["data"]
    found = ["an equation, no data"] if facts.equation else []
    if data["simulated"] and not facts.equation:
        found.append("simulated data")
    found += [f"{name} is modelled, not measured" for name in data["modelled"]]
    if facts.n == 1:
        found.append("n = 1, no intervals")
    return found


def verdict(facts: Facts) -> list[dict[str, str]]:
    """Every question that the controls answer: question, outcome, sentence, in reading order.

    What pruning cost for each target comes after what it cost.
    """
    found, asked = facts.result["verdict"], []
    for name, part in answered(found).items():
        asked.append((QUESTIONS[name].label, part))
        if name == COST.name:
            asked += [
                (_for_target(one), {**one, "sentence": one["numbers"]})
                for one in found.get("targets", ())
            ]
    return [
        {
            "question": question,
            "outcome": OUTCOMES[part["outcome"]].label if "outcome" in part else "",
            "sentence": typeset(part["sentence"]),
        }
        for question, part in asked
    ]


def remarks(facts: Facts) -> list[str]:
    """What to know of the rows and the training behind the verdict, a sentence each."""
    return [typeset(remark) for remark in training_remarks(facts.result)]


def _for_target(cost: Mapping[str, Any]) -> str:
    which = ", the worst target" if cost["worst"] else ""
    return f"Cost for {shown(cost['target'])}{which}"


def _numbers(names: Mapping[str, Any]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names, start=1)}


def _facts(facts: Facts) -> list[tuple[str, str]]:
    """The run at a glance."""
    data, prune = facts.result["data"], facts.spec.prune
    dense, last = facts.result["stages"][0], facts.result["stages"][-1]
    rows = data["rows"]
    parts = (f"{rows['train']:,} training", f"{rows['val']:,} validation", f"{rows['test']:,} test")
    groups = f"; {counted(data['groups'], 'group')}" if data["groups"] else ""
    split = (
        f"{sum(rows.values()):,} rows in {facts.folds} folds"
        if facts.folds > 1
        else ", ".join(parts)
    )
    criterion = prune.criterion.replace("_", " ")
    return [
        ("Run", facts.result["run_id"]),
        ("Made", facts.created.replace("T", " ").replace("+00:00", " UTC")),
        ("Data", data["source"]),
        ("Points" if facts.equation else "Rows", split + groups),
        ("Targets", listed(data["target_names"], most=6)),
        ("Dense network", f"{_kind(facts)}{widths(dense['hidden'])}, {_functions(facts)}"),
        ("Pruned network", widths(last["hidden"])),
        (
            "Parameters",
            f"{dense['params']:,} → {last['params']:,} ({percent(last['param_reduction'])} fewer)",
        ),
        (
            "Pruning",
            f"{counted(prune.stages, 'stage')}, {prune.schedule}, criterion {criterion}, "
            f"reconstruction {prune.reconstruction.replace('_', ' ')}",
        ),
        ("Repetitions", f"{facts.repetitions()} (n = {facts.n})"),
        ("Device", facts.device),
    ]


def _kind(facts: Facts) -> str:
    """The kind of a network that is no plain one."""
    model = facts.spec.model
    usual = type(model).model_fields["network"].default
    return "" if model.network == usual else f"{NETWORKS[model.network].label} "


def _functions(facts: Facts) -> str:
    """The activations of a network by name."""
    graph, behind = facts.graph, facts.graph.output_function
    pairs = zip(graph.activations, graph.activation_names, strict=True)
    names = ", ".join(dict.fromkeys(name for op, name in pairs if op != behind)) or "identity"
    return names if behind is None else f"{names}; {behind.function} behind the outputs"


def _environment(facts: Facts) -> list[tuple[str, str]]:
    """Versions, machine and the data's hash."""
    where = facts.result["environment"]
    names = {
        "spinn_engine": "SPINN Explorer",
        "torch": "PyTorch",
        "numpy": "NumPy",
        "python": "Python",
        "platform": "Platform",
        "device": "Device",
        "device_name": "Its name",
        "cpu_capability": "Instruction set",
        "threads": "Threads",
        "cpus": "CPUs",
    }
    found = [(word, str(where[key])) for key, word in names.items() if key in where]
    return [*found, ("SHA-256 of the data", facts.result["data"]["sha256"])]
