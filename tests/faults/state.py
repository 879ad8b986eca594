"""The memory that the shim's processes share with the tests: what is to happen where, and what has happened."""

import errno
import mmap
import os
import struct
from pathlib import Path
from typing import Any

_NAMES = ("armed", "at", "action", "error", "sticky", "pid", "run", "dead", "count", "others", "struck")
_TEXT = 4096
SIZE = 8 * len(_NAMES) + 2 * _TEXT
ACTIONS = {"nothing": 0, "fail": 1, "kill": 2, "tear": 3, "orphan": 4}


class State:
    """`struct state` of shim.c, mapped."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    @staticmethod
    def make(path: Path) -> None:
        """A file that holds an empty state."""
        path.write_bytes(bytes(SIZE))

    @staticmethod
    def open(path: str) -> "State":
        """Map the state in a file."""
        descriptor = os.open(path, os.O_RDWR)
        try:
            return State(mmap.mmap(descriptor, SIZE))
        finally:
            os.close(descriptor)

    def __getitem__(self, name: str) -> int:
        return int(struct.unpack_from("q", self._memory, 8 * _NAMES.index(name))[0])

    def __setitem__(self, name: str, value: int) -> None:
        struct.pack_into("q", self._memory, 8 * _NAMES.index(name), value)

    def arm(self, root: str, fault: dict[str, Any]) -> None:
        """Say what the next command meets; it begins with `own`."""
        for name in ("count", "others", "struck", "pid", "armed"):
            self[name] = 0
        self["run"] += 1
        self["at"], self["action"] = fault["at"], ACTIONS[fault["action"]]
        self["error"] = getattr(errno, fault["error"]) if fault["error"] else 0
        self["sticky"] = int(fault["sticky"])
        start = 8 * len(_NAMES)
        self._memory[start : start + 2 * _TEXT] = root.encode().ljust(2 * _TEXT, b"\0")

    def own(self, pid: int) -> None:
        """This process is crm; from now on calls are counted."""
        self["pid"] = pid
        self["armed"] = 1

    def disarm(self) -> None:
        """Nothing is counted any more; whoever was to die still does at its next call, for the run is noted."""
        self["pid"] = 0
        self["armed"] = 0

    def outcome(self) -> dict[str, Any]:
        """How many calls there were, how many of them not crm's own, and which one was struck."""
        start = 8 * len(_NAMES) + _TEXT
        call = self._memory[start : start + _TEXT].partition(b"\0")[0].decode("utf-8", "replace")
        return {"count": self["count"], "others": self["others"], "struck": self["struck"], "call": call}
