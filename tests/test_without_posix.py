"""Where there is no ``fcntl``: what works in the foreground does, the rest is a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HIDE = "from tests.without_posix import hide; hide()\n"


def python(script: str) -> subprocess.CompletedProcess[str]:
    """A script in a process that lacks what Windows lacks."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", HIDE + script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_module_of_the_engine_is_imported() -> None:
    done = python(
        "import pkgutil, importlib, spinn_engine\n"
        "for module in pkgutil.walk_packages(spinn_engine.__path__, 'spinn_engine.'):\n"
        "    if not module.name.endswith('__main__'):\n"
        "        importlib.import_module(module.name)\n"
        "        print(module.name)"
    )
    assert done.returncode == 0, done.stderr
    assert {"spinn_engine.pipeline", "spinn_engine.cli.main"} <= set(done.stdout.split())


def test_a_worker_and_background_work_are_refused_in_one_sentence() -> None:
    done = python("from spinn_engine.cli.main import main; raise SystemExit(main(['worker']))")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "a worker needs Linux or macOS" in done.stderr
    done = python(
        "from spinn_engine import api\n"
        "from spinn_engine.errors import SpinnError\n"
        "for start in (api.ensure_worker, lambda: api.start_work('demo', 'export', [])):\n"
        "    try:\n        start()\n    except SpinnError as error:\n        print(error)\n"
    )
    assert [line.partition(" needs Linux or macOS; ")[0] for line in done.stdout.splitlines()] == [
        "a worker",
        "an export in the background",
    ], done.stderr


@pytest.mark.slow
def test_a_run_in_the_foreground_is_shown_by_every_page_and_start_is_refused(
    store: Path, small_table: Path
) -> None:
    options = ["--hidden", "8,8", "--stages", "1", "--epochs", "2", "--fine-tune-epochs", "1"]
    run = ["run", *options, "--data", f"table:{small_table}", "--targets", "y,z"]
    done = python(
        "from spinn_engine.cli.main import main\n"
        f"assert main(['plan']) == 0\nassert main({run}) == 0\nassert main(['jobs']) == 0"
    )
    assert done.returncode == 0, done.stderr
    [run_id] = [folder.name for folder in store.iterdir() if (folder / "spec.json").exists()]
    done = python(
        "from tests.dashboard.support import PAGES, visit\n"
        "for page in PAGES:\n"
        "    app = visit(page)\n"
        f"    app.query_params['run'] = {run_id!r}\n"
        "    app.run()\n"
        "    assert not app.exception and not app.error, page\n"
        f"    print(page, {run_id!r} in str(app))\n"
        "app = visit('plan').run()\n"
        "app.button(key='start').click().run()\n"
        "print(*(error.value for error in app.error))\n"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "run True" in done.stdout.splitlines()
    assert "a worker needs Linux or macOS; " in done.stdout.splitlines()[-1]
