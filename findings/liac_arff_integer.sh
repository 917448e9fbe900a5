#!/usr/bin/env bash
# Guess:     an attribute declared "integer" whose cell is 1.75 gives 1.75, as Weka, scipy and the ARFF description have it
#            (integer is another word for numeric there), or an error.
# Behaviour: liac-arff gives int(float("1.75")): the decimals are cut off, without a word.
# Seen:      liac-arff 2.5.0, scipy 1.17.1, as below.
# Follows:   read such an attribute as "real".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q liac-arff==2.5.0 scipy==1.17.1
cd "$folder"
printf '@relation wear\n@attribute integer_one integer\n@attribute real_one real\n@data\n1.75,1.75\n-0.5,-0.5\n' > wear.arff
env/bin/python - > seen <<'PYTHON'
import arff
from scipy.io.arff import loadarff

print("liac-arff", arff.load(open("wear.arff"))["data"])
print("scipy", [list(map(float, row)) for row in loadarff("wear.arff")[0].tolist()])
PYTHON
diff - seen <<'SEEN'
liac-arff [[1, 1.75], [0, -0.5]]
scipy [[1.75, 1.75], [-0.5, -0.5]]
SEEN
