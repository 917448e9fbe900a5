"""Where the rows come from. The function of each is named by its ``loader``, imported when used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spinn_engine.vocabulary.row import Row, table
from spinn_engine.vocabulary.tables import table_labels


@dataclass(frozen=True, kw_only=True)
class PathField:
    """How a form asks for the file of a source.

    Attributes:
        label: above the field.
        example: what may be written there.
        help: what it may be.
    """

    label: str
    example: str
    help: str


@dataclass(frozen=True, kw_only=True)
class SourceRow(Row):
    """A source of data; as ``name:PATH`` where it reads a file.

    Attributes:
        loader: ``module:function`` that makes a ``Problem`` of a ``DataSpec``.
        methods: the sentence of the methods; ``{version}`` is that of the program, ``{file}`` the
            name of the file.
        path: how the file is asked for; None where the name says all.
        short: ends the addresses of its own fields in a form.
        own_columns: whether the user says what its columns are for.
        streams: whether it has new rows of its own, which a finished run can adapt to.
        equation: whether it is learned from an equation, without data: no folds, no physics terms
            beside it, smooth activations only, and L-BFGS may follow Adam.
        defaults: of the fields of a spec, by its part, where they are not as usual.
    """

    loader: str
    methods: str
    path: PathField | None = None
    short: str
    own_columns: bool = False
    streams: bool = False
    equation: bool = False
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


SOURCES = table(
    SourceRow(
        name="milling-sim",
        label="milling-sim",
        help="simulated CNC milling",
        loader="spinn_engine.problems.milling.simulation:load_milling_sim",
        methods="The data are milling-sim of SPINN Explorer {version}.",
        short="sim",
        streams=True,
        defaults={
            "train": {"max_updates": 560, "fine_tune_max_updates": 115, "learning_rate": 1e-3}
        },
    ),
    SourceRow(
        name="nasa-mill",
        label="nasa-mill",
        help="the NASA milling set as distributed, a MATLAB file",
        loader="spinn_engine.problems.nasa.milling:load_nasa_mill",
        methods=("The data are the milling data set of NASA Ames and UC Berkeley (file {file})."),
        path=PathField(
            label="Path of mill.mat",
            example="mill.mat",
            help="The file on the server, as distributed.",
        ),
        short="mill",
    ),
    SourceRow(
        name="table",
        label="table",
        help="a file of your own",
        loader="spinn_engine.problems.tables.table:load_table",
        methods="The data are the table {file}.",
        path=PathField(
            label="Path of the table",
            example="runs.csv, runs.parquet, runs.xlsx, or a folder",
            help=(
                f"{table_labels()} on the server: one file, or a folder with train, val and test."
            ),
        ),
        short="",
        own_columns=True,
    ),
    SourceRow(
        name="arm",
        label="arm",
        help="where the arm of a robot ends, computed: a task where size matters",
        loader="spinn_engine.problems.arm.kinematics:load_arm",
        methods="The data are arm of SPINN Explorer {version}.",
        short="arm",
        defaults={"model": {"hidden": (128, 128, 128, 64)}},
    ),
    SourceRow(
        name="burgers",
        label="burgers",
        help="a differential equation, learned without data",
        loader="spinn_engine.problems.burgers:load_burgers",
        methods=("The problem is Burgers' equation (burgers of SPINN Explorer {version})."),
        short="burgers",
        equation=True,
        defaults={
            "model": {"hidden": (48, 48, 48, 48)},
            "train": {
                "epochs": 250,
                "lbfgs_iterations": 1200,
                "fine_tune_epochs": 0,
                "fine_tune_lbfgs_iterations": 400,
                "learning_rate": 1e-2,
            },
            "compare": {"margin": 0.25},  # of the error
        },
    ),
)


def source_of(source: str) -> SourceRow | None:
    """The row that a source such as ``table:runs.csv`` names, if one does."""
    return SOURCES.get(source.partition(":")[0])


def written_sources() -> dict[str, str]:
    """What each source is, by how it is written: ``milling-sim``, ``table:PATH``, ..."""
    return {f"{name}:PATH" if row.path else name: row.help for name, row in SOURCES.items()}
