"""The options that make a RunSpec: a field, an option; its text, range and default are the spec's.

``spec_options(parts)`` makes them, ``spec_from(asked)`` reads what was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import product
from math import prod
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import click

from spinn_engine.cli.command import Option
from spinn_engine.cli.parameters import (
    NAMES,
    NUMBER,
    SHARE,
    STAGES,
    TEXT,
    WHOLE,
    WIDTHS,
    YES_NO,
    Kind,
    choice,
)
from spinn_engine.errors import BadInputError
from spinn_engine.spec import (
    AMOUNTS,
    MOST_SEEDS,
    OneOf,
    ReadingSpec,
    RunSpec,
    field_texts,
    given_in,
)
from spinn_engine.spec.shares import Share
from spinn_engine.vocabulary import SOURCES, written_sources
from spinn_engine.words import shortest

GROUPS = {
    "data": "Data",
    "model": "Network",
    "train": "Training",
    "prune": "Pruning",
    "compare": "Comparison",
    "physics": "Physics",
}
READING = "Reading of a table (what is not given is found, and said)"
FLAGS = {"data.source": "--data", "physics.targets": "--physics-targets"}
NO_OPTIONS = {"model.dense_sha256", "model.graph"}  # known once a run is made


def spec_options(parts: Sequence[str]) -> list[Option]:
    """An option for every field of some parts of a spec, and those that concern it as a whole."""
    options = [option for part in parts for option in _of_part(part)]
    if "compare" in parts:
        seeds = str(len(RunSpec.model_fields["seeds"].default))
        options += [
            Option(
                "--seeds", type=WHOLE, group="Comparison", show_default=seeds,
                help="repetitions of the whole run",
            ),
            Option(
                "--seed", type=WHOLE, metavar="FIRST", group="Comparison", show_default="0",
                help="of the first of them",
            ),
        ]  # fmt: skip
    return [
        *options,
        Option(
            "--target", "target", multiple=True, metavar="NAME", group="Data",
            help="one of the targets, whatever is in its name; may be given several times",
        ),
        Option(
            "--drop-flagged", is_flag=True, group="Data",
            help="drop the columns that check advises to drop",
        ),
        Option(
            "--spec", type=click.Path(path_type=Path), metavar="FILE",
            help="a RunSpec in JSON, which the other options change",
        ),
    ]  # fmt: skip


def reading_options() -> list[Option]:
    """An option for every field that says how a table is read."""
    return [option for option in _of_part("data") if option.group == READING]


def _of_part(part: str) -> list[Option]:
    defaults = RunSpec.model_fields[part].default
    texts = field_texts(type(defaults))
    fields = type(defaults).model_fields.items()
    return [
        Option(
            FLAGS.get(name) or "--" + field.replace("_", "-"),
            field=name,
            type=(kind := kind_of(field, info.annotation, info.metadata)),
            metavar=field.upper() if kind is TEXT else None,
            group=READING if field in ReadingSpec.model_fields else GROUPS[part],
            help=texts[field],
            show_default=_default(part, field),
        )
        for field, info in sorted(fields, key=lambda one: one[0] in ReadingSpec.model_fields)
        if (name := f"{part}.{field}") not in NO_OPTIONS
    ]


def _default(part: str, field: str) -> str | None:
    """The default, and those of sources that have another."""
    usual = getattr(RunSpec.model_fields[part].default, field)
    others = {name: row.defaults.get(part, {}) for name, row in SOURCES.items()}
    told = [f"{name}: {_shown(one[field])}" for name, one in others.items() if field in one]
    known = [] if usual in (None, ()) else [_shown(usual)]
    return "; ".join([*known, *told]) or None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return (", " if isinstance(value[0], str) else ",").join(map(str, value))
    return shortest(value) if isinstance(value, float) else str(value)


def kind_of(field: str, annotation: Any, metadata: Sequence[Any] = ()) -> Kind:
    """How the text of a field is read, by its type and what pydantic knows beside that."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if field == "source":
        return Kind("SOURCE", str, choices=written_sources())
    for one in metadata:
        if isinstance(one, OneOf):
            return choice(one.kind, one.table)
    if annotation == Share:
        return SHARE
    if origin is Annotated or NoneType in inner:
        return kind_of(field, inner[0], inner[1:])
    if origin is Literal:
        return choice(field.replace("_", " "), dict.fromkeys(inner, ""))
    if origin is tuple:
        return _list_of(field, kind_of(field, inner[0]))
    return {bool: YES_NO, int: WHOLE, float: NUMBER, str: TEXT}[annotation]


def _list_of(field: str, kind: Kind) -> Kind:
    if kind.choices:
        return choice(field.removesuffix("s"), kind.choices, is_list=True)
    return {WHOLE: WIDTHS, TEXT: NAMES, WIDTHS: STAGES}[kind]


def spec_from(asked: Mapping[str, Any]) -> RunSpec:
    """The spec that the options ask for.

    Args:
        asked: values by the options' names, None for those that were not given.

    Raises:
        BadInputError: the spec file is not acceptable.
        click.UsageError: an option is not, or not with the others.
    """
    data = given_in(asked["spec"]) if asked["spec"] else {}  # the source may come to be another
    base = RunSpec.from_dict(data, where=str(asked["spec"]))
    prune = data.setdefault("prune", {})
    given = {name: value for name, value in asked.items() if "." in name and value is not None}
    if any(f"prune.{name}" in given for name in AMOUNTS):
        if "prune.widths" in given or prune.get("widths") is not None:
            prune.pop("schedule", None)  # the custom one comes and goes with its widths
        prune |= dict.fromkeys(AMOUNTS)
    if "model.dense" in given:
        data["model"] = {}  # another network has other widths
    if asked.get("target"):
        given["data.targets"] = [*given.get("data.targets", ()), *asked["target"]]
    for name, value in given.items():
        part, field = name.split(".")
        data.setdefault(part, {})[field] = value
    if seeds := _seeds(asked.get("seeds"), asked.get("seed"), base):
        data["seeds"] = seeds
    spec = _checked(data)
    if not asked["drop_flagged"]:
        return spec
    from spinn_engine import api

    return api.without_flagged(spec)


def _seeds(count: int | None, first: int | None, base: RunSpec) -> list[int] | None:
    """The seeds of so many repetitions from the first on; None where neither was asked for."""
    if count is None and first is None:
        return None
    if count is not None and not 1 <= count <= MOST_SEEDS:
        raise BadInputError(f"--seeds must be from 1 to {MOST_SEEDS} but got {count:,}")
    start = base.seeds[0] if first is None else first
    return list(range(start, start + (count or len(base.seeds))))


def _checked(data: dict[str, Any]) -> RunSpec:
    try:
        return RunSpec.from_dict(data, where="options")
    except BadInputError as error:
        context = click.get_current_context(silent=True)
        raise click.UsageError(_by_flags(str(error)), context) from None


def _by_flags(complaint: str) -> str:
    """A complaint of the spec about fields, about the options that set them."""
    told = complaint.removeprefix("options: ")
    field, _, what = told.partition(": ")
    part, _, name = field.partition(".")
    name = name.partition(".")[0]
    if part == "seeds" and name:  # one of the numbers that follow the first
        return f"--seed: {what}"
    if not name:
        return what if part in GROUPS else told
    return f"{FLAGS.get(f'{part}.{name}') or '--' + name.replace('_', '-')}: {what}"


def swept_field(text: str) -> tuple[str, list[Any]]:
    """``prune.stages=1,2,4`` as a field and its values; lists are parted by semicolons.

    Raises:
        ValueError: there is no such field, or no value.
    """
    field, equals, given = text.partition("=")
    kinds = {option.name: option.type for part in GROUPS for option in _of_part(part)}
    kind = kinds.get(field)
    if not equals or not isinstance(kind, Kind):
        close = get_close_matches(field, kinds, n=1)
        meant = f"; did you mean {close[0]}?" if close and not isinstance(kind, Kind) else ""
        raise ValueError(
            f"expected FIELD=V1,V2 with a field like prune.stages but got {text!r}{meant}"
        )
    parts = given.split(";" if kind.is_list else ",")
    try:
        values = [kind.value(part.strip()) for part in parts if part.strip()]
    except ValueError as error:
        raise ValueError(f"{field} cannot be read from {given!r}: {error}") from error
    if not values:
        raise ValueError(f"{field} has no values in {text!r}")
    return field, values


def swept_specs(
    sweep: Sequence[tuple[str, list[Any]]], asked: Mapping[str, Any]
) -> list[tuple[dict[str, Any], RunSpec]]:
    """For every combination of swept values these by field, and the whole spec.

    Raises:
        BadInputError: a field is swept twice, or a combination is not acceptable.
    """
    from spinn_engine import api

    fields = [field for field, _ in sweep]
    if len(set(fields)) < len(fields):
        twice = next(field for field in fields if fields.count(field) > 1)
        raise BadInputError(f"--sweep {twice} is given twice: write all its values in one")
    distinct = [dict.fromkeys(map(json.dumps, values)) for _, values in sweep]
    api.check_sweep(prod(map(len, distinct)))
    found = []
    for values in product(*distinct):
        chosen = dict(zip(fields, map(json.loads, values), strict=True))
        found.append((chosen, spec_from({**asked, **chosen})))
    return found
