"""Fractions become text in ``spinn_engine.words`` and nowhere else."""

from __future__ import annotations

import ast
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


def test_no_fraction_is_formatted_elsewhere() -> None:
    found = {path: formats(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: own for path, own in found.items() if own} == {}


def test_the_test_sees_what_it_looks_for() -> None:
    seen = formats(ast.parse("""f"{a:.4f} {b:+.{digits}f} {c:.1%} {d:,} {e:>3} {f:g}" """))
    assert seen == [".4f", "+.f", ".1%", "g"]
