"""Command-line options that make a RunSpec; the defaults stand in the spec alone."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _widths(text: str) -> list[int]:
    try:
        return [int(width) for width in _names(text)]
    except ValueError:
        message = f"expected whole numbers like 512,512,256 but got {text!r}"
        raise argparse.ArgumentTypeError(message) from None


@dataclass(frozen=True)
class Option:
    """One option: its flag, the spec field it sets, how its text is read, and what it is."""

    flag: str
    field: str
    read: Any
    help: str


PLAN_OPTIONS = [
    Option("--data", "data.source", str, "milling-sim, or table:PATH (CSV, Parquet or a folder)"),
    Option("--targets", "data.targets", _names, "target columns of a table, comma-separated"),
    Option("--group", "data.group", str, "column whose equal values stay in one part of the split"),
    Option("--drop", "data.drop", _names, "columns that are not to be inputs, comma-separated"),
    Option("--hidden", "model.hidden", _widths, "hidden widths of the dense network"),
    Option("--stages", "prune.stages", int, "number of pruning stages"),
    Option("--schedule", "prune.schedule", str, "uniform or sequential"),
    Option("--pruning-ratio", "prune.pruning_ratio", float, "share of neurons a stage removes"),
    Option("--param-reduction", "prune.param_reduction", float, "share of parameters gone at last"),
]
RUN_OPTIONS = [
    *PLAN_OPTIONS,
    Option("--activation", "model.activation", str, "tanh, relu, gelu, silu or sigmoid"),
    Option("--epochs", "train.epochs", int, "epochs of the dense network"),
    Option("--fine-tune-epochs", "train.fine_tune_epochs", int, "epochs after each pruning"),
    Option("--batch-size", "train.batch_size", int, "rows of one update"),
    Option("--learning-rate", "train.learning_rate", float, "peak rate of the dense network"),
    Option(
        "--fine-tune-learning-rate", "train.fine_tune_learning_rate", float, "and of the others"
    ),
    Option("--device", "train.device", str, "auto, cpu, cuda, cuda:1, mps or xpu"),
    Option("--criterion", "prune.criterion", str, "how neurons are scored: l1"),
    Option("--reconstruction", "prune.reconstruction", str, "least_squares or none"),
]


def add_spec_options(parser: argparse.ArgumentParser, options: list[Option]) -> None:
    """Give a command ``--spec`` and the ``options``; a flag that is not used sets nothing."""
    parser.add_argument("--spec", type=Path, help="a RunSpec in JSON; other options override it")
    for option in options:
        parser.add_argument(
            option.flag, dest=option.field, type=option.read, default=argparse.SUPPRESS,
            metavar=option.flag.removeprefix("--").replace("-", "_").upper(), help=option.help,
        )  # fmt: skip


def add_seed_options(parser: argparse.ArgumentParser) -> None:
    """Give a command ``--seeds N`` and ``--seed FIRST``."""
    parser.add_argument("--seeds", type=int, metavar="N", help="repetitions of the whole run")
    parser.add_argument("--seed", type=int, metavar="FIRST", help="seed of the first of them")


def spec_from(arguments: argparse.Namespace) -> RunSpec:
    """The spec that the options ask for.

    Raises:
        BadInputError: the spec file or an option is not acceptable.
    """
    base = RunSpec.from_file(arguments.spec) if arguments.spec else RunSpec()
    data = base.model_dump()
    given = {name: value for name, value in vars(arguments).items() if "." in name}
    amounts = ("pruning_ratio", "param_reduction")
    if any(f"prune.{name}" in given for name in amounts):
        data["prune"] |= dict.fromkeys(amounts)
    for name, value in given.items():
        part, field = name.split(".")
        data[part][field] = value
    seeds, first = getattr(arguments, "seeds", None), getattr(arguments, "seed", None)
    if seeds is not None or first is not None:
        if seeds is not None and seeds < 1:
            raise BadInputError(f"--seeds must be at least 1 but got {seeds}")
        start = base.seeds[0] if first is None else first
        data["seeds"] = list(range(start, start + (seeds or len(base.seeds))))
    return RunSpec.from_dict(data, where="options")
