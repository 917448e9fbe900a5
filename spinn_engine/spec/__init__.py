"""What a run is: ``RunSpec`` and its parts. Imports no torch."""

from spinn_engine.spec.choices import (
    Activation,
    Arm,
    Control,
    Criterion,
    OneOf,
    Reconstruction,
    Scaling,
    Schedule,
)
from spinn_engine.spec.parts import (
    AMOUNTS,
    DEFAULT_PARAM_REDUCTION,
    PHYSICS_TERMS,
    CompareSpec,
    DataSpec,
    ModelSpec,
    PhysicsSpec,
    PruneSpec,
    TrainSpec,
)
from spinn_engine.spec.run import ITERATIONS_AN_EPOCH, SCHEMA_VERSION, RunSpec

__all__ = [
    "AMOUNTS",
    "DEFAULT_PARAM_REDUCTION",
    "ITERATIONS_AN_EPOCH",
    "PHYSICS_TERMS",
    "SCHEMA_VERSION",
    "Activation",
    "Arm",
    "CompareSpec",
    "Control",
    "Criterion",
    "DataSpec",
    "ModelSpec",
    "OneOf",
    "PhysicsSpec",
    "PruneSpec",
    "Reconstruction",
    "RunSpec",
    "Scaling",
    "Schedule",
    "TrainSpec",
]
