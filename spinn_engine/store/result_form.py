"""The form of a result: what every reader of ``spinn_structured_metrics.json`` relies on.

``RESULT_VERSION`` is raised where something that readers need is added or changes its meaning. A
result of an earlier form is read if it has all that is needed, and refused by name if not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from spinn_engine.errors import CorruptArtifactError, one_sentence

RESULT_VERSION: Final = 2  # 1: results before the first release, of several forms

_TwoEnds = Annotated[list[float], Field(min_length=2, max_length=2)]
Sizes = Annotated[list[int], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class _Estimate(_Part):
    mean: float
    low: float | None
    high: float | None
    n: int
    per_seed: Annotated[list[float], Field(min_length=1)]
    values: list[list[float]] | None = None

    @model_validator(mode="after")
    def _has_two_ends(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high: one is there without the other")
        return self


_ByTarget = dict[str, dict[str, _Estimate]]


class _Latency(_Part):
    median: float
    p95: float
    rounds: int
    interval: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None


class _Stored(_Part):
    latency_us: dict[str, _Latency]


class _Training(_Part):
    stage: int
    epochs: int
    updates: int
    kept_epoch: Annotated[list[int], Field(min_length=1)]
    kept_update: Annotated[list[int], Field(min_length=1)]
    stalled: bool | None


class _Arm(_Part):
    arm: str
    hidden: list[int]
    params: int
    nonzero: int
    macs: int
    file_bytes: int | None
    r2: _Estimate
    per_output: _ByTarget
    physics: dict[str, _Estimate]
    latency_us: Annotated[dict[str, _Latency], Field(min_length=1)]
    mac_ratio: float
    speed_up: Annotated[dict[str, float], Field(min_length=1)]
    speed_up_interval: dict[str, _TwoEnds | None] = {}
    sparse: dict[str, _Stored] = {}
    relative_l2: _Estimate | None = None
    peak_memory_bytes: int | None
    trainings: list[_Training] | None = None  # of all arms or of none


class _Stage(_Part):
    stage: int
    hidden: Sizes
    params: int
    macs: int
    file_bytes: int
    param_reduction: float
    checkpoint: str
    r2: _Estimate
    per_output: _ByTarget
    physics: dict[str, _Estimate]
    val_r2: _Estimate
    derivative_error_before_fine_tuning: _Estimate | None = None
    derivative_error: _Estimate | None = None


class _Answer(_Part):
    sentence: str


class _Compared(_Answer):
    difference: _Estimate
    outcome: str


class _Verdict(_Part):
    margin: float
    cost_of_pruning: _Compared | None
    extra_epochs: _Answer | None = None
    words: list[str]


class _Term(_Part):
    term: str
    targets: list[str]
    meaning: str
    law: str | None
    weight: float
    measured: float | None
    coefficient: _Estimate | None


class _Check(_Part):
    check: str
    severity: str
    columns: list[str]
    message: str
    advice: str


class _Predicted(_Part):
    hidden: Sizes
    params: int
    val_r2: float


class _WhatIf(_Part):
    seed: int
    stages: list[_Predicted]
    curve: list[_Predicted]
    sensitivity: list[list[_Predicted]]


class _Rows(_Part):
    train: int
    val: int
    test: int


class _Pair(_Part):
    arms: Annotated[list[str], Field(min_length=2, max_length=2)]
    ratio: float
    interval: _TwoEnds


class _EqualWork(_Part):
    usable: bool
    worst: _Pair


class _Data(_Part):
    source: str
    simulated: bool
    sha256: str
    rows: _Rows
    groups: int | None
    split: str
    input_names: list[str]
    target_names: list[str]
    units: dict[str, str]
    modelled: list[str]
    notes: list[str]


class _Environment(_Part):
    spinn_engine: str
    python: str
    torch: str
    platform: str
    device: str
    device_name: str
    threads: int


class _Final(_Part):
    overall: dict[str, float]
    per_output: dict[str, dict[str, float]]


class _Result(_Part):
    run_id: str
    spec: dict[str, Any]
    dense_params: int
    spinn_params: int
    parameter_reduction: float
    dense_r2: float
    spinn_r2: float
    architectures: list[Sizes]
    final: _Final
    seeds: Annotated[list[int], Field(min_length=1)]
    folds: int
    delivered_seed: int
    verdict: _Verdict
    arms: Annotated[list[_Arm], Field(min_length=2)]
    stages: Annotated[list[_Stage], Field(min_length=2)]
    physics: list[_Term]
    checks: list[_Check]
    whatif: _WhatIf
    notes: list[str]
    equal_work: dict[str, _EqualWork] | None = None
    headline: str | None = None
    training_remarks: list[str] | None = None
    ceiling: dict[str, float] | None
    data: _Data
    environment: _Environment
    wall_seconds: Annotated[list[float], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_of_one_piece(self) -> Self:
        """Whether every arm and stage has what the others have: targets, terms, batches."""
        targets, terms = set(self.data.target_names), {one.term for one in self.physics}
        batches, told = set(self.arms[0].latency_us), self.arms[0].trainings is None
        for arm in self.arms:
            if set(arm.latency_us) != batches or set(arm.speed_up) != batches:
                raise ValueError(f"the arm {arm.arm} without batches that others have")
            if (arm.trainings is None) != told:
                raise ValueError(f"the arm {arm.arm} without the trainings that others have")
        rows: list[_Arm | _Stage] = [*self.arms, *self.stages]
        for one in rows:
            if set(one.per_output) != targets or set(one.physics) != terms:
                raise ValueError("an arm or a stage without a target or a physics term of the run")
        return self


def check_result(found: dict[str, Any], path: Path) -> None:
    """Refuse a result that lacks what readers need.

    Raises:
        CorruptArtifactError: it does, or is of a later version of this program.
    """
    version = found.get("schema_version", 1)
    if isinstance(version, int) and version > RESULT_VERSION:
        raise CorruptArtifactError(
            f"{path} has the form {version}, but this version of the program "
            f"reads forms 1 to {RESULT_VERSION}: read it with the one that wrote it"
        )
    try:
        _Result.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        lacks = f"lacks {where}" if first["type"] == "missing" else f"has {one_sentence(error)}"
        raise CorruptArtifactError(
            f"{path} {lacks}: it was changed, or an earlier version of this program "
            f"wrote it; 'spinn submit --again --spec {path.with_name('spec.json')}' runs it again"
        ) from error
