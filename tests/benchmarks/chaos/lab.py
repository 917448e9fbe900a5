"""A temporary folder with the data, the stores, and undisturbed runs to compare with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from tests.benchmarks.chaos.store import Store
from tests.benchmarks.chaos.workers import Worker, say

AT_ONCE = 2


class Lab:
    """What all scenarios stand on.

    Attributes:
        folder: where everything is.
        disturbed: the store that is disturbed, where that is a folder.
        rng: decides whatever is left to chance.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.disturbed = folder / "disturbed"
        self.rng = Random(seed)
        self._table = folder / "data.csv"
        _write_table(self._table)

    def store(self, address: str | None = None, **variables: str) -> Store:
        """The store that is disturbed: the folder, or an address elsewhere."""
        cache = {"XDG_CACHE_HOME": str(self.folder / "cache-client")}
        return Store(address or str(self.disturbed), self._table, cache | variables)

    def worker(self, store: Store, slot: str) -> Worker:
        """Start a worker with a cache of its own, as if on a machine of its own."""
        cache = {"XDG_CACHE_HOME": str(self.folder / f"cache-{slot}")}
        own = replace(store, variables=store.variables | cache)
        return Worker(own, slot, self.folder / f"{slot}.log")

    def undisturbed(self, seeds: Sequence[int]) -> tuple[list[Path], float]:
        """Do the runs of some seeds in peace; their folders, and the seconds of all together."""
        say(f"{len(seeds)} undisturbed runs")
        quiet = Store(str(self.folder / "undisturbed"), self._table, {})

        def run(seed: int) -> tuple[Path, float]:
            start = time.monotonic()
            folder = self.folder / "undisturbed" / quiet.run(seed)
            return folder, time.monotonic() - start

        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = list(pool.map(run, seeds))
        return [folder for folder, _ in done], sum(seconds for _, seconds in done)


def _write_table(path: Path) -> None:
    """A smooth problem of 400 rows: inputs a, b and c, target y."""
    rng = np.random.default_rng(20_240_101)
    x = rng.normal(size=(400, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["y"] = np.tanh(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.01 * rng.normal(size=400)
    frame.to_csv(path, index=False)
