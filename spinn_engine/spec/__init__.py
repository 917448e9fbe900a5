"""What a run is: ``RunSpec`` and its parts. Imports no torch."""

from spinn_engine.spec.budget_words import budget_sentence
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
from spinn_engine.spec.defaults import with_old_split
from spinn_engine.spec.fitting import ACTIVATION_OF_FILES, batch_size, fitted
from spinn_engine.spec.flat import by_flat_names, changed, flat_fields, flat_name, seeds_from
from spinn_engine.spec.model import ENDS, ModelSpec
from spinn_engine.spec.parts import (
    AMOUNTS,
    DEFAULT_PARAM_REDUCTION,
    EPOCHS,
    FINE_TUNE_EPOCHS,
    PHYSICS_TERMS,
    CompareSpec,
    DataSpec,
    PhysicsSpec,
    PruneSpec,
    TrainSpec,
)
from spinn_engine.spec.reading import ReadingSpec, line_ranges
from spinn_engine.spec.run import ITERATIONS_AN_EPOCH, MOST_SEEDS, SCHEMA_VERSION, RunSpec, given_in
from spinn_engine.spec.texts import field_texts

__all__ = [
    "ACTIVATION_OF_FILES",
    "AMOUNTS",
    "DEFAULT_PARAM_REDUCTION",
    "ENDS",
    "EPOCHS",
    "FINE_TUNE_EPOCHS",
    "ITERATIONS_AN_EPOCH",
    "MOST_SEEDS",
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
    "ReadingSpec",
    "Reconstruction",
    "RunSpec",
    "Scaling",
    "Schedule",
    "TrainSpec",
    "batch_size",
    "budget_sentence",
    "by_flat_names",
    "changed",
    "field_texts",
    "fitted",
    "flat_fields",
    "flat_name",
    "given_in",
    "line_ranges",
    "seeds_from",
    "with_old_split",
]
