#!/usr/bin/env bash
# Guess:     FPGMImportance of Torch-Pruning scores a neuron by the sum of the Euclidean distances between its weights and
#            those of the others, as the paper does (He et al. 2019, eq. 6).
# Behaviour: it measures between the squares of the weights (their absolute values with p=1): a neuron and its mirror
#            image, w and -w, are at distance 0, and distances between large weights are stretched.
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: of incoming weights 1, -1, 3 (group_reduction="first") the scores
#            are 8, 8, 16; with p=1 they are 2, 2, 4; the paper's sums are 4, 6, 6.
# Follows:   for tanh, whose mirror images can stand for each other, that may be wanted; for others compute the sums
#            yourself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 torch-pruning==1.6.1
cat > "$folder/see.py" <<'PYTHON'
import torch
import torch_pruning as tp
from torch import nn

net = nn.Sequential(nn.Linear(1, 3), nn.Linear(3, 1))
weights = torch.tensor([[1.0], [-1.0], [3.0]])
with torch.no_grad():
    net[0].weight.copy_(weights)
    net[1].weight.fill_(1.0)
graph = tp.DependencyGraph().build_dependency(net, example_inputs=torch.ones(1, 1))
group = graph.get_pruning_group(net[0], tp.prune_linear_out_channels, idxs=[0, 1, 2])
for p in (2, 1):
    scorer = tp.importance.FPGMImportance(p=p, group_reduction="first", normalizer=None)
    print([round(v, 3) for v in scorer(group).tolist()])
print(torch.cdist(weights, weights).sum(dim=1).tolist())
PYTHON
(cd "$folder" && env/bin/python -W ignore see.py > seen)
diff - "$folder/seen" <<'SEEN'
[8.0, 8.0, 16.0]
[2.0, 2.0, 4.0]
[4.0, 6.0, 6.0]
SEEN
