"""A spec from flat keyword arguments: every option of the command line, under its field's name.

make_spec(data="runs.csv", target="wear", hidden=(64, 64), seeds=3, param_reduction=0.685)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, get_origin

from spinn_engine.api.rows import rows_from
from spinn_engine.errors import BadInputError
from spinn_engine.problems import summary as summing
from spinn_engine.problems.apart import apart
from spinn_engine.problems.checks import advised_drops, check_data
from spinn_engine.spec import (
    DataSpec,
    RunSpec,
    by_flat_names,
    changed,
    field_texts,
    flat_fields,
    given_in,
    seeds_from,
)
from spinn_engine.store.run_folder import RunFolder

if TYPE_CHECKING:
    from spinn_engine.api.rows import DataLike

    SpecLike: TypeAlias = RunSpec | Mapping[str, Any] | RunFolder | Path | str

WHERE = "options"
FIELDS, DATA_FIELDS = flat_fields(), flat_fields(["data"])
OF_DATA = {
    "data": "the rows: a path, a source, a DataFrame, or arrays (X, y) or (X, y, groups)",
    "target": "one of the targets, or several, beside those in targets",
}
OF_ALL = {
    "seeds": "repetitions of the whole run, or the seeds themselves",
    "seed": "the first of them",
    "drop_flagged": "drop the columns that check advises to drop",
}

Function = TypeVar("Function", bound=Callable[..., Any])


def make_spec(spec: SpecLike | None = None, **options: Any) -> RunSpec:
    """The spec that keyword arguments ask for, or another spec changed by them.

    A name alone stands for a list of one: ``targets="wear"``. NumPy's numbers and arrays are taken
    as numbers and lists, and a share may be written ``"68.5%"``.

    Args:
        spec: what to start from: a spec, its plain data, a file of one, or a run.
        options: values by flat names.

    Raises:
        BadInputError: there is no such option, or its value is not acceptable, or not with the
            others; or rows in memory cannot be kept as a table.
    """
    if isinstance(spec, RunSpec) and not options:
        return spec
    _check_names(options, FIELDS.keys() | OF_DATA.keys() | OF_ALL.keys())
    base = _plain(spec)
    whole = changed(base, _asked(options))
    if seeds := _seeds(options, RunSpec.from_dict(base)):
        whole["seeds"] = seeds
    made = _checked(whole)
    return without_flagged(made) if options.get("drop_flagged") else made


def make_data(data: DataSpec | DataLike, options: Mapping[str, Any]) -> DataSpec:
    """The part of a spec about data, from rows and keyword arguments about them alone.

    Raises:
        BadInputError: as ``make_spec``.
    """
    if isinstance(data, DataSpec) and not options:
        return data
    _check_names(options, DATA_FIELDS.keys() | OF_DATA.keys())
    return _checked(changed({}, _asked({"data": data, **options}))).data


def without_flagged(spec: RunSpec) -> RunSpec:
    """The spec with the columns that ``check`` advises to drop written into ``data.drop``.

    Raises:
        BadInputError: the data cannot be had as asked, or no input would be left.
    """
    flagged = advised_drops(apart(check_data, spec.data))
    if len(flagged) == apart(summing.summary, spec.data).inputs:
        raise BadInputError(
            f"{spec.data.source}: the checks advise to drop all {len(flagged)} inputs, so choose "
            "which to drop (--drop) from what 'check' says of each"
        )
    data = spec.data.model_copy(update={"drop": (*spec.data.drop, *flagged)})
    return spec.model_copy(update={"data": data})


def _check_names(options: Mapping[str, Any], known: set[str]) -> None:
    for name in options:
        if name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            remedy = f"did you mean {close[0]}?" if close else "help(api.make_spec) lists them"
            raise BadInputError(f"there is no option {name!r}: {remedy}")


def _plain(spec: SpecLike | None) -> dict[str, Any]:
    """A spec as plain data; of one that is read from a file what stands there."""
    if spec is None:
        return {}
    if isinstance(spec, RunFolder):
        spec = spec.spec()
    if isinstance(spec, RunSpec):
        return spec.model_dump(exclude_unset=True)
    if isinstance(spec, Mapping):
        return dict(spec)
    if isinstance(spec, (str, Path)):
        return given_in(Path(spec).expanduser())
    raise BadInputError(
        f"the spec is of the type {type(spec).__name__}: give a RunSpec, its plain data, the path "
        "of a spec file, or a run"
    )


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Values by ``part.field``; rows in memory become a table in the store first."""
    asked = {}
    for flat, value in options.items():
        if flat in FIELDS and flat != "data":
            asked[FIELDS[flat]] = _listed(FIELDS[flat], _plain_value(value))
    if "target" in options:
        more = _listed("data.targets", _plain_value(options["target"]))
        asked["data.targets"] = [*asked.get("data.targets", ()), *more]
    data = options.get("data")
    if isinstance(data, DataSpec):
        of_data = data.model_dump(exclude_unset=True)
        return {f"data.{name}": value for name, value in of_data.items()} | asked
    return asked if data is None else asked | _of_rows(data, asked)


def _of_rows(data: DataLike, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What rows say of themselves: where they lie, and which columns are what."""
    rows = rows_from(data)
    found: dict[str, Any] = {"data.source": rows.source}
    told = {"data.targets": rows.targets, "data.group": rows.group}
    for field, value in told.items():
        if value is not None and field in asked:
            flat = field.partition(".")[2]
            raise BadInputError(f"{flat}: the arrays say that already, leave it out")
        if value is not None:
            found[field] = value
    return found


def _plain_value(value: Any) -> Any:
    """Numbers and lists of Python in place of NumPy's and pandas', and texts in place of paths."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [_plain_value(one) for one in value]
    return value.tolist() if hasattr(value, "tolist") else value


def _listed(field: str, value: Any) -> Any:
    """A single name or number as a list of one, where the field is a list."""
    part, _, name = field.partition(".")
    annotation = type(RunSpec.model_fields[part].default).model_fields[name].annotation
    alone = isinstance(value, (str, int)) and get_origin(annotation) is tuple
    return [value] if alone else value


def _seeds(options: Mapping[str, Any], base: RunSpec) -> list[int] | None:
    seeds, first = (_plain_value(options.get(name)) for name in ("seeds", "seed"))
    for name, value in (("seeds", seeds), ("seed", first)):
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not whole and not (name == "seeds" and isinstance(value, list)):
            raise BadInputError(f"{name}: expected a whole number but got {value!r}")
    if isinstance(seeds, list):
        if first is not None:
            raise BadInputError("seed: seeds name each already, leave it out")
        return seeds
    try:
        return seeds_from(seeds, first, base.seeds)
    except ValueError as error:
        raise BadInputError(str(error)) from None


def _checked(data: dict[str, Any]) -> RunSpec:
    try:
        return RunSpec.from_dict(data, where=WHERE)
    except BadInputError as error:
        raise BadInputError(by_flat_names(str(error), WHERE, str)) from None


def spec_options(function: Function) -> Function:
    """Show all options of a run in a function's signature and help, in place of ``**options``."""
    return _with_options(function, {**OF_DATA, **OF_ALL}, FIELDS)


def data_options(function: Function) -> Function:
    """Show the options about data in a function's signature and help, likewise."""
    return _with_options(function, {"target": OF_DATA["target"]}, DATA_FIELDS)


def _with_options(
    function: Function, texts: Mapping[str, str], fields: Mapping[str, str]
) -> Function:
    own = inspect.signature(function)
    usual: dict[str, Any] = {}
    texts = dict(texts)
    for flat, field in fields.items():
        part, _, name = field.partition(".")
        default = RunSpec.model_fields[part].default
        usual[flat] = getattr(default, name)
        texts.setdefault(flat, field_texts(type(default))[name])
    named = [one for one in own.parameters.values() if one.kind is not one.VAR_KEYWORD]
    texts = {flat: text for flat, text in texts.items() if flat not in own.parameters}
    keyword = inspect.Parameter.KEYWORD_ONLY
    more = [inspect.Parameter(flat, keyword, default=usual.get(flat)) for flat in texts]
    function.__signature__ = own.replace(parameters=[*named, *more])  # type: ignore[attr-defined]
    listed = "\n".join(f"    {flat}: {text}" for flat, text in texts.items())
    function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nOptions:\n{listed}"
    return function
