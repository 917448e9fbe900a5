"""Everything of Report in a real browser: each file that it gives is opened and checked."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import safetensors.torch
import torch
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from spinn_engine import api
from tests.e2e.conftest import Watched
from tests.e2e.ready_runs import SCRIPT
from tests.e2e.walking import (
    SLOW,
    choose,
    download,
    give,
    go,
    link,
    open_all,
    part,
    press,
    shown,
    switch,
    table_rows,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

STEM = "spinn_structured_final"
SPARSE = "magnitude_final"
PARAMS = {"claim": f"It has 1 {SCRIPT}", "quantity": "params", "value": "1"} | {
    "inputs": 18, "hidden": [12, 8], "outputs": 2
}  # fmt: skip


def test_the_report_is_made_and_every_file_of_it_opened(
    ready: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    go(page, f"{ready}/report?run=first")
    part(page, "with_claims").locator("label").first.click()
    page.wait_for_url("**with_claims=true*", timeout=SLOW)
    press(page, "make_report")
    expect(part(page, "get_zip")).to_be_visible(timeout=2 * SLOW)
    html = download(page, part(page, "get_html").locator("button"), tmp_path).read_text()
    whole = download(page, part(page, "get_zip").locator("button"), tmp_path)
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert files["report.html"].decode() == html
    for name, content in files.items():
        check_file(name, content)
    check_contents(files)
    expect(page.frame_locator("iframe").first.locator("h1")).to_contain_text("first", timeout=SLOW)
    open_all(page)
    assert set(part_of_names(page)) == set(files)
    watched.check()


def part_of_names(page: Page) -> list[str]:
    listed = page.locator("[data-testid=stCode]").filter(has_text="report.html").first
    return listed.locator("code").inner_text().split()


def check_file(name: str, content: bytes) -> None:
    """A file is what its name says."""
    kind = name.rpartition(".")[2]
    if kind == "svg":
        assert ElementTree.fromstring(content).tag.endswith("}svg")
    elif kind == "pdf":
        assert len(PdfReader(io.BytesIO(content)).pages) == 1
    elif kind == "json":
        json.loads(content)
    elif kind == "tex":
        text = content.decode()
        assert text.count(r"\begin{") == text.count(r"\end{") > 0
    else:
        assert kind in ("html", "txt"), name
        assert len(content.decode()) > 500


def check_contents(files: dict[str, bytes]) -> None:
    """The report tells of the run what its folder holds."""
    folder = api.open_run("first")
    result = folder.result()
    assert result is not None
    assert json.loads(files["spinn_structured_metrics.json"]) == result
    html, stages = files["report.html"].decode(), files["tables/stages.tex"].decode()
    assert "<script" not in html
    for stage in result["stages"]:
        assert f"{stage['params']:,}" in html
        assert f"{stage['params']:,}" in stages.replace(r"{,}", ",").replace(r"\,", ",")
    assert "666,882" in html  # of the paper's claims
    assert r"\begin{document}" in files["report.tex"].decode()


def test_the_papers_verdicts_are_taken_away(ready: str, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    go(page, f"{ready}/report?run=first")
    verdicts = json.loads(
        download(page, part(page, "get_verdicts").locator("button"), tmp_path).read_text()
    )["claims"]
    head, *rows = table_rows(page, "Every claim")
    assert len(rows) == len(verdicts) > 5
    for row, verdict in zip(rows, verdicts, strict=True):
        assert verdict["verdict"].replace("_", " ") in row[head.index("Verdict")]
        assert row[head.index("Claim, and why")].startswith(verdict["claim"])
    watched.check()


def test_claims_of_ones_own(ready: str, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    go(page, f"{ready}/report?run=first")
    switch(page, "claims", "a file of your own")
    for content, says in (
        (b'{"claims": [', "JSON"),
        (b"\xff\xfe\x00", "is UTF-8 text"),
        (b'{"claims": 3}', "claims"),
        (json.dumps({"title": "t", "source": "s", "claims": [PARAMS]}).encode(), "contradicted"),
    ):
        give(page, "claims_file", "own.json", content)
        shown(page, says)
    [verdict] = json.loads(
        download(page, part(page, "get_verdicts").locator("button"), tmp_path).read_text()
    )["claims"]
    assert (verdict["claimed"], verdict["found"]) == (1, 350)
    assert verdict["claim"] == PARAMS["claim"]
    shown(page, SCRIPT)
    watched.check()


def test_every_export_is_loaded_by_its_own_library(
    ready: str, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    go(page, f"{ready}/report?run=first")
    choose(page, "formats", "pt2:", "safetensors:", "coo:", "csr:")  # the others are chosen
    press(page, "export")
    shown(page, "You may leave this page")
    buttons = page.locator("[class*='st-key-get_'] button").filter(has_text="final")
    expect(buttons).to_have_count(6, timeout=3 * SLOW)
    paths = {path.name: path for path in (download(page, b, tmp_path) for b in buttons.all())}
    rows = np.random.default_rng(0).normal(size=(5, 18)).astype(np.float32)
    outputs = {name: loaded(path, rows) for name, path in paths.items()}
    for stem, count in ((STEM, 4), (SPARSE, 2)):
        same = [y for name, y in outputs.items() if name.startswith(stem)]
        assert len(same) == count
        for y in same:
            assert y.shape == (5, 2)
            np.testing.assert_allclose(y, same[0], rtol=1e-4, atol=1e-3)
    head, *lines = table_rows(page, "Every exported file")
    assert {line[head.index("File")] for line in lines} == set(paths)
    open_all(page)
    shown(page, "onnxruntime.InferenceSession")
    watched.check()


def loaded(path: Path, rows: np.ndarray) -> np.ndarray:
    """What a file makes of raw rows, by the library that it is for."""
    x = torch.from_numpy(rows)
    name = path.name
    if name.endswith(".onnx"):
        session = onnxruntime.InferenceSession(path)
        return np.asarray(session.run(None, {session.get_inputs()[0].name: rows})[0])
    if name.endswith(".pt2"):
        return np.asarray(torch.export.load(path).module()(x).detach())
    if name.endswith(".pth"):
        return np.asarray(torch.load(path, weights_only=False)(x).detach())
    weights = (
        safetensors.torch.load_file(path)
        if name.endswith(".safetensors")
        else torch.load(path, weights_only=True)["state_dict"]
    )
    return by_hand(weights, x)


def by_hand(weights: dict[str, torch.Tensor], x: torch.Tensor) -> np.ndarray:
    """The layers one by one, with the default activation between them."""
    numbers = sorted({int(name.split(".")[-2]) for name in weights})
    prefix = next(iter(weights)).partition(f"{numbers[0]}.")[0]
    for number in numbers:
        weight = weights[f"{prefix}{number}.weight"]
        weight = weight if weight.layout is torch.strided else weight.to_dense()
        x = x @ weight.T + weights[f"{prefix}{number}.bias"]
        x = x if number == numbers[-1] else torch.tanh(x)
    return np.asarray(x)


def test_another_run_and_the_demo(ready: str, watched: Watched) -> None:
    page = watched.page
    go(page, f"{ready}/report?run=first")
    choose(page, "run", "hostile")
    shown(page, "held against run hostile")
    go(page, f"{ready}/report?run=demo")
    shown(page, "the demo is read-only")
    link(page, "Present").click()
    shown(page, "1 / 7")
    link(page, "Leave").click()
    shown(page, "A small real run that ships")
    watched.check()
