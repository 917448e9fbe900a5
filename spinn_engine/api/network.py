"""A network of a run for inference: NumPy, frames by column name, and tensors."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from torch import Tensor, nn

from spinn_engine.artifacts.checkpoints import RawUnitsNetwork
from spinn_engine.errors import BadInputError
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.words import shown, shown_list

Rows = Tensor | NDArray[Any] | pd.DataFrame


class Network(nn.Module):
    """A network from raw inputs to raw outputs; what comes in decides what comes out.

    A tensor ``[rows, in]`` gives a tensor ``[rows, out]``, with gradients. An array gives an array
    of float64. A frame gives a frame of the targets with the same index: its columns are taken by
    name, in any order, and others are left alone.

    Attributes:
        raw: the module for tensors alone; ``raw.network`` is of torch's own classes.
        input_names: names of the input columns, in order.
        target_names: names of the output columns, in order.
    """

    def __init__(self, raw: RawUnitsNetwork) -> None:
        super().__init__()
        self.raw = raw
        self.input_names: tuple[str, ...] = raw.input_names
        self.target_names: tuple[str, ...] = raw.target_names

    def forward(self, rows: Rows) -> Any:
        """Outputs for rows, as the class says.

        Raises:
            BadInputError: a column is missing or holds no numbers, or the rows have another shape.
        """
        if isinstance(rows, Tensor):
            return self.raw(self._of_shape(rows))
        with torch.no_grad():
            outputs = self.raw(self._tensor(rows)).double().cpu().numpy()
        if isinstance(rows, pd.DataFrame):
            return pd.DataFrame(outputs, index=rows.index, columns=list(self.target_names))
        return outputs

    def findings(self, rows: Rows) -> list[Finding]:
        """What to know of rows before the network is believed on them.

        A code for a missing value, another unit, a sensor that gives one value only, and how many
        rows lie how far outside what the network was trained on.

        Raises:
            BadInputError: as a call, or the file does not say what it was trained on.
        """
        return self.raw.findings(rows if isinstance(rows, Tensor) else self._tensor(rows))

    def _tensor(self, rows: NDArray[Any] | pd.DataFrame) -> Tensor:
        if isinstance(rows, pd.DataFrame):
            rows = np.stack([self._column(rows, name) for name in self.input_names], axis=1)
        try:
            values = np.asarray(rows, dtype=np.float64)
        except (TypeError, ValueError):
            raise BadInputError(
                f"rows of the type {type(rows).__name__} are no array of numbers: give an array or "
                f"a tensor [rows, {len(self.input_names)}], or a DataFrame"
            ) from None
        return self._of_shape(torch.tensor(values, device=next(self.raw.parameters()).device))

    def _of_shape(self, rows: Tensor) -> Tensor:
        if rows.ndim != 2 or rows.shape[1] != len(self.input_names):
            raise BadInputError(
                f"rows have the shape {list(rows.shape)}: it must be [rows, "
                f"{len(self.input_names)}], a column for each of {shown_list(self.input_names, 12)}"
            )
        return rows

    def _column(self, frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
        there = [str(one) for one in frame.columns]
        if there.count(name) != 1:
            alike = {one.casefold(): one for one in there}
            close = [alike[one] for one in get_close_matches(name.casefold(), alike, n=1)]
            if name in there:
                raise BadInputError(f"several columns are called {shown(name)!r}: keep one")
            meant = f"; rename {shown(close[0])!r} if that is it" if close else ""
            raise BadInputError(
                f"the frame has no column {shown(name)!r}: the network takes "
                f"{shown_list(self.input_names, 12)}{meant}"
            )
        column = frame.iloc[:, there.index(name)]
        if not (is_numeric_dtype(column.dtype) or is_bool_dtype(column.dtype)):
            raise BadInputError(
                f"column {shown(name)!r} holds {column.dtype}, but the network takes numbers as in "
                "training: times as seconds since the first, text as one column a value"
            )
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
