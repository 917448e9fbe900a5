"""Fractions become text in ``spinn_engine.words`` and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "spinn_engine" / "words"
LENGTHS = {  # of what is drawn and laid out, which nobody reads
    "dashboard/charts/architecture.py",
    "dashboard/parts/presentation/frame.py",
    "spinn_engine/report/latex.py",
    "spinn_engine/report/figures/inline_svg.py",
    "spinn_engine/report/figures/axes.py",
}
FILES = [
    path
    for room in ("spinn_engine", "dashboard")
    for path in sorted((ROOT / room).rglob("*.py"))
    if WORDS not in path.parents and path.relative_to(ROOT).as_posix() not in LENGTHS
]


def formats(tree: ast.AST) -> list[str]:
    """The formats of numbers in f-strings, as ``.4f``."""
    specs = [
        "".join(
            str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant)
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr)
    ]
    return [spec for spec in specs if spec[-1:] in set("feEgG%") or spec.startswith("+")]


TYPED = {"number_input", "slider"}  # a number that a visitor types has to keep to one format
WHOLE = {"d", ",d"}  # of Vega-Lite, of numbers that are never negative: as ``count`` has them
IN_TEMPLATE = re.compile(r"%?\{[^{}]*:[^{}]*[defgsr%]\}")  # of Plotly, or of str.format


def library_formats(tree: ast.AST) -> Iterator[str]:
    """Formats of numbers that a chart or a table of a library would write itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):  # a channel of Vega-Lite that is no axis
            entries = zip(node.keys, node.values, strict=True)
            given = {key.value: value for key, value in entries if isinstance(key, ast.Constant)}
            look = given.get("format") if "field" in given else None
            if look is not None and getattr(look, "value", None) not in WHOLE:
                yield ast.unparse(look)
        elif isinstance(node, ast.Call):
            look = next((one.value for one in node.keywords if one.arg == "format"), None)
            typed = ast.unparse(node.func).rpartition(".")[2] in TYPED
            if isinstance(look, ast.Constant) and "YYYY" not in str(look.value) and not typed:
                yield ast.unparse(look)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from IN_TEMPLATE.findall(node.value)


def test_no_fraction_is_formatted_elsewhere() -> None:
    found = {path: formats(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: own for path, own in found.items() if own} == {}


def test_the_test_sees_what_it_looks_for() -> None:
    seen = formats(ast.parse("""f"{a:.4f} {b:+.{digits}f} {c:.1%} {d:,} {e:>3} {f:g}" """))
    assert seen == [".4f", "+.f", ".1%", "g"]


def test_no_page_leaves_a_number_to_a_library() -> None:
    pages = [path for path in FILES if path.is_relative_to(ROOT / "dashboard")]
    found = {
        path: [*library_formats(ast.parse(path.read_text(encoding="utf-8")))] for path in pages
    }
    assert {path: own for path, own in found.items() if own} == {}


def test_the_test_sees_the_formats_of_libraries() -> None:
    written = """
    column.NumberColumn(format="%.4f")
    frame.style.format("{:.3f}")
    {"field": "r2", "title": "R2", "format": ".4f"}
    {"hovertemplate": f"{name} %{{y:.3g}}<br>%{{customdata[1]:,d}}"}
    st.slider("Share", format="%d %%")
    {"field": "x", "axis": {"format": ",d"}}
    "https://docs.example/{a}: %{text}"
    """
    lines = ast.parse("\n".join(line.strip() for line in written.splitlines()))
    seen = [*library_formats(lines)]
    assert sorted(seen) == ["%{customdata[1]:,d}", "%{y:.3g}", "'%.4f'", "'.4f'", "{:.3f}"]
