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
    names,
)
from spinn_engine.errors import BadInputError
from spinn_engine.spec import (
    OneOf,
    ReadingSpec,
    RunSpec,
    by_flat_names,
    changed,
    field_texts,
    flat_fields,
    given_in,
    seeds_from,
)
from spinn_engine.spec.named import Named
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


def _together(_: click.Context, _option: click.Parameter, given: Sequence[list[str]]) -> Any:
    """One list of what was given in several options; None where there are none."""
    return [one for several in given for one in several] or None


AS_OFTEN: dict[str, Any] = {"multiple": True, "callback": _together}
READING = "Reading of a table (what is not given is found, and said)"


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
    texts, fields = field_texts(type(defaults)), type(defaults).model_fields
    asked = [(flat, name, name.partition(".")[2]) for flat, name in flat_fields([part]).items()]
    kinds = {
        field: kind_of(field, fields[field].annotation, fields[field].metadata)
        for _, _, field in asked
    }
    return [
        Option(
            _flag(flat),
            field=name,
            type=kinds[field],
            metavar=field.upper() if kinds[field] is TEXT else None,
            group=READING if field in ReadingSpec.model_fields else GROUPS[part],
            help=texts[field],
            show_default=_default(part, field),
            **(AS_OFTEN if kinds[field].often else {}),
        )
        for flat, name, field in sorted(asked, key=lambda one: one[2] in ReadingSpec.model_fields)
    ]


def _flag(flat: str) -> str:
    """The option that sets a field, from the field's flat name."""
    return "--" + flat.replace("_", "-")


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
    if (told := _told_by(metadata)) is not None:
        return told
    if annotation == Share:
        return SHARE
    if origin is Annotated or NoneType in inner:
        return kind_of(field, inner[0], inner[1:])
    if origin is Literal:
        return choice(field.replace("_", " "), dict.fromkeys(inner, ""))
    if origin is tuple:
        return _list_of(field, kind_of(field, inner[0]))
    return {bool: YES_NO, int: WHOLE, float: NUMBER, str: TEXT}[annotation]


def _told_by(metadata: Sequence[Any]) -> Kind | None:
    """How the text of a field is read whose names, or whose form, are told beside its type."""
    for one in metadata:
        if isinstance(one, OneOf):
            return choice(one.kind, one.table)
        if isinstance(one, Named):
            return Kind(one.form, names, is_list=True, often=True)
    return None


def _list_of(field: str, kind: Kind) -> Kind:
    if kind.choices:
        return choice(field.removesuffix("s"), kind.choices, is_list=True)
    return kind if kind.often else {WHOLE: WIDTHS, TEXT: NAMES, WIDTHS: STAGES}[kind]


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
    given = {name: value for name, value in asked.items() if "." in name and value is not None}
    if asked.get("target"):
        given["data.targets"] = [*given.get("data.targets", ()), *asked["target"]]
    data = changed(data, given)
    try:
        seeds = seeds_from(asked.get("seeds"), asked.get("seed"), base.seeds)
    except ValueError as error:
        raise BadInputError(f"--{error}") from None
    if seeds:
        data["seeds"] = seeds
    spec = _checked(data)
    if not asked["drop_flagged"]:
        return spec
    from spinn_engine import api

    return api.without_flagged(spec)


def _checked(data: dict[str, Any]) -> RunSpec:
    try:
        return RunSpec.from_dict(data, where="options")
    except BadInputError as error:
        context = click.get_current_context(silent=True)
        raise click.UsageError(by_flat_names(str(error), "options", _flag), context) from None


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
