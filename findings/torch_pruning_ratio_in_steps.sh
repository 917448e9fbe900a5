#!/usr/bin/env bash
# Guess:     a pruner with pruning_ratio=0.5 and iterative_steps=4 either removes half of what is left four times, or
#            the same share of what is left in each step.
# Behaviour: half is what all steps together remove, and each step removes an equal number of the first width: an
#            eighth of the dense layer, which is a growing share of what is left (13, 14, 17, 19 %).
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: widths 100, 87, 75, 62, 50.
# Follows:   a ratio a stage and a ratio overall are two numbers, and "four stages of 12.5 %" is a third one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 torch-pruning==1.6.1
"$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import torch
import torch_pruning as tp
from torch import nn

net = nn.Sequential(nn.Linear(4, 100), nn.Tanh(), nn.Linear(100, 1))
pruner = tp.pruner.MetaPruner(
    net,
    torch.ones(1, 4),
    tp.importance.MagnitudeImportance(p=1),
    pruning_ratio=0.5,
    iterative_steps=4,
    ignored_layers=[net[2]],
)
widths = [net[0].out_features]
for _ in range(4):
    pruner.step()
    widths.append(net[0].out_features)
print(widths)
PYTHON
diff - "$folder/seen" <<'SEEN'
[100, 87, 75, 62, 50]
SEEN
