"""The one table that a run prints: what was measured, beside what, and whether it keeps its limit."""

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.measure import Cost, Machine
from benchmarks.measure import version as said_version

HEADINGS = ("records", "what", "median", "cpu", "MiB", "against", "its median", "ratio", "of cpu", "limit", "")


@dataclass(frozen=True)
class Row:
    """One comparison; `limit` is the highest ratio, or the most seconds where `against` is none; `memory` is in MiB."""

    size: int
    what: str
    cost: Cost
    against: str = ""
    other: Cost | None = None
    limit: float | None = None
    memory: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times as long as the other one."""
        return self.cost.wall / self.other.wall if self.other else None

    @property
    def verdict(self) -> str:
        """Whether it keeps its limit; empty where it has none."""
        if self.limit is None:
            return ""
        measured = self.cost.wall if self.ratio is None else self.ratio
        kept = measured <= self.limit and (self.memory is None or self.cost.rss <= self.memory)
        return "ok" if kept else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        of_cpu = f"{self.cost.cpu / max(self.other.cpu, 1e-3):.2f}" if self.other else ""
        return (
            f"{self.size:,}",
            self.what,
            seconds(self.cost.wall),
            seconds(self.cost.cpu),
            f"{self.cost.rss:.0f}",
            self.against,
            seconds(self.other.wall) if self.other else "",
            f"{self.ratio:.2f}" if self.ratio is not None else "",
            of_cpu,
            self._limit(),
            self.verdict,
        )

    def _limit(self) -> str:
        if self.limit is None:
            return ""
        text = f"{self.limit:g}" if self.other else seconds(self.limit)
        return f"{text}, {self.memory:g} MiB" if self.memory else text


def seconds(value: float) -> str:
    """A span of time as people read it."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms"


def markdown(rows: list[Row]) -> str:
    """The table: it reads well on a terminal and is Markdown."""
    texts = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    left = {1, 5, 10}
    lines = []
    for row in texts:
        cells = (_pad(cell, width, at in left) for at, (cell, width) in enumerate(zip(row, widths, strict=True)))
        lines.append(f"| {' | '.join(cells)} |")
    rule = "|" + "|".join("-" * (width + 1) + ("-" if at in left else ":") for at, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _pad(text: str, width: int, left: bool) -> str:
    return text.ljust(width) if left else text.rjust(width)


def surroundings(machine: Machine) -> str:
    """What the figures depend on; nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    parts = (
        f"Python {platform.python_version()}",
        f"typer {version('typer')}",
        f"SQLite {sqlite3.sqlite_version}",
        said_version(["git", "--version"], machine.environ),
        f"{sys.platform}, {os.cpu_count()} cores, {memory:.0f} GiB of memory",
        f"medians of {machine.runs} runs",
    )
    return "; ".join(parts)
