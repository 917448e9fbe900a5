#!/usr/bin/env bash
# Guess:     MagnitudeImportance(p=1) of Torch-Pruning, as it stands, scores a neuron of a linear layer by the L1 norm
#            of its incoming weights (Li et al. 2017), so the neuron with the smallest one goes first.
# Behaviour: it scores the neuron's group: the mean of the L1 norms of its row in this layer and of its column in the
#            next, over the mean of all groups. Biases count nothing. group_reduction="first" gives the guess.
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: incoming norms 2, 6, 10; outgoing 40, 1, 1; scores 2.10, 0.35, 0.55.
# Follows:   "L1" in two papers may name two criteria; say which weights are summed, and whether the bias is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 torch-pruning==1.6.1
"$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import torch
import torch_pruning as tp
from torch import nn

net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
with torch.no_grad():
    net[0].weight.copy_(torch.tensor([[1.0, 1.0], [3.0, 3.0], [5.0, 5.0]]))
    net[0].bias.copy_(torch.tensor([100.0, 0.0, 0.0]))
    net[2].weight.copy_(torch.tensor([[40.0, 1.0, 1.0]]))
graph = tp.DependencyGraph().build_dependency(net, torch.ones(1, 2))
group = graph.get_pruning_group(net[0], tp.prune_linear_out_channels, idxs=[0, 1, 2])
for options in ({}, {"group_reduction": "first", "normalizer": None}):
    scores = tp.importance.MagnitudeImportance(p=1, **options)(group)
    print([round(score, 2) for score in scores.tolist()])
PYTHON
diff - "$folder/seen" <<'SEEN'
[2.1, 0.35, 0.55]
[2.0, 6.0, 10.0]
SEEN
