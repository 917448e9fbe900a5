#!/usr/bin/env bash
# Guess:     count_ops_and_params counts the multiply-accumulates of one row, or those of the batch that it is given.
# Behaviour: it gives those of one row plus the biases over the number of rows: another figure for every batch size,
#            and none of them is the product of the widths.
# Seen:      torch-pruning 1.6.1, torch 2.13.0, CPU: [4, 100, 1] has 500 MACs and 101 biases; the tool says 601.0 for 1
#            row, 550.5 for 2, 512.625 for 8.
# Follows:   a ratio of such figures depends on the example batch; for small layers it shows.
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
for rows in (1, 2, 8):
    print(rows, *tp.utils.count_ops_and_params(net, torch.ones(rows, 4)))
PYTHON
diff - "$folder/seen" <<'SEEN'
1 601.0 601
2 550.5 601
8 512.625 601
SEEN
