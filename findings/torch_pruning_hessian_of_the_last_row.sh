#!/usr/bin/env bash
# Guess:     GroupHessianImportance of Torch-Pruning, with accumulate_grad called after every row's backward pass, scores by
#            the mean over all rows of the squared gradient.
# Behaviour: it looks for a parameter's name among keys that are parameters, finds it never, and begins anew with every
#            call: the scores are those of the last row alone, and the count of rows stays 1.
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: after 50 rows the scores are those after the 50th alone; the mean
#            over rows orders the three neurons the other way round.
# Follows:   fill _accu_grad and _counter yourself, or score by squared gradients that you have summed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 torch-pruning==1.6.1
cat > "$folder/see.py" <<'PYTHON'
import torch
import torch_pruning as tp
from torch import nn

net = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 1, bias=False))
with torch.no_grad():
    net[0].weight.copy_(torch.eye(3))
    net[1].weight.copy_(torch.ones(1, 3))
rows = torch.tensor([[3.0, 2.0, 1.0]]).repeat(50, 1)
rows[-1] = torch.tensor([1.0, 2.0, 3.0])


def scores(seen):
    scorer = tp.importance.GroupHessianImportance(group_reduction="first", normalizer=None)
    for row in seen:
        net.zero_grad()
        net(row).sum().backward()
        scorer.accumulate_grad(net)
    counted = set(scorer._counter.values())
    graph = tp.DependencyGraph().build_dependency(net, example_inputs=rows[:1])
    group = graph.get_pruning_group(net[0], tp.prune_linear_out_channels, idxs=[0, 1, 2])
    return scorer(group).tolist(), counted


print(scores(rows), scores(rows[-1:])[0])
print([sum(float(v) ** 2 for v in column) / len(rows) for column in rows.T])
PYTHON
(cd "$folder" && env/bin/python -W ignore see.py > seen)
diff - "$folder/seen" <<'SEEN'
([1.0, 4.0, 9.0], {1}) [1.0, 4.0, 9.0]
[8.84, 4.0, 1.16]
SEEN
