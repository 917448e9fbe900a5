"""No code asks for a row by its name: the row says how it behaves, so that a new one works too.

Seen are comparisons with a name, ``match`` cases, collections and dictionaries of names of one
table, and what is looked up under the name of an arm.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.test_tables import IMPLEMENTATIONS, TABLES

ROOT = Path(__file__).parents[2]
# Files of other programs have words of their own, which are those of a table by chance.
WORDS_OF_OTHERS = tuple(
    f"spinn_engine/imported/{room}/" for room in ("files", "others", "programs", "recognition")
)
MODULES = [
    path.relative_to(ROOT).as_posix()
    for room in ("spinn_engine", "dashboard")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "vocabulary" not in path.parts
    and not path.relative_to(ROOT).as_posix().startswith(WORDS_OF_OTHERS)
]
NAMES = {name for table in TABLES.values() for name in table}
# The names of quantities are also keys of a result, which are told together everywhere.
KINDS = {kind: set(table) for kind, table in TABLES.items() if kind != "QUANTITIES"}
ARMS = set(TABLES["ARMS"]) - {"dense"}  # which is a field of the spec, too
ALLOWED: dict[str, tuple[set[str], str]] = {
    "dashboard/compare/pareto.py": ({"latency"}, "an axis of that page"),
    "dashboard/data/offers.py": ({"missing"}, "a field of a spec"),
    "dashboard/data/roles.py": ({"group", "time"}, "fields of a spec, by their keys"),
    "dashboard/parts/forms/initial.py": ({"activation"}, "a field of a spec"),
    "dashboard/parts/forms/widgets.py": ({"group", "time"}, "fields of a spec, by their keys"),
    "spinn_engine/adaptation/settings.py": ({"none"}, "a way to adapt"),
    "spinn_engine/adaptation/summary.py": ({"none"}, "a way to adapt"),
    "spinn_engine/adaptation/words.py": ({"none"}, "a way to adapt"),
    "spinn_engine/artifacts/imported_dense.py": ({"activation"}, "a field of a spec"),
    "spinn_engine/evaluation/cost.py": ({"coo", "csr"}, "the layouts that torch has, by format"),
    "spinn_engine/graph/ends.py": ({"tanh"}, "the placeholder of what a file does not tell"),
    "spinn_engine/imported/reader.py": ({"safetensors"}, "a kind of file"),
    "spinn_engine/graph/fixed_ends.py": ({"cos", "sin"}, "what becomes of a periodic input"),
    "spinn_engine/graph/kinds.py": ({"cos", "sin"}, "what Fourier features are made of"),
    "spinn_engine/problems/checks/linear.py": ({"linear"}, "the check that is about this arm"),
    "spinn_engine/problems/tables/table.py": ({"table"}, "the loader of this source"),
    "spinn_engine/report/figures/inline_svg.py": ({"id"}, "an attribute of SVG"),
    "spinn_engine/spec/parts.py": (
        {"dense_longer", "random", "scratch", "linear", "magnitude"},
        "the default of a field, in the order in which specs have it",
    ),
    "spinn_engine/store/result_form.py": ({"missing"}, "a kind of complaint of pydantic's"),
    "spinn_engine/words/figures.py": ({"r2"}, "a key of a result"),
}


def texts_of(node: ast.AST) -> list[str]:
    """The text that a node is, or the texts that stand in it as a collection."""
    nodes = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def of_one_table(texts: list[str], count: int) -> list[str]:
    """The texts, where there are several and all of them are names of one table."""
    same = any(names.issuperset(texts) for names in KINDS.values())
    return texts if len(texts) == count > 1 and same else []


def asked(node: ast.AST) -> list[str]:
    """The names that a node decides by."""
    match node:
        case ast.Compare():
            sides = (node.left, *node.comparators)
            return [text for side in sides for text in texts_of(side) if text in NAMES]
        case ast.MatchValue():
            return [text for text in texts_of(node.value) if text in NAMES]
        case ast.Tuple() | ast.List() | ast.Set():
            return of_one_table(texts_of(node), len(node.elts))
        case ast.Dict():
            keys = [key for key in node.keys if key is not None]
            return of_one_table([text for key in keys for text in texts_of(key)], len(keys))
        case ast.Subscript(slice=key) | ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]):
            return [text for text in texts_of(key) if text in ARMS]
        case ast.Call(func=ast.Attribute(attr="startswith"), args=[start]):
            return [text for text in texts_of(start) if text.rstrip(":") in TABLES["SOURCES"]]
    return []


def implementations(tree: ast.Module, module: str) -> Iterator[ast.AST]:
    """The dictionaries of a module that are the implementing side of a table."""
    tables: list[Any] = [found for _, found in IMPLEMENTATIONS.values()]
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            loaded = getattr(import_module(module), ast.unparse(target))
            if any(loaded is table for table in tables):
                yield node.value


def decided_by_name(source: str, module: str = "") -> list[tuple[int, str]]:
    """Line and name of whatever in a module's source decides by the name of a row."""
    tree = ast.parse(source)
    hits = [(node, name) for node in ast.walk(tree) for name in asked(node)]
    if module.startswith("spinn_engine") and any(isinstance(n, ast.Dict) for n, _ in hits):
        own = list(implementations(tree, module))
        hits = [(node, name) for node, name in hits if node not in own]
    return [(node.lineno, name) for node, name in hits]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", MODULES)
def test_a_module_asks_for_no_row_by_its_name(path: str) -> None:
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    allowed, _ = ALLOWED.get(path, (set(), ""))
    found = decided_by_name((ROOT / path).read_text(encoding="utf-8"), module)
    told = [f"{path}:{line} {name!r}" for line, name in found if name not in allowed]
    assert not told, "say in the row how it behaves, and ask for that"
    assert {name for _, name in found} >= allowed, "allowed, and not there"


def test_every_module_that_may_is_there() -> None:
    assert set(MODULES) >= ALLOWED.keys()
    assert all(reason for _, reason in ALLOWED.values())


@pytest.mark.parametrize(
    "source",
    [
        "if arm == 'linear': pass",
        "if 'l1' != how: pass",
        "if 'magnitude' in controls: pass",
        "if split not in ('block', 'by file'): pass",
        "match fmt:\n    case 'onnx' | 'pickle': pass",
        "HOW = {'group': 'whole groups', 'row': 'at random'}",
        "HOW = {'uniform': alike, 'custom': given}",
        "COMPARED = ('dense', 'structured')",
        "sparse = [export(x) for x in ['coo', 'csr']]",
        "row = arms['scratch']",
        "row = arms.get('dense_longer')",
        "if source.startswith('table:'): pass",
    ],
)
def test_what_decides_by_a_name_is_seen(source: str) -> None:
    assert decided_by_name(source)


@pytest.mark.parametrize(
    "source",
    [
        "row = {'params': 3, 'macs': 4}",
        "if ARMS[arm].control: pass",
        "file = result['final']['per_output']",
        "columns = ['place', 'part', 'group']",
        "print('linear', 'onnx')",
    ],
)
def test_what_does_not_is_left_alone(source: str) -> None:
    assert not decided_by_name(source)
