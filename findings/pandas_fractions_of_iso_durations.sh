#!/usr/bin/env bash
# Guess:     pandas.to_timedelta reads ISO 8601 durations: PT0.5H is half an hour, PT1.5M a minute and a half, and P1M, a
#            month, is refused, as P1Y is, because a month has no fixed length.
# Behaviour: a fraction of any unit but seconds is dropped and its digits are taken as the number: PT0.5H is five hours,
#            PT1.5M five minutes and one second, P0.5D five days; P1M is one minute. Nothing is said.
# Seen:      pandas 3.1.1, as below.
# Follows:   take such texts apart before pandas sees them, or read them with a library of durations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q pandas==3.1.1
cd "$folder"
env/bin/python - > seen <<'PYTHON'
import pandas as pd

for text in ("PT0.5S", "PT90M", "PT0.5H", "PT1.5M", "P0.5D", "P1M", "P1Y"):
    try:
        print(text, pd.to_timedelta(text))
    except ValueError as error:
        print(text, type(error).__name__)
PYTHON
diff - seen <<'SEEN'
PT0.5S 0 days 00:00:00.500000
PT90M 0 days 01:30:00
PT0.5H 0 days 05:00:00
PT1.5M 0 days 00:05:01
P0.5D 5 days 00:00:00
P1M 0 days 00:01:00
P1Y ValueError
SEEN
