"""Cells of one column from several tables, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa


def joined(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """The cells of one column from several files; as text where their kinds differ."""
    kinds = {part.type for part in parts if not pa.types.is_null(part.type)}
    if len(kinds) > 1:
        kind = _common(kinds)
        parts = [_as_text(part) if kind == pa.string() else part.cast(kind) for part in parts]
    else:
        parts = [part.cast(next(iter(kinds), pa.null())) for part in parts]
    return pa.chunked_array([c for part in parts for c in part.chunks], type=parts[0].type)


def _common(kinds: set[pa.DataType]) -> pa.DataType:
    if all(_is_number(kind) for kind in kinds):
        return pa.float64()
    if all(pa.types.is_date(k) or pa.types.is_timestamp(k) for k in kinds):
        zones = {k.tz for k in kinds if pa.types.is_timestamp(k)}
        return pa.timestamp("ns", zones.pop()) if len(zones) == 1 else pa.string()
    return pa.string()


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_nested(cells.type) or pa.types.is_binary(cells.type):
        words = [None if cell is None else str(cell) for cell in cells.to_pylist()]
        return pa.chunked_array([words], type=pa.string())
    return cells.cast(pa.string())
