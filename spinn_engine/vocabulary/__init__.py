"""The vocabulary: one table a kind, by name, in the order in which choices are shown.

A row says what a name is called, what it is, what the methods say of it, and what else its kind
needs to be decided; the spec, options, pages and reports read it. What it does stands elsewhere, as
a function under the same name. Imports nothing but the standard library.
"""

from spinn_engine.vocabulary.activations import ACTIVATIONS, FUNCTIONS, ActivationRow
from spinn_engine.vocabulary.arms import (
    ARMS,
    CONTROLS,
    LONGER,
    NEW_WEIGHTS,
    REFERENCE,
    RIVALS,
    SUBJECT,
    ZEROED,
    ArmRow,
    main_arm,
)
from spinn_engine.vocabulary.checks import CHECKS, CheckRow
from spinn_engine.vocabulary.criteria import CRITERIA, CriterionRow
from spinn_engine.vocabulary.formats import FORMATS, FormatRow
from spinn_engine.vocabulary.networks import (
    INPUT_SCALES,
    NETWORKS,
    OUTPUT_FUNCTIONS,
    SCALES,
    NetworkRow,
    OutputFunctionRow,
    ScaleRow,
)
from spinn_engine.vocabulary.quantities import QUANTITIES, QuantityRow
from spinn_engine.vocabulary.reconstructions import RECONSTRUCTIONS, ReconstructionRow
from spinn_engine.vocabulary.row import Row, by_label, glossary, unknown
from spinn_engine.vocabulary.schedules import SCHEDULES, ScheduleRow
from spinn_engine.vocabulary.sources import (
    SOURCES,
    PathField,
    SourceRow,
    source_of,
    written_sources,
)
from spinn_engine.vocabulary.splits import SPLITS, SplitRow
from spinn_engine.vocabulary.tables import (
    TABLES,
    TableRow,
    table_kind,
    table_labels,
    table_suffixes,
)
from spinn_engine.vocabulary.verdicts import (
    CLAIM_VERDICTS,
    OUTCOMES,
    QUESTIONS,
    ClaimVerdictRow,
    OutcomeRow,
    QuestionRow,
)

__all__ = [
    "ACTIVATIONS",
    "ARMS",
    "CHECKS",
    "CLAIM_VERDICTS",
    "CONTROLS",
    "CRITERIA",
    "FORMATS",
    "FUNCTIONS",
    "INPUT_SCALES",
    "OUTCOMES",
    "OUTPUT_FUNCTIONS",
    "LONGER",
    "NETWORKS",
    "NEW_WEIGHTS",
    "QUANTITIES",
    "QUESTIONS",
    "RECONSTRUCTIONS",
    "REFERENCE",
    "RIVALS",
    "SCALES",
    "SCHEDULES",
    "SOURCES",
    "SPLITS",
    "SUBJECT",
    "TABLES",
    "ZEROED",
    "ActivationRow",
    "ArmRow",
    "CheckRow",
    "ClaimVerdictRow",
    "CriterionRow",
    "FormatRow",
    "NetworkRow",
    "OutcomeRow",
    "OutputFunctionRow",
    "PathField",
    "QuantityRow",
    "QuestionRow",
    "ReconstructionRow",
    "Row",
    "ScaleRow",
    "ScheduleRow",
    "SourceRow",
    "SplitRow",
    "TableRow",
    "by_label",
    "glossary",
    "main_arm",
    "source_of",
    "table_kind",
    "table_labels",
    "table_suffixes",
    "written_sources",
    "unknown",
]
