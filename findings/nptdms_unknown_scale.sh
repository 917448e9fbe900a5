#!/usr/bin/env bash
# Guess:     a channel whose scale nptdms does not know cannot be read scaled: an error, or NaN.
# Behaviour: channel[:], whose documentation says scaled data, gives the raw numbers; a line in the log is all.
# Seen:      nptdms 1.13.0, as below: of two channels with the same numbers, gain 10 and a scale of another kind.
# Follows:   look at the properties NI_Scale[n]_Scale_Type before the numbers are taken for what was measured.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q nptdms==1.13.0
cd "$folder"
env/bin/python - > seen 2> said <<'PYTHON'
import numpy as np
from nptdms import ChannelObject, TdmsFile, TdmsWriter

start = {"NI_Number_Of_Scales": 1, "NI_Scale[0]_Scale_Type": "Linear"}
linear = start | {
    "NI_Scale[0]_Linear_Slope": 10.0, "NI_Scale[0]_Linear_Y_Intercept": 0.0, "NI_Scale[0]_Linear_Input_Source": 2**32 - 1
}
other = start | {"NI_Scale[0]_Scale_Type": "Reciprocal"}
with TdmsWriter("run.tdms") as writer:
    writer.write_segment(
        [ChannelObject("run", name, np.arange(1.0, 4), p) for name, p in (("linear", linear), ("other", other))]
    )
run = TdmsFile.read("run.tdms")["run"]
for name in ("linear", "other"):
    print(name, run[name][:].tolist())
PYTHON
cat said >> seen
diff - seen <<'SEEN'
linear [10.0, 20.0, 30.0]
other [1.0, 2.0, 3.0]
[nptdms.scaling WARNING] Unsupported scale type: Reciprocal
SEEN
