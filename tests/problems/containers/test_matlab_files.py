"""MATLAB files: made by MATLAB itself (those that scipy is tested with), by scipy and by h5py."""

import struct
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy
from scipy.io import loadmat, savemat

from spinn_engine.errors import BadInputError
from spinn_engine.problems.tables.containers.arrays import Variable
from spinn_engine.problems.tables.containers.matlab.level5 import level5_tree
from tests.problems.containers.support import columns, notes

MADE_BY_MATLAB = Path(scipy.__file__).parent / "io/matlab/tests/data"
NUMBERS = sorted(
    path
    for kind in ("double", "matrix", "multi", "minus", "complex", "3dmatrix", "bool")
    for path in MADE_BY_MATLAB.glob(f"test{kind}_[678]*.mat")
)
CELLS = np.array(["steel", "Al", "steel"], dtype=object)
TABLE: dict[str, Any] = {
    "force": [1.0, 2.5, 3.0],
    "cycles": np.array([1, 2, 3], np.int32),
    "metal": CELLS,
}


@pytest.mark.parametrize("path", NUMBERS, ids=lambda path: path.name)
def test_numbers_that_matlab_wrote(path: Path) -> None:
    # Of complex numbers scipy would keep the real parts alone if asked for MATLAB's types.
    found = loadmat(path, mat_dtype="complex" not in path.name)
    wanted = {name: cells for name, cells in found.items() if not name.startswith("__")}
    found = level5_tree(path)
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        one = found[name]
        assert isinstance(one, Variable)
        assert one.read(None).dtype.kind == array.dtype.kind
        assert np.array_equal(one.read(None), array)


def test_there_are_files_of_matlab() -> None:
    assert len(NUMBERS) > 12


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("within", [False, True])
def test_a_table_saved_as_a_struct_or_its_fields(
    tmp_path: Path, packed: bool, within: bool
) -> None:
    path = tmp_path / "a.mat"
    made: dict[str, Any] = {"S": TABLE, "rate": 8.0} if within else dict(TABLE)
    savemat(path, made, do_compression=packed, oned_as="column")
    assert columns(path) == {name: list(cells) for name, cells in TABLE.items()}
    if within:
        assert columns(path, "S") == columns(path)
        assert columns(path, "S.force") == columns(path)


def test_a_matrix_with_the_names_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    names = np.array(["force", "temp"], dtype=object)
    savemat(path, {"X": np.arange(8.0).reshape(4, 2), "names": names, "y": np.arange(4)})
    assert columns(path) == {"force": [0, 2, 4, 6], "temp": [1, 3, 5, 7], "y": [0, 1, 2, 3]}


def test_an_array_of_structs_is_a_row_each(tmp_path: Path) -> None:
    rows = np.array([(1.5, "a"), (2.5, "b")], dtype=[("force", object), ("metal", object)])
    savemat(tmp_path / "a.mat", {"T": rows})
    assert columns(tmp_path / "a.mat") == {"force": [1.5, 2.5], "metal": ["a", "b"]}


def test_cells_of_several_kinds_say_how_to_save_them(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"raw": np.array([["force", 1.0]], dtype=object)})
    with pytest.raises(BadInputError, match=r"cell array of different kinds: .*writecell\(raw"):
        columns(tmp_path / "a.mat")


def element(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)


def with_object(path: Path, kind: bytes) -> None:
    """A file as MATLAB writes one: the object is only a number that points to MATLAB's own."""
    savemat(path, {"n": 1.0})
    inside = element(6, struct.pack("<II", 17, 0)) + element(1, b"T") + element(1, b"MCOS")
    inside += element(1, kind) + element(14, element(6, struct.pack("<II", 13, 0)))
    path.write_bytes(path.read_bytes() + element(14, inside))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (
            b"table",
            r"'T' is a MATLAB table: in MATLAB, writetable\(T, 'file.csv'\), or S = tab",
        ),
        (b"timetable", r"writetimetable\(T, 'file.csv'\), or S = table2struct\(timetable2table\(T"),
        (b"string", r"save T = cellstr\(T\)"),
        (b"datetime", r"posixtime\(T\)"),
    ],
)
def test_objects_say_how_to_save_them(tmp_path: Path, kind: bytes, says: str) -> None:
    with_object(tmp_path / "a.mat", kind)
    with pytest.raises(BadInputError, match=says):
        columns(tmp_path / "a.mat")


def test_an_object_beside_vectors_is_left_out_and_told(tmp_path: Path) -> None:
    savemat(tmp_path / "b.mat", TABLE, oned_as="column")
    with_object(tmp_path / "a.mat", b"table")
    both = (tmp_path / "b.mat").read_bytes() + (tmp_path / "a.mat").read_bytes()[128:]
    (tmp_path / "a.mat").write_bytes(both)
    assert list(columns(tmp_path / "a.mat")) == list(TABLE)
    assert "Left out: T (a MATLAB table)." in notes(tmp_path / "a.mat")
    with pytest.raises(BadInputError, match="'T' is a MATLAB table"):
        columns(tmp_path / "a.mat", "T")


def test_what_matlab_saved_as_version_7_3() -> None:
    path = MADE_BY_MATLAB / "testhdf5_7.4_GLNX86.mat"
    angles = loadmat(MADE_BY_MATLAB / "testdouble_7.4_GLNX86.mat")["testdouble"].ravel()
    assert columns(path, "testdouble") == {"testdouble": angles.tolist()}


def matlab_7_3(path: Path) -> h5py.File:
    file = h5py.File(path, "w", userblock_size=512)
    file.attrs["made by"] = "h5py, in the layout that MATLAB has"
    return file


def put(group: h5py.Group, name: str, cells: Any, kind: str) -> h5py.Dataset:
    """An array as MATLAB keeps it: its sides turned round."""
    made = group.create_dataset(name, data=np.asarray(cells).T)
    made.attrs["MATLAB_class"] = np.bytes_(kind)
    return made


def put_texts(file: h5py.File, group: h5py.Group, name: str, texts: list[str]) -> None:
    refs = file.require_group("#refs#")
    cells = []
    for text in texts:
        letters = np.frombuffer(text.encode("utf-16-le"), np.uint16)[None]
        cells.append(put(refs, f"c{len(refs)}", letters, "char").ref)
    made = group.create_dataset(name, data=np.array([cells], dtype=h5py.ref_dtype))
    made.attrs["MATLAB_class"] = np.bytes_("cell")


def test_vectors_matrices_texts_and_structs_of_version_7_3(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    with matlab_7_3(path) as file:
        one = file.create_group("S")
        one.attrs["MATLAB_class"] = np.bytes_("struct")
        put(one, "force", [[1.0], [2.5], [3.0]], "double")
        put(one, "good", np.array([[1], [0], [1]], np.uint8), "logical")
        put_texts(file, one, "metal", ["steel", "Al", "stahl ä"])
        put(one, "pairs", [[1, 2], [3, 4], [5, 6]], "int32")
    assert columns(path) == {
        "force": [1.0, 2.5, 3.0],
        "good": [True, False, True],
        "metal": ["steel", "Al", "stahl ä"],
        "pairs_1": [1, 3, 5],
        "pairs_2": [2, 4, 6],
    }


def test_objects_of_version_7_3_say_how_to_save_them(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    with matlab_7_3(path) as file:
        made = put(file, "T", np.array([[1, 2, 3, 4, 5, 6]], np.uint32), "table")
        made.attrs["MATLAB_object_decode"] = np.int32(3)
    with pytest.raises(BadInputError, match=r"'T' is a MATLAB table: .*writetable\(T"):
        columns(path)
