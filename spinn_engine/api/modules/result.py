"""What comes of pruning a module in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import torch
from torch import nn

from spinn_engine.api.networks import load_network
from spinn_engine.api.run import Run
from spinn_engine.export.folding import fold

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Pruned:
    """A pruned network, and how it came about.

    Attributes:
        run: the run of the store: its stages, controls and result; the dashboard shows it.
        notes: what a reader must know, in sentences.
    """

    def __init__(
        self, run: Run, remade: Callable[[nn.Module], nn.Module], notes: tuple[str, ...]
    ) -> None:
        self.run, self.notes, self._remade = run, notes, remade

    @cached_property
    def module(self) -> nn.Module:
        """The smaller network, of torch's own classes: takes and gives what the model did."""
        return self.at_stage(None)

    def at_stage(self, stage: int | None) -> nn.Module:
        """The network of a stage, 0 for the dense one, None for the last.

        Raises:
            BadInputError: there is no such stage.
        """
        whole = load_network(self.run, stage).raw
        return self._remade(fold(whole, torch.float64).module)

    @property
    def headline(self) -> str:
        """How small, at what cost, and whether that beats chance: one sentence."""
        return self.run.headline

    def frame(self) -> pd.DataFrame:
        """A row for every stage and arm: see ``Run.frame``."""
        return self.run.frame()

    def plot(self) -> Figure:
        """R2 against parameters of every arm and stage."""
        return self.run.plot()

    def __repr__(self) -> str:
        return f"Pruned({self.run.run_id!r}): {self.headline}"

    def _repr_html_(self) -> str:
        """The run in a notebook, and the notes."""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return f"{self.run._repr_html_()}<ul>{notes}</ul>"
