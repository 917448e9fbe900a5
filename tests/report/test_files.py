"""The other files of a report open in other programs, and are the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unicodedata import normalize
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from spinn_engine import api
from spinn_engine.report.latex import document, escape, table_file
from spinn_engine.report.table import Cell, table
from spinn_engine.vocabulary import ARMS
from tests.report.conftest import SPECS, result_of

NAMES = (*SPECS, "wild")
ROOT = Path(__file__).parents[2]


def read(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_names_every_file(reports: dict[str, Path], name: str) -> None:
    files = read(reports[name])
    manifest = json.loads(files.pop("report.json"))
    assert {one["file"]: one["sha256"] for one in manifest["files"]} == {
        file: hashlib.sha256(data).hexdigest() for file, data in files.items()
    }
    assert all(one["bytes"] == len(files[one["file"]]) for one in manifest["files"])
    assert manifest["run_id"] == result_of(reports[name])["run_id"]


def test_result_and_spec_are_the_runs_own(reports: dict[str, Path], runs: dict[str, str]) -> None:
    for name in NAMES:
        run = api.open_run(runs[name])
        copied = (reports[name] / "spinn_structured_metrics.json").read_bytes()
        assert copied == run.result_path.read_bytes()
        assert api.RunSpec.from_file(reports[name] / "spec.json") == run.spec()


@pytest.mark.parametrize("name", NAMES)
def test_figures_open(reports: dict[str, Path], name: str) -> None:
    for path in sorted((reports[name] / "figures").glob("*.svg")):
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        width = float(root.attrib["width"].removesuffix("pt")) / 72
        assert width == pytest.approx(3.4, abs=0.01)
        (page,) = PdfReader(path.with_suffix(".pdf")).pages
        assert float(page.mediabox.width) / 72 == pytest.approx(3.4, abs=0.01)
        resources = page["/Resources"]
        assert isinstance(resources, DictionaryObject)
        fonts = resources["/Font"].get_object()
        assert isinstance(fonts, DictionaryObject)
        for font in fonts.values():
            kind = font.get_object()
            assert kind["/Subtype"] == "/Type0"
            (inner,) = kind["/DescendantFonts"]
            assert "/FontFile2" in inner.get_object()["/FontDescriptor"].get_object()


def test_arms_look_as_in_the_dashboard() -> None:
    shapes = {"s": "square", "o": "circle", "D": "diamond", "X": "x", "^": "triangle-up"}
    shapes |= {"P": "cross", "v": "triangle-down"}
    for arm in ARMS.values():
        assert shapes[arm.marker] + ("-open" if arm.hollow else "") == arm.symbol


def test_a_fresh_process_writes_the_same_bytes(
    reports: dict[str, Path], runs: dict[str, str], tmp_path: Path
) -> None:
    words = ["report", runs["folds"], "--out", str(tmp_path / "again"), "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "spinn_engine", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert read(tmp_path / "again") == read(reports["folds"])
    told = json.loads(done.stdout)
    assert told["run_id"] == runs["folds"]
    assert told["files"] == sorted(read(tmp_path / "again"))


def test_two_threads_write_the_same_bytes(
    reports: dict[str, Path], runs: dict[str, str], tmp_path: Path
) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = [
            pool.submit(api.write_report, runs[name], tmp_path / name)
            for name in ("single", "folds")
        ]
        for one in made:
            one.result()
    for name in ("single", "folds"):
        assert read(tmp_path / name) == read(reports[name])


def test_a_report_loads_no_torch_and_the_facade_no_matplotlib() -> None:
    code = (
        "import sys, spinn_engine.api, spinn_engine.cli.review; "
        "assert not {'matplotlib', 'jinja2'} & sys.modules.keys(); "
        "import spinn_engine.report.write; assert 'torch' not in sys.modules; "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_latex_is_in_order(reports: dict[str, Path], name: str) -> None:
    """Strict, without LaTeX: ASCII, balanced braces and environments, equal rows, real inputs."""
    files = sorted(reports[name].rglob("*.tex"))
    for path in files:
        text = path.read_bytes().decode("ascii")
        bare = re.sub(r"\\[{}%$&#_\\]", "", text)
        depth = 0
        for letter in bare:
            depth += (letter == "{") - (letter == "}")
            assert depth >= 0
        assert depth == 0
        open_ones: list[str] = []
        for kind, what in re.findall(r"\\(begin|end)\{(\w+)\}", text):
            if kind == "begin":
                open_ones.append(what)
            else:
                assert open_ones.pop() == what
        assert open_ones == []
    for path in (reports[name] / "tables").iterdir():
        lines = [line for line in path.read_text().splitlines() if "&" in re.sub(r"\\&", "", line)]
        assert len({len(re.findall(r"(?<!\\)&", line)) for line in lines}) == 1
    main = (reports[name] / "report.tex").read_text()
    wanted = re.findall(r"\\input\{(.*?)\}", main) + re.findall(r"\{(figures/.*?)\.pdf\}", main)
    there = {path.relative_to(reports[name]).with_suffix("").as_posix() for path in files}
    there |= {f"figures/{path.stem}" for path in (reports[name] / "figures").glob("*.pdf")}
    assert set(wanted) == there - {"report"}


@settings(max_examples=200)
@given(st.text())
def test_any_text_becomes_harmless_latex(text: str) -> None:
    found = escape(text)
    assert found.isascii()
    left = re.sub(r"\$[^$]*\$|\\[{}%&#]|\\_\\allowbreak\{\}|\\[a-zA-Z]+|\\[`'^~\"=.]", "", found)
    assert not set(left) & set("\\$&#%_^")
    assert left.count("{") == left.count("}")


@pytest.fixture(scope="session")
def pdflatex() -> str:
    found = shutil.which("pdflatex")
    if found is None:
        pytest.skip("there is no pdflatex on the PATH (apt-get install texlive-latex-recommended)")
    return found


def compiled(pdflatex: str, folder: Path) -> PdfReader:
    """The document of a folder, which must compile without a complaint."""
    for _ in range(2):
        done = subprocess.run(
            [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    log = (folder / "report.log").read_text(errors="replace")
    assert "LaTeX Warning" not in log
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert max(wide, default=0.0) < 15.0
    return PdfReader(folder / "report.pdf")


@pytest.mark.parametrize("name", NAMES)
def test_latex_compiles(reports: dict[str, Path], name: str, pdflatex: str, tmp_path: Path) -> None:
    shutil.copytree(reports[name], tmp_path / "report")
    pages = compiled(pdflatex, tmp_path / "report").pages
    text = "".join(page.extract_text() for page in pages)
    assert f"{result_of(reports[name])['dense_params']:,}" in text
    assert "Table 1" in pages[0].extract_text()


def test_every_letter_compiles(pdflatex: str, tmp_path: Path) -> None:
    """ASCII, Latin with accents, Greek, signs, what LaTeX has not; at the start of cells, too."""
    letters = [chr(code) for code in (*range(32, 127), *range(160, 0x180), *range(0x3B1, 0x3CA))]
    letters += list("\N{MINUS SIGN}\N{EN DASH}\N{RIGHTWARDS ARROW}\N{GRINNING FACE}\x00\n\t")
    rows: list[list[str | Cell]] = [[f"{a}x", f"{a}{a}"] for a in letters]
    (tmp_path / "tables").mkdir()
    made = table("letters", " ".join(letters), ["[*]", "&"], rows)
    (tmp_path / "tables" / "letters.tex").write_bytes(table_file(made))
    text = document(" ".join(letters), {" ".join(letters): letters}, ["letters"], {})
    (tmp_path / "report.tex").write_bytes(text)
    assert len(compiled(pdflatex, tmp_path).pages) > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_without_a_network_shows_the_page(
    reports: dict[str, Path], chromium: Browser, scheme: str
) -> None:
    context = chromium.new_context(
        offline=True, color_scheme="dark" if scheme == "dark" else "light"
    )
    page, asked, said = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for name in NAMES:
        url = (reports[name] / "report.html").as_uri()
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(url)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert {one.split("#")[0] for one in asked} == {url}
        asked.clear()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert said == []
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_first_printed_page_is_the_papers_table(
    reports: dict[str, Path], chromium: Browser, name: str
) -> None:
    context = chromium.new_context(offline=True, color_scheme="dark")
    page = context.new_page()
    page.goto((reports[name] / "report.html").as_uri())
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    context.close()
    texts = (page.extract_text().lstrip() for page in printed.pages)
    first, *others = (normalize("NFKC", text) for text in texts)  # an id may have a ligature
    assert float(printed.pages[0].mediabox.width) == pytest.approx(595, abs=1)
    for words in ("Comparison", "Hidden widths", "Verdict", result_of(reports[name])["run_id"]):
        assert words in first
    assert any(text.startswith("Stages") for text in others)
