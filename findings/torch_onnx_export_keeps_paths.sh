#!/usr/bin/env bash
# Guess:     an ONNX file that torch exports holds the network: operations, shapes and weights.
# Behaviour: the exporter of today, and torch.export.save, write for every node where it came from: full paths of the
#            project's and the environment's files, line numbers and lines of source. In a small network that is nearly
#            half of the file. The exporter before it, dynamo=False, writes none of it.
# Seen:      torch 2.13.0, onnx 1.23.2, onnxscript 0.7.2, CPU: 4-16-16-2, 386 weights.
# Follows:   clear metadata_props of nodes (and of the graph and the model) before a file is handed on; a .pt2 has them
#            in models/model.json.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q torch==2.13.0 onnx==1.23.2 onnxscript==0.7.2
cat > "$folder/secret_project.py" <<'PYTHON'
import warnings
import zipfile

import onnx
import torch
from torch import nn

warnings.simplefilter("ignore")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 16), nn.Linear(16, 16), nn.Linear(16, 2)

    def forward(self, x):
        return self.c(torch.tanh(self.b(torch.tanh(self.a(x)))))  # a remark


net, rows = Net().eval(), (torch.ones(3, 4),)
torch.onnx.export(net, rows, "new.onnx", dynamo=True, external_data=False, verbose=False)
torch.onnx.export(net, rows, "old.onnx", dynamo=False)
torch.export.save(torch.export.export(net, rows), "net.pt2")
with zipfile.ZipFile("net.pt2") as archive:
    text = archive.read("net/models/model.json")
files = {"new.onnx": open("new.onnx", "rb").read(), "old.onnx": open("old.onnx", "rb").read()}
for name, content in {**files, "net.pt2": text}.items():
    print(name, b"secret_project.py" in content, b"site-packages" in content)
model = onnx.load("new.onnx")
told = sum(len(p.key) + len(p.value) for node in model.graph.node for p in node.metadata_props)
print("more than two fifths:", told > 0.4 * model.ByteSize())
PYTHON
(cd "$folder" && env/bin/python secret_project.py 2> /dev/null | grep -v "^\[torch.onnx\]" > seen)
diff - "$folder/seen" <<'SEEN'
new.onnx True True
old.onnx False False
net.pt2 True True
more than two fifths: True
SEEN
