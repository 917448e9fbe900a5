"""All commands, with their arguments and options, as ``--help`` lists them.

Every command loads this module, so it loads little: what a command does, and the options that it
takes from the spec, are imported when they are needed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from spinn_engine import __version__
from spinn_engine.adaptation.settings import MEANING, AdaptSettings
from spinn_engine.cli.command import Command, Commands, Option
from spinn_engine.cli.parameters import RUN_ID, SHARE, WHOLE, WIDTHS, Kind, choice
from spinn_engine.export.formats import ALL
from spinn_engine.vocabulary import CRITERIA, FORMATS, RECONSTRUCTIONS

EPILOG = (
    "RUN_ID may be 'latest' or a unique beginning of an id; a share is written 0.685 or 68.5%.\n"
    'eval "$(_SPINN_COMPLETE=bash_source spinn)" lets bash complete commands, options and run ids '
    "(zsh_source, fish_source: zsh, fish)."
)


def _set_store(_context: click.Context, _option: click.Parameter, folder: str | None) -> str | None:
    if folder:
        os.environ["SPINN_RESULTS"] = folder
    return folder


def _show_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(__version__)
        context.exit()


def _swept(text: str) -> Any:
    from spinn_engine.cli.spec_options import swept_field

    return swept_field(text)


def _fields(*parts: str) -> list[Option]:
    from spinn_engine.cli.spec_options import spec_options

    return spec_options(parts)


def _reading() -> list[Option]:
    from spinn_engine.cli.spec_options import reading_options

    return reading_options()


def _run_fields() -> list[Option]:
    return _fields("data", "model", "train", "prune", "compare", "physics")


def _search_fields() -> list[Option]:
    from spinn_engine.api.searching import OWN

    return [
        option
        for option in _run_fields()
        if not str(option.name).startswith("prune.") or str(option.name)[6:] in OWN
    ]


FILE = click.Path(path_type=Path)
PAPER = "or the word paper: those of the SPINN paper"
RUN = click.Argument(["run_id"], type=RUN_ID, metavar="RUN_ID", help="the run")
FINISHED = click.Argument(["run_id"], type=RUN_ID, metavar="RUN_ID", help="a finished run")
SLOT = click.Argument(["slot"], metavar="SLOT", help="the worker's, as 'jobs' shows it")
PRIORITY = choice("priority", dict.fromkeys(("high", "normal", "low"), ""))
CRITERION = choice("criterion", CRITERIA)
RECONSTRUCTION = choice("reconstruction", RECONSTRUCTIONS)
FORMAT = choice("format", {**FORMATS, ALL: "whatever the run can have"}, is_list=True)
LAYOUT = choice("layout", {"paper": "in the folders that scripts of the pruning paper read"})
JSON = Option("--json", "as_json", is_flag=True, help="print one JSON object")
RUN_OPTIONS = (
    Option(
        "--out", group="Store", metavar="FOLDER", callback=_set_store,
        help="where runs are, else $SPINN_RESULTS, else results",
    ),
    JSON,
)  # fmt: skip

MAKE = [
    Command(
        "plan", "Show every stage of a schedule with its exact size.", "cli.runs:plan",
        Option("--inputs", type=WHOLE, group="Network", help="its inputs, else those of the data"),
        Option("--outputs", type=WHOLE, group="Network", help="and outputs"),
        JSON, more=lambda: _fields("data", "model", "prune"),
    ),
    Command(
        "run", "Train, prune and fine-tune here and now.", "cli.runs:run",
        *RUN_OPTIONS, more=_run_fields,
    ),
    Command(
        "smallest", "Find the smallest network that is no worse than the dense one, and prove it.",
        "cli.searching:smallest", *RUN_OPTIONS, more=_search_fields,
    ),
    Command(
        "check", "Say what is wrong with the data, and what to do about it.", "cli.runs:check",
        JSON, more=lambda: _fields("data"),
    ),
    Command(
        "inspect",
        "Show what network a file of PyTorch, Keras, ONNX, skops or JAX holds; none of it is run.",
        "cli.inspect:inspect",
        click.Argument(["file"], type=FILE, help="a checkpoint from anywhere"), JSON,
    ),
]  # fmt: skip
QUEUE = [
    Command(
        "submit", "Put a run into the queue; prints its id.", "cli.queue:submit",
        Option(
            "--sweep", type=Kind("FIELD=V1,V2", _swept), multiple=True, group="Queue",
            help="a run for every combination, e.g. prune.stages=1,2,4; may be given several times",
        ),
        Option(
            "--priority", type=PRIORITY, default="normal", show_default="normal", group="Queue",
            help="which queued runs go first",
        ),
        Option(
            "--again", is_flag=True, group="Queue",
            help="make another run of a spec that was submitted before",
        ),
        *RUN_OPTIONS, more=_run_fields,
    ),
    Command(
        "jobs", "List queued, running and ended runs, and the workers.", "cli.queue:jobs", JSON
    ),
    Command(
        "runs", "List the runs in the store, those of 'run' too.", "cli.queue:runs",
        *RUN_OPTIONS,
    ),
    Command("cancel", "Stop a run; its finished stages stay.", "cli.queue:cancel", RUN),
    Command(
        "resume", "Go on with a run from its last finished stage.", "cli.queue:resume", RUN
    ),
    Command(
        "delete", "Delete a run with its files; asks first at a terminal.", "cli.queue:delete",
        RUN, Option("--yes", is_flag=True, help="do not ask"),
    ),
    Command(
        "priority", "Move a queued run before or behind the others.", "cli.queue:prioritise",
        RUN, click.Argument(["priority"], type=PRIORITY, metavar="high|normal|low"),
    ),
    Command(
        "worker", "Do the queued runs, one at a time on each device.", "jobs.worker.service:serve",
        Option("--slot", metavar="NAME", help="serve this device slot alone: host-cuda0"),
        Option("--until-idle", is_flag=True, help="stop when nothing is queued"),
    ),
    Command("pause", "Have a worker take no further run until 'serve'.", "cli.queue:pause", SLOT),
    Command("serve", "Have a paused worker take runs again.", "cli.queue:serve", SLOT),
    Command("drain", "Have a worker end after the run that it has.", "cli.queue:drain", SLOT),
]  # fmt: skip
USE = [
    Command(
        "whatif", "Predict R2 of a smaller network, without training it.", "cli.runs:whatif",
        click.Argument(
            ["run_id"], type=RUN_ID, metavar="RUN_ID", help="a run with a trained dense network"
        ),
        Option("--param-reduction", type=SHARE, help="every layer alike"),
        Option("--hidden", type=WIDTHS, help="hidden widths to cut to"),
        Option("--criterion", type=CRITERION, help="how neurons are scored, else as in the run"),
        Option("--reconstruction", type=RECONSTRUCTION, help="else as in the run"),
        JSON,
    ),
    Command(
        "compare", "Show the arms and the verdict of finished runs.", "cli.runs:compare",
        click.Argument(["run_ids"], type=RUN_ID, nargs=-1, metavar="RUN_ID", help="finished runs"),
        Option("--sweep", metavar="ID", help="all finished runs of a sweep"), JSON,
    ),
    Command(
        "adapt", "Let the networks of a finished run learn from new rows.", "cli.adapt:adapt",
        FINISHED,
        Option(
            "--data", metavar="SOURCE",
            help="table:PATH, new rows in order of time; else a new material for milling-sim",
        ),
        Option("--batch-rows", type=WHOLE, help="rows that come at once, else a twentieth of all"),
        Option(
            "--frozen", type=SHARE,
            default=AdaptSettings.frozen, show_default=str(AdaptSettings.frozen),
            help="share of the layers, from the inputs on, that the arm frozen leaves as they are",
        ),
        Option(
            "--arms", type=choice("arm", MEANING, is_list=True),
            default=AdaptSettings.arms, show_default=",".join(AdaptSettings.arms),
            help="ways to learn",
        ),
        JSON, more=_reading,
    ),
    Command(
        "export", "Write a finished run's networks for other programs.", "cli.export:export",
        FINISHED,
        Option("--format", "formats", type=FORMAT, multiple=True, help="parted by commas"),
        Option("--layout", type=LAYOUT, help="instead: all files"),
        Option("--stage", type=WHOLE, metavar="K", help="of this stage, else the final"),
        Option(
            "--out", "to", metavar="DIR",
            help="where to write, else 'exports' in the run's folder (--layout: exports/paper)",
        ),
        JSON,
    ),
    Command(
        "verify", "Check a paper's claims by arithmetic and against a run.", "cli.review:verify",
        click.Argument(
            ["claims"], type=FILE, metavar="CLAIMS.json",
            help=f"a file of claims, a run's own spinn_structured_metrics.json, {PAPER}",
        ),
        Option("--run", "run_id", type=RUN_ID, help="a finished run to hold them against"), JSON,
    ),
    Command(
        "report", "Write HTML, LaTeX tables, figures and JSON of a run.", "cli.review:report",
        FINISHED,
        Option(
            "--out", "folder", type=FILE, required=True, metavar="DIR",
            help="a folder for it, new, empty, or with an earlier report of the run",
        ),
        Option(
            "--claims", type=FILE, metavar="FILE",
            help=f"claims to hold against the run and to show, {PAPER}",
        ),
        JSON,
    ),
]  # fmt: skip
DASHBOARD = [
    Command(
        "dashboard", "Open the dashboard in a browser, for this machine alone.",
        "application:serve_dashboard",
        Option("--port", type=click.IntRange(1, 65_535),
               help="else 8501, or the next that is free"),
    ),
]  # fmt: skip

COMMANDS = Commands(
    {"Train and prune": MAKE, "Queue": QUEUE, "Use what was trained": USE, "Dashboard": DASHBOARD},
    Option(
        "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
        help="show the version",
    ),
    help="Structured pruning, explored.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
