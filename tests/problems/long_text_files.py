"""Text files of every kind of column, of which those after the first lines tell the kind."""

from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 600


def frame(seed: int = 0) -> pd.DataFrame:
    """Every kind of column that a text file may have, with gaps in some."""
    rng = np.random.default_rng(seed)
    found = pd.DataFrame(rng.normal(size=(ROWS, 3)).round(6), columns=["x1", "x2", "x3"])
    found["gaps"] = np.where(rng.random(ROWS) < 0.05, np.nan, rng.normal(size=ROWS).round(4))
    found["count"] = rng.integers(0, 9, ROWS)
    found["serial"] = np.arange(ROWS) // 20 + 4_000_000_000_000_000_000
    stamps = pd.date_range("2024-05-01", periods=ROWS, freq="min")
    found["timestamp"] = stamps.strftime("%Y%m%d%H%M%S")
    found["when"] = pd.date_range("2024-05-01", periods=ROWS, freq="min")
    found["steel"] = np.array(["hard", "soft", "None"])[rng.integers(0, 3, ROWS)]
    found["run"] = np.arange(ROWS) // 20
    found["t"] = np.tile(np.arange(20.0), ROWS // 20)
    found["force [N]"] = rng.normal(size=ROWS).round(3) + 20
    found["wear"] = np.sin(found["x1"]) + found["x2"] + rng.normal(size=ROWS).round(3)
    return found


def plain(path: Path) -> None:
    frame().to_csv(path, index=False)


def german(path: Path) -> None:
    frame().to_csv(path, index=False, sep=";", decimal=",", encoding="cp1252")


def with_thousands(path: Path) -> None:
    made = frame()
    made["feed"] = [f"{n:,.2f}" for n in 1e6 * np.random.default_rng(1).random(ROWS)]
    made["sold"] = [f"{n:,}" for n in np.random.default_rng(2).integers(1000, 10**6, ROWS)]
    made.to_csv(path, index=False)


def thousandths(path: Path) -> None:
    """Numbers that may all be a thousand times as large, beside others that tell."""
    made = frame()
    made["length"] = [f"{n:.3f}" for n in 1 + 900 * np.random.default_rng(1).random(ROWS)]
    made.to_csv(path, index=False)


def with_units(path: Path) -> None:
    made = frame()
    made["depth"] = [f"{n:.2f} mm" for n in np.random.default_rng(1).random(ROWS)]
    units = [",".join("mm" if name == "x1" else "" for name in made)]
    lines = made.to_csv(index=False).splitlines()
    path.write_text("\n".join(["# a log", "", lines[0], *units, *lines[1:]]))


def with_footer(path: Path) -> None:
    made = frame().drop(columns=["timestamp", "when", "steel", "serial"])
    lines = made.to_csv(index=False).splitlines()
    path.write_text("\n".join([*lines, "end of the record", ""]))


def changes_late(path: Path) -> None:
    """Columns that are otherwise than their first rows show."""
    made = frame()
    late = np.arange(ROWS) > 400
    made["date"] = np.where(late, "2024-05-03", "")
    made["clock"] = np.where(late, "10:30:00", "")
    made["zoned"] = np.where(late, "2024-05-03T10:00:00Z", "")
    made["flag"] = np.where(late, "true", "1")
    made["halves"] = np.where(late, "4000000000000000000.5", "4000000000000000001")
    made["empty"] = ""
    made.to_csv(path, index=False)


def words_late(path: Path) -> None:
    made = frame()
    made["x1"] = made["x1"].astype(str)
    made.loc[500::7, "x1"] = "open"
    made.to_csv(path, index=False)


def in_spaces(path: Path) -> None:
    made = frame().drop(columns=["when", "gaps"]).rename(columns={"force [N]": "force"})
    path.write_text(made.to_string(index=False))


def marks() -> pd.DataFrame:
    """Texts alone: numbers with marks, times, few and many different words."""
    rng = np.random.default_rng(3)
    moments = pd.date_range("2024-01-28 22:00", periods=ROWS, freq="7min")
    found = pd.DataFrame({"run": [f"run {n // 40}" for n in range(ROWS)], "far": "long"})
    for name in ("feed", "wear"):
        numbers = 1e4 * rng.normal(size=ROWS)
        found[name] = [f"{n:,.2f}".translate(str.maketrans(",.", ".,")) for n in numbers]
    found["depth"] = [f"{n:.2f} mm".replace(".", ",") for n in 9 * rng.random(ROWS)]
    found["when"] = moments.strftime("%d.%m.%Y %H:%M:%S")
    found["clock"] = (pd.Timestamp("2024-01-01") + moments.to_series().diff().cumsum()).dt.strftime(
        "%H:%M:%S.5"
    ).to_numpy()  # fmt: skip
    found["steel"] = np.array(["hard", " soft", "None", "soft"])[rng.integers(0, 4, ROWS)]
    found["gap"] = np.where(rng.random(ROWS) < 0.1, "NA", found["feed"])
    return found


def texts_alone(path: Path) -> None:
    marks().to_csv(path, index=False, sep=";")


def one_text_a_row(path: Path) -> None:
    marks().assign(note=[f"cut {n:03}" for n in range(ROWS)]).to_csv(path, index=False, sep=";")


def beside_numbers(path: Path) -> None:
    made = marks()
    made["x1"], made["day"] = np.arange(ROWS) + 0.5, made["when"].str[:10]
    made.to_csv(path, index=False, sep=";", decimal=",")


def word_among_marks(path: Path) -> None:
    made = marks()
    made.loc[500::7, "feed"] = "open"
    made.to_csv(path, index=False, sep=";")


def no_such_day(path: Path) -> None:
    made = marks()
    made.loc[555, "when"] = "31.02.2024 10:00:00"
    made.to_csv(path, index=False, sep=";")


def day_or_month(path: Path) -> None:
    made = marks()
    days = pd.date_range("2024-03-01", periods=ROWS, freq="min").strftime("%d/%m/%Y %H:%M")
    made["when"] = days
    made.to_csv(path, index=False, sep=";")


def two_ways(path: Path) -> None:
    made = marks()[["run", "when", "far"]].assign(wear=range(ROWS))
    made["feed"] = [f"{n}.125" for n in range(1, ROWS + 1)]
    made["deep"] = [f"{n},250" for n in range(1, ROWS + 1)]
    made.to_csv(path, index=False, sep=";")


WRITERS = (
    plain, german, with_thousands, thousandths, with_units, with_footer, changes_late, words_late,
    in_spaces, texts_alone, one_text_a_row, beside_numbers, word_among_marks, no_such_day,
    day_or_month, two_ways,
)  # fmt: skip
TEXTS = WRITERS[9:]
AMONG_TEXTS = {"time": "when", "drop": ("far",)}
REFUSED = (words_late, one_text_a_row, word_among_marks, no_such_day, day_or_month, two_ways)
