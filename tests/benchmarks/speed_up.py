"""How much of the MAC ratio becomes speed: ``python -m tests.benchmarks.speed_up``.

Times the reference network, another of its widths, its 68.5 % smaller one with any widths and with
multiples of 8, and a magnitude-pruned one of equal non-zeros, turn by turn; prints speed-ups with
their intervals by batch size, and whether networks of equal widths were equally fast.
"""

from __future__ import annotations

import torch

from spinn_engine.api import plan
from spinn_engine.evaluation.cost import round_times
from spinn_engine.evaluation.speed import equal_work, ratio_of
from spinn_engine.pruning.magnitude import global_masks
from spinn_engine.pruning.sizes import mac_count
from spinn_engine.spec import PruneSpec
from spinn_engine.training.device import keep_freed_memory
from spinn_engine.training.modules import module_of_member
from spinn_engine.training.network import Stack
from tests.plain import plain_stack, widths_of

DENSE = (512, 512, 512, 256)


def main() -> None:
    """Print one line a network."""
    keep_freed_memory()  # as a run does
    stacks: dict[str, Stack] = {
        name: plain_stack((18, *DENSE, 2), "tanh", [seed])
        for seed, name in enumerate(("dense", "dense, another"))
    }
    for name, step in (("structured", 1), ("multiples of 8", 8), ("multiples of 16", 16)):
        stage = plan(PruneSpec(param_reduction=0.685, round_to=step), DENSE, 18, 2)[-1]
        stacks[name] = plain_stack((18, *stage.hidden, 2), "tanh", [0])
    stacks["magnitude"] = plain_stack((18, *DENSE, 2), "tanh", [0])
    left = sum(p.numel() for p in stacks["structured"].parameters())
    masks = global_masks(stacks["magnitude"], [0], left)
    with torch.no_grad():
        torch._foreach_mul_(list(stacks["magnitude"].weights), masks)
    networks = {name: module_of_member(stack, 0) for name, stack in stacks.items()}
    times = round_times(networks, 18, torch.device("cpu"))
    for name, stack in stacks.items():
        ratio = mac_count(widths_of(stacks["dense"])) / mac_count(widths_of(stack))
        shown = []
        for batch, each in times[name].items():
            found = ratio_of(times["dense"][batch], each)
            shown.append(f"batch {batch}: {found.median:.3f} [{found.low:.3f}, {found.high:.3f}]")
        print(f"{name} {stack.hidden}: MAC ratio {ratio:.2f}; speed-up {', '.join(shown)}")
    for batch, one in (equal_work(times, {n: s.hidden for n, s in stacks.items()}) or {}).items():
        print(f"batch {batch}: {'usable' if one['usable'] else 'unusable'}, worst {one['worst']}")


if __name__ == "__main__":
    main()
