"""Command-line options that make a RunSpec; the defaults stand in the spec alone."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import AMOUNTS, RunSpec, Scaling
from spinn_engine.vocabulary import (
    ACTIVATIONS,
    CONTROLS,
    CRITERIA,
    RECONSTRUCTIONS,
    SCHEDULES,
    spoken_sources,
)


def names(text: str) -> list[str]:
    """Column names or other words, parted by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def widths(text: str) -> list[int]:
    """Hidden widths as a person writes them: ``512,512,256``."""
    try:
        return [int(width) for width in names(text)]
    except ValueError:
        message = f"expected whole numbers like 512,512,256 but got {text!r}"
        raise argparse.ArgumentTypeError(message) from None


def _stages(text: str) -> list[list[int]]:
    return [widths(stage) for stage in text.split(";") if stage.strip()]


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError(f"expected yes or no but got {text!r}")
    return text == "yes"


@dataclass(frozen=True)
class Option:
    """One option: its flag, the spec field it sets, how its text is read, and what it is."""

    flag: str
    field: str
    read: Any
    help: str


DATA_OPTIONS = [
    Option("--data", "data.source", str, spoken_sources()),
    Option("--targets", "data.targets", names, "target columns of a table, comma-separated"),
    Option("--group", "data.group", str, "column whose equal values stay in one part of the split"),
    Option("--time", "data.time", str, "column that orders the rows of a group"),
    Option("--drop", "data.drop", names, "columns that are not to be inputs, comma-separated"),
]
PLAN_OPTIONS = [
    *DATA_OPTIONS,
    Option("--hidden", "model.hidden", widths, "hidden widths of the dense network"),
    Option("--dense", "model.dense", str, "a checkpoint whose network is pruned as it is"),
    Option(
        "--dense-scaling",
        "model.dense_scaling",
        str,
        f"which sides it has standardised: {', '.join(get_args(Scaling))}",
    ),
    Option("--activation", "model.activation", str, ", ".join(ACTIVATIONS)),
    Option("--stages", "prune.stages", int, "number of pruning stages"),
    Option("--schedule", "prune.schedule", str, ", ".join(SCHEDULES)),
    Option("--pruning-ratio", "prune.pruning_ratio", float, "share of neurons a stage removes"),
    Option("--param-reduction", "prune.param_reduction", float, "share of parameters gone at last"),
    Option("--mac-reduction", "prune.mac_reduction", float, "share of MACs gone at last"),
    Option("--max-bytes", "prune.max_bytes", int, "most bytes of the float32 weights at last"),
    Option("--widths", "prune.widths", _stages, "custom stages: 384,384,384,192;256,256,256,128"),
    Option(
        "--round-to",
        "prune.round_to",
        int,
        "pruned widths become multiples of this (default: of 8 if that fits)",
    ),
    Option("--least-width", "prune.least_width", int, "no layer gets fewer neurons"),
]
RUN_OPTIONS = [
    *PLAN_OPTIONS,
    Option("--epochs", "train.epochs", int, "epochs of the dense network"),
    Option("--fine-tune-epochs", "train.fine_tune_epochs", int, "epochs after each pruning"),
    Option("--batch-size", "train.batch_size", int, "rows of one update"),
    Option("--lbfgs-iterations", "train.lbfgs_iterations", int, "L-BFGS after them, for burgers"),
    Option(
        "--fine-tune-lbfgs-iterations",
        "train.fine_tune_lbfgs_iterations",
        int,
        "and after each pruning",
    ),
    Option("--learning-rate", "train.learning_rate", float, "peak rate of the dense network"),
    Option(
        "--fine-tune-learning-rate", "train.fine_tune_learning_rate", float, "and of the others"
    ),
    Option("--device", "train.device", str, "auto, cpu, cuda, cuda:1, mps or xpu"),
    Option("--non-negative", "physics.non_negative", float, "weight against targets below zero"),
    Option("--monotone", "physics.monotone", float, "weight against targets that fall in time"),
    Option("--wear-law", "physics.wear_law", float, "weight of the wear rate law"),
    Option("--heat-balance", "physics.heat_balance", float, "weight of the heat balance"),
    Option("--fit-coefficients", "physics.fit_coefficients", _yes, "yes: learn the laws' factors"),
    Option("--physics-targets", "physics.targets", names, "targets of the first two"),
    Option("--criterion", "prune.criterion", str, f"how neurons are scored: {', '.join(CRITERIA)}"),
    Option("--reconstruction", "prune.reconstruction", str, ", ".join(RECONSTRUCTIONS)),
    Option("--controls", "compare.controls", names, f"arms to compare with: {', '.join(CONTROLS)}"),
    Option("--folds", "compare.folds", int, "grouped cross-validation with so many folds"),
    Option("--margin", "compare.margin", float, "R2 that pruning may cost and be no worse"),
]


def add_spec_options(parser: argparse.ArgumentParser, options: list[Option]) -> None:
    """Give a command ``--spec`` and the ``options``; a flag that is not used sets nothing."""
    parser.add_argument("--spec", type=Path, help="a RunSpec in JSON; other options override it")
    for option in options:
        parser.add_argument(
            option.flag, dest=option.field, type=option.read, default=argparse.SUPPRESS,
            metavar=option.flag.removeprefix("--").replace("-", "_").upper(), help=option.help,
        )  # fmt: skip
    parser.add_argument(
        "--drop-flagged", action="store_true", help="drop the columns that check advises to drop"
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Give a command all options of a run, ``--seeds N``, ``--seed FIRST`` and ``--out``."""
    add_spec_options(parser, RUN_OPTIONS)
    parser.add_argument("--seeds", type=int, metavar="N", help="repetitions of the whole run")
    parser.add_argument("--seed", type=int, metavar="FIRST", help="seed of the first of them")
    parser.add_argument("--out", metavar="FOLDER", help="the store, else $SPINN_RESULTS, results")


def spec_from(arguments: argparse.Namespace) -> RunSpec:
    """The spec that the options ask for.

    Raises:
        BadInputError: the spec file or an option is not acceptable.
    """
    base = RunSpec.from_file(arguments.spec) if arguments.spec else RunSpec()
    data: dict[str, Any] = base.model_dump(exclude_unset=True)
    prune = data.setdefault("prune", {})
    given = {name: value for name, value in vars(arguments).items() if "." in name}
    if any(f"prune.{name}" in given for name in AMOUNTS):
        if "prune.widths" in given or prune.get("widths") is not None:
            prune.pop("schedule", None)  # the custom one comes and goes with its widths
        prune |= dict.fromkeys(AMOUNTS)
    if "model.dense" in given:
        data["model"] = {}  # another network has other widths
    for name, value in given.items():
        part, field = name.split(".")
        data.setdefault(part, {})[field] = value
    seeds, first = getattr(arguments, "seeds", None), getattr(arguments, "seed", None)
    if seeds is not None or first is not None:
        if seeds is not None and seeds < 1:
            raise BadInputError(f"--seeds must be at least 1 but got {seeds}")
        start = base.seeds[0] if first is None else first
        data["seeds"] = list(range(start, start + (seeds or len(base.seeds))))
    spec = RunSpec.from_dict(data, where="options")
    return api.without_flagged(spec) if arguments.drop_flagged else spec
