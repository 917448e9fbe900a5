#!/usr/bin/env bash
# Guess:     round_to=8 takes the multiple of 8 that is nearest to what the ratio leaves, and where none fits it says so.
# Behaviour: what is left is rounded down to a multiple, so more is pruned than was asked for; where that multiple is
#            zero, nothing is pruned, and no word is said.
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: of 100 neurons a ratio of 0.30 leaves 64, 0.45 leaves 48, 0.97
#            leaves all 100.
# Follows:   compare the widths afterwards, not the ratios that were asked for.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 torch-pruning==1.6.1
"$folder/env/bin/python" -W ignore - > "$folder/seen" <<'PYTHON'
import torch
import torch_pruning as tp
from torch import nn

for ratio in (0.30, 0.45, 0.97):
    net = nn.Sequential(nn.Linear(4, 100), nn.Tanh(), nn.Linear(100, 1))
    pruner = tp.pruner.MetaPruner(
        net,
        torch.ones(1, 4),
        tp.importance.MagnitudeImportance(p=1),
        pruning_ratio=ratio,
        round_to=8,
        ignored_layers=[net[2]],
    )
    pruner.step()
    print(ratio, net[0].out_features)
PYTHON
diff - "$folder/seen" <<'SEEN'
0.3 64
0.45 48
0.97 100
SEEN
