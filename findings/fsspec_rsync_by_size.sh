#!/usr/bin/env bash
# Guess:     fsspec.generic.rsync copies a file again when it has changed, as its default update_cond="different" says.
# Behaviour: "different" is about the size alone: a file that changed and kept its size stays as it was in the copy, and
#            nothing is said. A metrics file whose last digit changed is such a file.
# Seen:      fsspec 2026.9.0: the source says "r2: 0.91", the copy still says "r2: 0.90".
# Follows:   compare hashes or times, or write changed files under new names.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q fsspec==2026.9.0
mkdir "$folder/source"
cd "$folder"
env/bin/python - > seen <<'PYTHON'
from pathlib import Path

from fsspec.generic import rsync

source, copy = Path("source/metrics.txt").absolute(), Path("copy/metrics.txt").absolute()
for text in ("r2: 0.90", "r2: 0.91"):
    source.write_text(text)
    rsync(f"file://{source.parent}", f"file://{copy.parent}")
    print(source.read_text(), "|", copy.read_text())
PYTHON
diff - seen <<'SEEN'
r2: 0.90 | r2: 0.90
r2: 0.91 | r2: 0.90
SEEN
