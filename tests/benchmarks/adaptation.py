"""Is adapting in closed form worth it, and what does it cost? ``python -m ....adaptation``.

Trains the default run of ``milling-sim`` (reference network, three seeds, no control but
``dense_longer``), lets its dense and pruned networks meet the new material with all arms, and
prints what ``adapt`` found. Then it repeats the closed form on other draws of the new material, and
with a forgetting factor, which the product has not. Takes a few minutes on two cores; with the id
of a finished run of the store it uses that one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from typing import Any

import numpy as np

from spinn_engine import api
from spinn_engine.adaptation.adapt import networks_of
from spinn_engine.adaptation.arms import LastLayer, Learning
from spinn_engine.adaptation.rows import Rows, place_stream
from spinn_engine.adaptation.scores import r2, squared_errors
from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.adaptation.stream import Stream
from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.tested import evaluate_networks
from spinn_engine.pipeline import Runner
from spinn_engine.problems.milling.new_steel import NEW_STEEL, new_material
from spinn_engine.store.runs import RunFolder
from spinn_engine.training.network import Stack

DRAWS = range(1, 6)
FACTORS = (1.0, 0.9, 0.7)  # a batch


def trained() -> api.Run:
    """A run of the default spec."""
    return api.run(api.RunSpec.from_dict({"compare": {"controls": ["dense_longer"]}}))


def shown(value: dict[str, Any]) -> str:
    low, high = f"{value['low']:+.4f}", f"{value['high']:+.4f}"
    return f"{value['mean']:+.4f} [{low}, {high}], n = {value['n']}"


def all_arms(run_id: str) -> None:
    """What ``adapt`` says of the new material."""
    result = api.adapt(run_id)
    for network in result["networks"]:
        print(f"\n{network['network']}, {network['params']:,} parameters")
        print(f"  R2 on old test rows before {shown(network['test_r2_before'])}")
        for arm in network["arms"]:
            share = arm["share_of_full"]
            windows = ", ".join(f"{window['mean']:.3f}" for window in arm["windows"])
            print(f"  {arm['arm']}: R2 on coming rows {shown(arm['r2'])}; by window {windows}")
            if arm["gain"] is not None:
                print(f"    gain {shown(arm['gain'])}; forgetting {shown(arm['forgetting'])}")
                print(
                    f"    {arm['seconds']:.2f} s, {share['seconds']:.2%} of the time and "
                    f"{share['macs']:.2%} of the MACs of full; {arm['updated_params']:,} parameters"
                )
    for arm, against in result["pruned_against_dense"].items():
        print(f"pruned against dense, {arm}: {shown(against)}")


def closed_form(stack: Stack, rows: Rows, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """R2 of each seed on coming rows and, afterwards, on the old test rows."""
    arm = LastLayer(stack.subset(range(stack.size)), rows, Learning(1, 1.0, 1, 0, ()))
    predicted = []
    for batch in AdaptSettings().batches(rows.count):
        predicted.append(rows.raw(arm.stack(rows.new(batch)[0]).detach()))
        for solver in arm.solvers:
            solver.information *= factor
            solver.missed *= factor
        arm.update(batch)
    scores = r2(squared_errors(predicted, rows.stream.targets), rows.stream.targets)
    assert scores is not None
    kept = evaluate_networks(arm.stack, rows.folds.tolist(), rows.data).r2().ravel()
    return scores.mean(axis=1), kept


def other_draws(folder: RunFolder) -> None:
    """The closed form on other draws of the new steel, and with rows that fade."""
    runner = Runner(folder)
    problem, stacks = runner.data.problem, networks_of(folder, runner.device)
    for name, (arm, stored) in stacks.items():
        stack = stored.stack.subset(stored.members(arm))
        for draw in DRAWS:
            columns = new_material(replace(NEW_STEEL, seed=draw))
            inputs, targets = (
                np.stack([columns[column] for column in names], axis=1)
                for names in (problem.input_names, problem.target_names)
            )
            stream = Stream(f"draw {draw}", inputs, targets, True, ())
            rows = place_stream(runner.data, stream, [0] * stack.size)
            found = {factor: closed_form(stack, rows, factor) for factor in FACTORS}
            coming, kept = found[1.0]
            print(f"\n{name}, draw {draw}: R2 on coming rows {shown(interval(coming))}")
            print(f"  on old test rows afterwards {shown(interval(kept))}")
            for factor in FACTORS[1:]:
                other, lost = found[factor]
                print(
                    f"  a factor of {factor}: {shown(interval(other - coming))} on coming rows, "
                    f"{shown(interval(lost - kept))} on the old test rows"
                )


def main() -> None:
    """Print all figures."""
    if len(sys.argv) > 1:
        folder = api.open_run(sys.argv[1])
        all_arms(folder.run_id)
        other_draws(folder)
        return
    with tempfile.TemporaryDirectory() as store:
        os.environ["SPINN_RESULTS"] = store
        folder = trained()
        all_arms(folder.run_id)
        other_draws(folder)


if __name__ == "__main__":
    main()
