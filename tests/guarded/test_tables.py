"""Tables that are small as files and larger in memory than a limit that is lowered for them."""

from __future__ import annotations

import os
import tempfile
import threading
import zipfile
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spinn_engine import api
from spinn_engine.cli import main
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec

ROWS, LETTERS = 3000, 100_000  # 300 MB where each cell holds its text
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(path: Path, equals: str = "=") -> Path:
    """A column of one long text, and one of numbers; ``equals`` is before the kind of a cell."""
    rows = ['<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>2</v></c></row>']
    rows += [
        f'<row r="{n}"><c r="A{n}" t{equals}"s"><v>0</v></c><c r="B{n}"><v>{n}</v></c></row>'
        for n in range(2, ROWS + 2)
    ]
    texts = "".join(f"<si><t>{text}</t></si>" for text in ("x" * LETTERS, "note", "y"))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}'
        "</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_READ_MB", "100")
    api.warm_up()


@pytest.mark.usefixtures("lowered")
@pytest.mark.parametrize(
    ("equals", "says"),
    [("=", "may take 1.2 GB of memory but 100 MB are free"), (" = ", "more than the 100 MB")],
    ids=["counted before", "watched"],
)
def test_a_long_text_in_many_cells_is_refused_and_the_server_goes_on(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch, equals: str, says: str
) -> None:
    content = workbook(tmp_path / "t.xlsx", equals).read_bytes()
    assert len(content) < 100_000
    beside = tmp_path / "temporary"
    beside.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(beside))
    (tmp_path / "small.csv").write_text("x,y\n1,2\n3,4\n")
    other = DataSpec(source=f"table:{tmp_path / 'small.csv'}")
    seen: list[int] = []
    visitor = threading.Thread(target=lambda: seen.append(len(api.preview(other)["columns"])))
    visitor.start()
    own = psutil.Process()
    before = own.memory_info().rss
    with pytest.raises(BadInputError, match=says) as refused:
        api.keep_table("t.xlsx", content)
    visitor.join()
    assert seen == [2]
    assert str(refused.value).startswith("t.xlsx: reading it ")
    assert own.memory_info().rss - before < 50_000_000
    assert list(beside.iterdir()) == []
    assert not (store / "uploads").exists()


@pytest.mark.usefixtures("lowered")
def test_a_repeated_text_in_parquet_is_held_once(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), ["x" * LETTERS])
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"note": texts, "y": list(range(ROWS))}), path, store_schema=False)
    found = api.preview(DataSpec(source=f"table:{path}"))
    assert [column["kind"] for column in found["columns"]] == ["text", "number"]
    assert "up to 100,000 letters" in found["columns"][0]["why"]
    assert len(found["rows"][0][0]) < 300
    with pytest.raises(BadInputError, match="no input column is left|texts of up to 100,000"):
        api.summary(DataSpec(source=f"table:{path}", targets=("y",)))


@pytest.mark.usefixtures("lowered")
@pytest.mark.parametrize("command", ["check", "plan", "run", "submit"])
def test_the_command_line_ends_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    path = workbook(tmp_path / "t.xlsx", " = " if command == "check" else "=")
    assert main.main([command, "--data", f"table:{path}", "--targets", "y"]) == 2
    [told] = capsys.readouterr().err.splitlines()
    assert "100 MB" in told


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.csv"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    with pytest.raises(BadInputError) as refused:
        api.preview(DataSpec(source=f"table:{path}"))
    assert str(refused.value) == f"{path}: it is a {kind}: name a file"
