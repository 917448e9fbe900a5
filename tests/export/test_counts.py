"""What a graph says of sizes, against its module: the tensors that it has, and its products."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from spinn_engine.graph.graph import Graph
from spinn_engine.training.modules import module_of_member
from tests.export.kinds import drawn_graphs, random_stack


@settings(max_examples=60)
@given(graph=drawn_graphs(), rows=st.integers(1, 5))
def test_parameters_and_macs_are_those_of_the_module(graph: Graph, rows: int) -> None:
    module = module_of_member(random_stack(graph), 0)
    learned = sum(p.numel() for p in module.parameters() if p.requires_grad)
    assert graph.params(graph.hidden) == learned
    assert graph.numbers(graph.hidden) == sum(p.numel() for p in module.state_dict().values())
    with FlopCounterMode(display=False) as counted:
        module(torch.zeros(rows, graph.inputs))
    assert 2 * rows * graph.macs(graph.hidden) == counted.get_total_flops()
