"""A field whose values are the names of a table of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from spinn_engine.vocabulary import (
    ACTIVATIONS,
    ARMS,
    CONTROLS,
    CRITERIA,
    INPUT_SCALES,
    NETWORKS,
    OUTPUT_FUNCTIONS,
    RECONSTRUCTIONS,
    SCALES,
    SCHEDULES,
    SPLITS,
    Row,
    unknown,
)
from spinn_engine.vocabulary.networks import USUAL_PAIRS


@dataclass(frozen=True, eq=False)
class OneOf:
    """Metadata of a text field: it names a row of ``table``.

    Attributes:
        kind: what a row is, for the sentence about a wrong name.
        table: the rows; one that is added later may be named too.
    """

    kind: str
    table: Mapping[str, Row]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Text, and then a name of the table."""
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The names as an ``enum``."""
        return {**handler(schema), "enum": list(self.table)}

    def _known(self, name: str) -> str:
        if name not in self.table:
            raise ValueError(unknown(self.kind, name, self.table))
        return name


Activation = Annotated[str, OneOf("activation", ACTIVATIONS)]
NetworkKind = Annotated[str, OneOf("network", NETWORKS)]
InputScale = Annotated[str, OneOf("scale of inputs", INPUT_SCALES)]
OutputFunction = Annotated[str, OneOf("output function", OUTPUT_FUNCTIONS)]
Schedule = Annotated[str, OneOf("schedule", SCHEDULES)]
Criterion = Annotated[str, OneOf("criterion", CRITERIA)]
Reconstruction = Annotated[str, OneOf("reconstruction", RECONSTRUCTIONS)]
Control = Annotated[str, OneOf("control", CONTROLS)]
Arm = Annotated[str, OneOf("arm", ARMS)]
Split = Annotated[str, OneOf("split", SPLITS)]


@dataclass(frozen=True, eq=False)
class ScalingPair:
    """Metadata of a text field: a usual pair of scalings, or two names as ``inputs/targets``."""

    usual: tuple[str, ...] = ("auto", "stored", *USUAL_PAIRS)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Text, and then such a pair."""
        return core_schema.no_info_after_validator_function(self.known, handler(source))

    def known(self, text: str) -> str:
        """The text.

        Raises:
            ValueError: it is no scaling.
        """
        inputs, _, targets = text.partition("/")
        pair = inputs in SCALES and SCALES[inputs].of_inputs
        pair = pair and targets in SCALES and SCALES[targets].of_targets
        if text in self.usual or pair:
            return text
        said = unknown("scaling", text, self.usual)
        raise ValueError(
            f"{said}; or say how inputs and targets were scaled, such as minmax/z, each one of "
            f"{', '.join(SCALES)}"
        )


Scaling = Annotated[str, ScalingPair()]
