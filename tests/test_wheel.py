"""What ``pip install .`` brings: all that running takes, from any folder, but no ``dashboard``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from email.parser import Parser
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.servers import free_port

pytestmark = pytest.mark.slow
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
SITE = "spinn_engine/site"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder, ROOT], check=True)
    [found] = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with what the wheel installs; what it depends on is the test's own."""
    folder = wheel.with_name("installed")
    subprocess.run([*PIP, "install", "--no-deps", "--target", folder, wheel], check=True)
    return folder


def environment(*folders: Path) -> dict[str, str]:
    known = os.pathsep.join(map(str, folders))
    return {**os.environ, "PYTHONPATH": known, "STREAMLIT_SERVER_HEADLESS": "true"}


def python(script: str, cwd: Path, *folders: Path) -> str:
    """What a script in another folder prints, with these folders to import from."""
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=cwd, env=environment(*folders), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_wheel_has_all_that_the_clone_has_for_running(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "spinn_engine", "dashboard", "assets"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    left_out = ("assets/screenshots/", "assets/demo/make_demo.py")
    there = {name for name in tracked if not name.startswith(left_out)}
    expected = {name if name.startswith("spinn_engine") else f"{SITE}/{name}" for name in there}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert f"{SITE}/dashboard/.streamlit/config.toml" in expected
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_it_depends_on_what_the_requirements_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        [name] = [name for name in file.namelist() if name.endswith("METADATA")]
        told = Parser().parsestr(file.read(name).decode()).get_all("Requires-Dist", [])
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [line.partition(";")[0].strip() for line in lines if line and line[0] != "#"]
    assert sorted(line.partition(";")[0].strip() for line in told) == sorted(pinned)
    assert all("==" in line for line in pinned)


def test_the_command_runs_and_no_module_is_in_the_way_of_others(
    installed: Path, tmp_path: Path
) -> None:
    modules = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert modules == {"bin", "spinn_engine"}
    done = subprocess.run(
        [installed / "bin" / "spinn", "plan", "--json"],
        cwd=tmp_path, env=environment(installed), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"params": 666882' in done.stdout
    where = python("import spinn_engine.api; print(spinn_engine.api.__file__)", tmp_path, installed)
    assert Path(where).is_relative_to(installed)


# The first page, in a process that has the clone nowhere; a worker is started as this is started.
VISIT = """
import subprocess, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({app!r}, default_timeout=60).run()
assert not app.exception and not app.error
assert any(button.key == "explore_demo" for button in app.button)
print(subprocess.check_output([sys.executable, "-c", "import dashboard, spinn_engine as e; "
    "print(dashboard.__file__); print(e.__file__)"], text=True))
"""


@pytest.mark.parametrize("place", ["installed", "clone"])
def test_the_first_page_opens_in_another_folder(
    place: str, installed: Path, tmp_path: Path
) -> None:
    """Not only in the folder where the engine can be imported, and so in what a page starts."""
    folder = installed / SITE if place == "installed" else ROOT
    known = [installed] if place == "installed" else []
    where = python(VISIT.format(app=str(folder / "dashboard" / "app.py")), tmp_path, *known)
    expected = (installed if place == "installed" else ROOT) / "spinn_engine" / "__init__.py"
    assert where.split() == [str(folder / "dashboard" / "__init__.py"), str(expected)]


@pytest.mark.parametrize("place", ["installed", "clone"])
def test_the_server_is_reached_from_this_machine_alone(
    place: str, installed: Path, tmp_path: Path
) -> None:
    port = str(free_port())
    app = str(ROOT / "dashboard" / "app.py")
    command = {
        "installed": [str(installed / "bin" / "spinn"), "dashboard", "--port", port],
        "clone": [sys.executable, "-m", "streamlit", "run", app, "--server.port", port],
    }[place]
    known = environment(installed) if place == "installed" else environment()
    with psutil.Popen(command, cwd=tmp_path, env=known, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 60
            while not (found := addresses(server, int(port))) and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            server.terminate()
    assert found == {"127.0.0.1"}


def addresses(server: psutil.Popen, port: int) -> set[str]:
    """Where a server listens on a port."""
    found = server.net_connections("inet")
    return {one.laddr.ip for one in found if one.status == "LISTEN" and one.laddr.port == port}
