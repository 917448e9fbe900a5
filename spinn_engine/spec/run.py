"""What a run is: one frozen, torch-free description, and the only place where defaults stand.

``RunSpec()`` is the default run; ``RunSpec.from_json(text)`` reads one, refusing unknown fields.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from spinn_engine.errors import BadInputError, one_sentence
from spinn_engine.guarded.texts import read_text, strict_json
from spinn_engine.spec.choices import Arm
from spinn_engine.spec.defaults import with_source_defaults
from spinn_engine.spec.model import ModelSpec
from spinn_engine.spec.parts import (
    CompareSpec,
    DataSpec,
    PhysicsSpec,
    PruneSpec,
    TrainSpec,
)
from spinn_engine.spec.reading import LIST, SpecPart
from spinn_engine.vocabulary import (
    ACTIVATIONS,
    ARMS,
    NEW_WEIGHTS,
    OUTPUT_FUNCTIONS,
    SOURCES,
    ArmRow,
    source_of,
)

SCHEMA_VERSION: Final = 1
MOST_SEEDS: Final = 256
ITERATIONS_AN_EPOCH: Final = 20  # of L-BFGS, each with all training rows


class RunSpec(SpecPart):
    """A whole run.

    The same spec gives the same bytes on CPUs with the same number of threads, instruction set and
    versions, all of which a result's ``environment`` names. Other controls are another spec: they
    share a stack with others, and sums there may round otherwise (3e-8 seen).
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    data: DataSpec = DataSpec()
    model: ModelSpec = ModelSpec()
    train: TrainSpec = TrainSpec()
    physics: PhysicsSpec = PhysicsSpec()
    prune: PruneSpec = PruneSpec()
    compare: CompareSpec = CompareSpec()
    seeds: Annotated[tuple[Annotated[int, Field(ge=0, lt=2**31)], ...], LIST] = Field(
        default=(0, 1, 2), min_length=1, max_length=MOST_SEEDS
    )

    @model_validator(mode="before")
    @classmethod
    def _as_given(cls, data: Any) -> Any:
        return with_source_defaults(data["spec"] if _is_stored(data) else data)

    @model_validator(mode="after")
    def _fitting_source(self) -> Self:
        name, source = self.data.source, source_of(self.data.source)
        if source is None or not source.equation:
            if self.train.lbfgs_iterations or self.train.fine_tune_lbfgs_iterations:
                equations = " or ".join(n for n, row in SOURCES.items() if row.equation)
                raise ValueError(
                    f"lbfgs_iterations are for {equations}: leave them at 0 for other data"
                )
            return self
        activation = self.model.activation
        if not ACTIVATIONS[activation].smooth:
            raise ValueError(
                f"{name} needs second derivatives, which {activation} has not: use tanh"
            )
        if OUTPUT_FUNCTIONS[self.model.output_function].function:
            raise ValueError(f"{name} is solved in its own units: leave output_function out")
        if self.train.derivatives:
            raise ValueError(f"{name} learns from derivatives anyway: leave train.derivatives at 0")
        if self.compare.folds > 1:
            raise ValueError(f"{name} has no data to cross-validate: leave compare.folds at 1")
        if self.physics.weights():
            raise ValueError(f"{name} learns from its equation alone: leave physics terms at 0")
        return self

    @model_validator(mode="after")
    def _one_imported_network(self) -> Self:
        if self.model.dense is not None and self.compare.folds > 1:
            raise ValueError(
                "an imported network was trained once, not once a fold: leave compare.folds at 1"
            )
        return self

    @model_validator(mode="after")
    def _distinct_seeds(self) -> Self:
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must differ from each other but got {list(self.seeds)}")
        return self

    @property
    def arms(self) -> list[ArmRow]:
        """All that the run trains or fits, in the order of the vocabulary."""

        def wanted(arm: ArmRow) -> bool:
            asked = not arm.control or arm.name in self.compare.controls
            return asked or (arm.unasked and arm.criterion != self.prune.criterion)

        return [arm for arm in ARMS.values() if wanted(arm)]

    def blocks(self, stage: int) -> dict[str, tuple[Arm, ...]]:
        """Which arms a stage trains, by block: arms of equal widths share one stack.

        The blocks are in the order in which they are trained.
        """
        stages = {"first": stage == 0, "every": stage > 0, "last": stage == self.prune.stages}
        found: dict[str, tuple[Arm, ...]] = {}
        for arm in sorted(self.arms, key=lambda arm: arm.stream):
            if arm.block is not None and stages[arm.when]:
                found[arm.block] = (*found.get(arm.block, ()), arm.name)
        return found

    def block_length(self, stage: int, block: str) -> tuple[int, int]:
        """Most epochs of Adam, then iterations of L-BFGS; new weights at the end get those of all.

        A dense network that was imported stays as it is. In a spec that is not fitted to its rows
        yet (``fitting.fitted``) epochs that are not given count as none.
        """
        train, stages = self.train, self.prune.stages
        epochs, more = train.lengths
        first = epochs, train.lbfgs_iterations
        later = more, train.fine_tune_lbfgs_iterations
        if stage == 0:
            return first if self.model.dense is None else (0, 0)
        if block in NEW_WEIGHTS:
            return first[0] + stages * later[0], first[1] + stages * later[1]
        return later

    def block_epochs(self, stage: int, block: str) -> int:
        """Epochs of one block; 20 iterations of L-BFGS, or what is left of them, are one."""
        epochs, iterations = self.block_length(stage, block)
        return epochs + ceil(iterations / ITERATIONS_AN_EPOCH)

    def to_json(self) -> str:
        """The spec as indented JSON, every default written out."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str, where: str = "spec") -> RunSpec:
        """Read a spec from JSON.

        Raises:
            BadInputError: the text is not JSON, or a field is unknown or out of its range.
        """
        return cls.from_dict(_parsed(text, where), where)

    @classmethod
    def from_dict(cls, data: dict[str, Any], where: str = "spec") -> RunSpec:
        """Read a spec from plain data, as ``from_json`` does (same errors)."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise BadInputError(f"{where}: {one_sentence(error)}") from None

    @classmethod
    def from_file(cls, path: Path) -> RunSpec:
        """Read a spec file, or the ``spec.json`` of a run.

        Raises:
            BadInputError: the file is missing or unreadable, or not a spec.
        """
        return cls.from_dict(given_in(path), where=str(path))


def given_in(path: Path) -> dict[str, Any]:
    """What a spec file, or the ``spec.json`` of a run, says: plain data, without any default.

    Raises:
        BadInputError: the file is missing or unreadable, or no JSON object.
    """
    text = read_text(path, "spec file")
    if not text.strip():
        raise BadInputError(f"{path}: the file is empty: expected a RunSpec in JSON")
    given = _parsed(text, str(path))
    if not isinstance(given, dict):
        raise BadInputError(f"{path}: it is no JSON object: expected a RunSpec in JSON")
    return dict(given["spec"] if _is_stored(given) else given)


def _is_stored(data: Any) -> bool:
    """Whether data are the ``spec.json`` of a run, which holds more than the spec."""
    return isinstance(data, dict) and "data_sha256" in data and isinstance(data.get("spec"), dict)


def _parsed(text: str, where: str) -> Any:
    try:
        return strict_json(text)
    except ValueError as error:
        raise BadInputError(f"{where}: it is no JSON of a spec: {error}") from None
