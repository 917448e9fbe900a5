"""What ``verify`` reads of a run's own result, whatever program wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from spinn_engine.claims.claim import Widths
from spinn_engine.errors import BadInputError, one_sentence
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.spec import ModelSpec

KEPT = Context(prec=9)  # digits, which are more than that
LEAST = Decimal("1e-20")


def _measured(given: Any) -> Decimal:
    fits = isinstance(given, int | Decimal) and not isinstance(given, bool)
    number = Decimal(given) if fits else Decimal("nan")
    if not number.is_finite() or abs(number) >= 10**12:
        raise ValueError("must be a number below 1e12")
    number = KEPT.plus(number)
    return number if unit(number) >= LEAST else number.quantize(LEAST)


def unit(number: Decimal) -> Decimal:
    """One in the last digit that is printed."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


Measured = Annotated[Decimal, BeforeValidator(_measured)]
Params = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Architectures = Annotated[tuple[Widths, ...], Field(max_length=65)]


class _Part(BaseModel):
    """Other keys are left alone: a result holds more than what agrees or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Score(_Part):
    r2: Measured | None = None
    test_loss: Measured | None = None


class _Final(_Part):
    overall: _Score = _Score()
    per_output: dict[str, _Score] = Field(default_factory=dict)


class _History(_Part):
    params: tuple[Params, ...] = ()
    test_loss: tuple[Measured, ...] = ()
    test_r2: tuple[Measured, ...] = ()
    architectures: Architectures = ()


class _Data(_Part):
    input_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()


class OwnResult(_Part):
    """Numbers that a result states, and that have to agree with each other.

    Attributes:
        graph: the dense network, where the result says that it is no plain one.
    """

    dense_params: Params
    spinn_params: Params
    parameter_reduction: Measured | None = None
    dense_r2: Measured | None = None
    spinn_r2: Measured | None = None
    architectures: Architectures = ()
    pruning_history: _History = _History()
    final: _Final = _Final()
    graph: Graph | None = None

    @property
    def widths(self) -> Sequence[Widths]:
        """Hidden widths of every stage, wherever they stand."""
        return self.architectures or self.pruning_history.architectures

    @property
    def outputs(self) -> int:
        """How many targets there are; 0 where the file does not say."""
        return len(self.final.per_output)

    def counts(self) -> dict[str, tuple[int, Widths]]:
        """Every number of parameters with the widths that it is of, by where it stands."""
        if not self.widths:
            return {}
        ends = {
            "dense_params": (self.dense_params, self.widths[0]),
            "spinn_params": (self.spinn_params, self.widths[-1]),
        }
        stages = zip(self.pruning_history.params, self.widths, strict=False)
        return ends | {f"pruning_history.params[{k}]": pair for k, pair in enumerate(stages)}


def is_result(given: object) -> bool:
    """Whether a file is a run's result, and no file of claims."""
    return isinstance(given, Mapping) and "claims" not in given and "dense_params" in given


def read_result(given: Mapping[str, Any], where: str) -> OwnResult:
    """A result from plain data, its fractions read as ``Decimal``.

    Raises:
        BadInputError: a number is none, or is missing.
    """
    try:
        return OwnResult.model_validate({**given, "graph": _graph(given)})
    except ValidationError as error:
        raise BadInputError(f"{where}: not a run's result: {one_sentence(error)}") from None


def _graph(given: Mapping[str, Any]) -> Graph | None:
    """The network of a result that was written here, if its sizes are not those of a plain one."""
    try:
        model = ModelSpec.model_validate_json(json.dumps(given["spec"]["model"], default=float))
        data = _Data.model_validate(given["data"])
        graph = model.graph_for(data.input_names, len(data.target_names))
    except (KeyError, TypeError, ValueError, BadInputError):  # of another program, or earlier
        return None
    plain = mlp(graph.hidden, graph.inputs, graph.outputs)
    return None if graph.params == plain.params else graph
