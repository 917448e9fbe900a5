#!/usr/bin/env bash
# Guess:     DuckDB's sniffer settles the sign before decimals for a whole file: with 0,25 in one column, the 1.500 beside it
#            is a thousand and five hundred, or is at least left as text.
# Behaviour: only points are tried: 900, 1.500 and 2.250 become DOUBLE 900, 1.5 and 2.25, while the column with commas stays
#            VARCHAR. sniff_csv reports no sign before decimals at all. With decimal_separator=',' given, 1.500 is VARCHAR,
#            for there is no sign between thousands unless that is given too.
# Seen:      duckdb 2.0.1, as below.
# Follows:   the sniffer is good for the delimiter and the header; how numbers are written has to be settled apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q duckdb==2.0.1
cd "$folder"
printf 'force;wear\n900;0,5\n1.500;0,25\n2.250;0,75\n' > german.csv
env/bin/python - > seen <<'PYTHON'
import duckdb

types = duckdb.sql("SELECT Columns FROM sniff_csv('german.csv')").fetchall()[0][0]
print([(one["name"], one["type"]) for one in types])
print(duckdb.sql("SELECT * FROM 'german.csv'").fetchall())
print(duckdb.sql("SELECT * FROM read_csv('german.csv', decimal_separator=',')").fetchall())
PYTHON
diff - seen <<'SEEN'
[('force', 'DOUBLE'), ('wear', 'VARCHAR')]
[(900.0, '0,5'), (1.5, '0,25'), (2.25, '0,75')]
[('900', 0.5), ('1.500', 0.25), ('2.250', 0.75)]
SEEN
