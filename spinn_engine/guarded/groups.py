"""The control groups that limit the memory of this process, of version 1 and of version 2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GROUPS, OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
MEMORY_TREES = {"": "", "memory": "memory"}  # by the controller in ``OWN_GROUPS``: its folder


def memory_groups() -> Iterator[tuple[str, list[Path]]]:
    """The controller (empty for version 2) and the folders of the process's group and those around.

    The process's own folder comes first. A container that is told the whole path but sees only its
    own part of the tree has the rest of the path there.
    """
    with suppress(OSError):  # no control groups here
        for line in OWN_GROUPS.read_text().splitlines():
            _, controllers, own = line.split(":", 2)
            for controller in MEMORY_TREES.keys() & set(controllers.split(",")):
                top, steps = GROUPS / MEMORY_TREES[controller], own.strip("/").split("/")
                seen = (top.joinpath(*steps[k:]) for k in range(len(steps) + 1))
                group = next((place for place in seen if place.is_dir()), top)
                around = (place for place in group.parents if place.is_relative_to(top))
                yield controller, [group, *around]
