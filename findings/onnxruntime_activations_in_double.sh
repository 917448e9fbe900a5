#!/usr/bin/env bash
# Guess:     a model that onnx.checker accepts, with an activation of the standard operator set in double precision, runs on
#            ONNX Runtime's CPU: the operators' tables list double for all of them.
# Behaviour: Tanh, Relu, Sigmoid and Sin run in double. Elu, Selu, LeakyRelu, PRelu, Softplus, Mish, Gelu and Erf are
#            checked as valid and then refused when the session is made (NotImplemented): their kernels are float alone.
# Seen:      onnx 1.23.2, onnxruntime 1.32.0, operator set 20, as below.
# Follows:   write such activations from Relu, Exp, Log, Tanh, Abs and Max where doubles are wanted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q onnx==1.23.2 onnxruntime==1.32.0
cd "$folder"
env/bin/python - > seen <<'PYTHON'
import onnx
import onnxruntime
from onnx import TensorProto, helper

def session(operator):
    inputs = ["x", "x"] if operator == "PRelu" else ["x"]
    ends = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["n", 2]) for name in "xy"]
    graph = helper.make_graph([helper.make_node(operator, inputs, ["y"])], "one", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    try:
        onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    except Exception as error:
        return type(error).__name__
    return "runs"

for operator in "Tanh Relu Sigmoid Sin Elu Selu LeakyRelu PRelu Softplus Mish Gelu Erf".split():
    print(operator, session(operator))
PYTHON
diff - seen <<'SEEN'
Tanh runs
Relu runs
Sigmoid runs
Sin runs
Elu NotImplemented
Selu NotImplemented
LeakyRelu NotImplemented
PRelu NotImplemented
Softplus NotImplemented
Mish NotImplemented
Gelu NotImplemented
Erf NotImplemented
SEEN
