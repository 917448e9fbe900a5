"""How files that are not read become files that are: one line that works."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from spinn_engine.vocabulary import table_suffixes

PANDAS = {  # what reads a file with pandas, and what has to be installed besides
    ".sav": ("pd.read_spss({old})", "pyreadstat"),
    ".dta": ("pd.read_stata({old})", ""),
    ".sas7bdat": ("pd.read_sas({old}, encoding='latin-1')", ""),
    ".xpt": ("pd.read_sas({old}, encoding='latin-1')", ""),
    ".pkl": ("pd.read_pickle({old})", ""),
    ".pickle": ("pd.read_pickle({old})", ""),
    ".json": ("pd.read_json({old}).reset_index(drop=True)", ""),
    ".jsonl": ("pd.read_json({old}, lines=True)", ""),
    ".ndjson": ("pd.read_json({old}, lines=True)", ""),
    ".xml": ("pd.read_xml({old}, parser='etree')", ""),
    ".orc": ("pd.read_orc({old})", ""),
}
DATABASES = (".db", ".sqlite", ".sqlite3")
R_FILES = {
    ".rds": "write.csv(readRDS({old}), {new}, row.names = FALSE)",
    ".rdata": "write.csv(get(load({old})), {new}, row.names = FALSE)",
    ".rda": "write.csv(get(load({old})), {new}, row.names = FALSE)",
}
OWN_ALONE = (".pkl", ".pickle")  # reading one runs what stands in it


def no_table(file: Path) -> str:
    """Why a file is refused whose suffix no table file has, and what makes one of it."""
    suffix = file.suffix.lower()
    kinds = ", ".join(table_suffixes())
    told = f"{file}: a table file must end in {kinds}"
    line = conversion(file)
    if line is None:
        return told
    trust = " (only if it is from somebody you trust)" if suffix in OWN_ALONE else ""
    table = ", with the name of its table for NAME" if suffix in DATABASES else ""
    return f"{told}; this one becomes one{trust} by{table}: {line}"


def conversion(file: Path) -> str | None:
    """The line that makes a table file of one that is none; None where none is known."""
    suffix = file.suffix.lower()
    old, parquet = repr(str(file)), repr(str(file.with_suffix(".parquet")))
    if suffix in PANDAS:
        read, more = PANDAS[suffix]
        install = f"pip install {more} && " if more else ""
        return install + python_line(f"{read.format(old=old)}.to_parquet({parquet})")
    if suffix in DATABASES:
        query = f"pd.read_sql('SELECT * FROM NAME', sqlite3.connect({old}))"
        return python_line(f"{query}.to_parquet({parquet})", "pandas as pd, sqlite3")
    if suffix in R_FILES:
        csv = repr(str(file.with_suffix(".csv")))
        return f"Rscript -e {_shell(R_FILES[suffix].format(old=old, new=csv))}"
    return None


def one_file(folder: Path, parts: Sequence[Path]) -> str:
    """How the parts that Spark or Dask wrote become one file."""
    name = folder.with_name(f"{folder.stem}-whole.parquet")
    line = python_line(f"pd.read_parquet({str(folder)!r}).to_parquet({str(name)!r})")
    return f"make one of its {len(parts)} by: {line}"


def python_line(code: str, imports: str = "pandas as pd") -> str:
    """A line for a shell that runs code with pandas as ``pd``."""
    return f"python -c {_shell(f'import {imports}; {code}')}"


def _shell(code: str) -> str:
    """Code as one word of a shell, with double quotes where it has single ones alone."""
    return shlex.quote(code) if any(sign in code for sign in '"$`\\!') else f'"{code}"'
