"""TDMS, as LabVIEW writes it: a group is a table, its channels are the columns."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from nptdms import TdmsChannel, TdmsFile, TdmsGroup
from nptdms.log import log_manager

from spinn_engine.problems.tables.containers.arrays import Array, Level, Variable, parts_of
from spinn_engine.problems.tables.containers.choosing import read_parts
from spinn_engine.problems.tables.header import titles
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.spec import ReadingSpec
from spinn_engine.words import shortest

MARK = "/"
UNITS = ("unit_string", "NI_UnitDescription")
STEP, START = "wf_increment", "wf_start_offset"  # s
TIME = "time [s]"
SCALE = re.compile(r"NI_Scale\[\d+\]_Scale_Type")
SCALES = (
    "Polynomial", "Linear", "RTD", "Strain", "Table", "Thermistor", "Thermocouple", "Add",
    "Subtract", "AdvancedAPI",
)  # fmt: skip
TEXT_BYTES = 64  # of a text, roughly


def read_tdms(path: Path, asked: ReadingSpec, most_rows: int | None) -> Sheet:
    """The channels of a group, and the time where a step of time is told.

    Raises:
        ValueError: it is no TDMS file, or damaged; no group is told by ``asked``; or channels of as
            many rows have other steps of time.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:  # by its path, an index beside it would be opened too
        tdms = _opened(file)
        levels = [Level(group.name, list(_variables(group, tdms)), MARK) for group in tdms.groups()]
        parts = [part for level in levels for part in parts_of(level)]
        sheet = read_parts(path, parts, asked.sheet, most_rows)
        if tdms.file_status.incomplete_final_segment:
            sheet.notes.append(
                f"{path.name} ends in the middle of what was written last: rows may be missing."
            )
        return sheet


def _opened(file: BinaryIO) -> TdmsFile:
    """A file whose warnings are told here, in notes and refusals, and not printed."""
    log_manager.set_level(logging.ERROR)
    return TdmsFile.open(file)


def tdms_bytes(path: Path) -> int:
    """Bytes of all channels, and of the time, when they are read."""
    with path.open("rb") as file:
        channels = [channel for group in _opened(file).groups() for channel in group.channels()]
        return sum(len(channel) * (_bytes(channel) + 8) for channel in channels)


def _bytes(channel: TdmsChannel) -> int:
    return TEXT_BYTES if channel.dtype == object else int(channel.dtype.itemsize)


def _variables(group: TdmsGroup, tdms: TdmsFile) -> Iterator[Variable]:
    """The channels of a group, and their time; without rows that lack some of them at the end.

    Where what was written last is cut off, it may hold more of one channel than of another.
    """
    last = tdms.file_status.channel_statuses or {}
    before: dict[int, list[TdmsChannel]] = {}
    for channel in group.channels():
        cut = last[channel.path].read_length if channel.path in last else 0
        before.setdefault(len(channel) - cut, []).append(channel)
    for channels in before.values():
        rows = min(map(len, channels))
        if rows > 1 and (time := _time(channels, rows)):
            yield time
        for channel in channels:
            is_text = channel.dtype == object
            yield Variable(_header(channel), (rows,), is_text, partial(_read, channel, rows))


def _time(channels: Sequence[TdmsChannel], rows: int) -> Variable | None:
    """The time of rows, in seconds since the trigger; none where no step is told."""
    bare = titles([TIME])[0].name
    if any(titles([channel.name])[0].name.lower() == bare for channel in channels):
        return None
    found = {
        (float(channel.properties[STEP]), float(channel.properties.get(START, 0.0))): channel
        for channel in channels
        if channel.properties.get(STEP)
    }
    if len(found) > 1:
        (one, first), (other, second), *_ = ((step, c.name) for (step, _), c in found.items())
        raise ValueError(
            f"channels {first!r} and {second!r} have as many rows but another time (steps of "
            f"{shortest(one)} s and {shortest(other)} s): save them in groups of their own"
        )
    for step, start in found:
        return Variable(TIME, (rows,), False, partial(_times, rows, step, start))
    return None


def _times(rows: int, step: float, start: float, most_rows: int | None) -> Array:
    return start + step * np.arange(rows if most_rows is None else min(rows, most_rows))


def _header(channel: TdmsChannel) -> str:
    """Its name with its unit, unless that stands in the name."""
    name = str(channel.name)
    unit = next((str(u).strip() for key in UNITS if (u := channel.properties.get(key))), "")
    return f"{name} [{unit}]" if unit and titles([name])[0].unit is None else name


def _read(channel: TdmsChannel, rows: int, most_rows: int | None) -> Array:
    for key, kind in channel.properties.items():
        if SCALE.fullmatch(key) and kind not in SCALES:  # its numbers would come unscaled
            raise ValueError(
                f"channel {channel.name!r} has a scale of the unknown kind {kind!r}: save it with "
                "scaled values"
            )
    found: Array = channel.read_data(0, rows if most_rows is None else min(rows, most_rows))
    return found
