"""Sweeps every call of every writing command and prints what became of it: `make torture`; nothing is written.

TORTURE_STEP=10 tries each tenth call, TORTURE_ALL=1 all kinds of faults at each: else death, and two errors by turns.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.commands import COMMANDS
from tests.faults.machine import ERRORS, FAULTS, Fault, machine
from tests.faults.sweep import Sweep, Verdict

STEP = int(os.environ.get("TORTURE_STEP", "1"))
ALL = bool(os.environ.get("TORTURE_ALL"))
_DEATHS = FAULTS[:3]


@dataclass
class Row:
    """What became of one command."""

    name: str
    calls: int = 0
    by_git: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one run."""
        fault = verdict.fault
        group = fault.action if fault.deadly else f"{fault.error}{'+' * fault.sticky}"
        self.counts["tried"] += 1
        self.counts[group] += 1
        self.counts["acknowledged"] += verdict.acknowledged
        self.counts["finished all the same"] += verdict.done and not verdict.acknowledged
        self.counts["lost"] += any("LOST" in text for text in verdict.wrong)
        self.counts["half"] += any("half" in text for text in verdict.wrong)
        if verdict.wrong:
            self.wrong.append(str(verdict))


def faults(at: int) -> Iterator[Fault]:
    """What to try at a call."""
    if ALL:
        yield from (replace(fault, at=at) for fault in FAULTS)
        return
    yield Fault("kill", at)
    yield replace(_DEATHS[1 + at % 2], at=at)
    yield Fault("fail", at, ERRORS[at % len(ERRORS)])
    yield Fault("fail", at, ERRORS[(at // 2) % len(ERRORS)], sticky=True)


def swept(number: int) -> Row:
    """The row of one command."""
    with tempfile.TemporaryDirectory(prefix="crm-torture-") as place:
        made = machine(Path(place) / "machine")
        try:
            sweep = Sweep(COMMANDS[number], made, Path(place) / "books")
            row = Row(COMMANDS[number].name, sweep.calls, sweep.clean.others)
            for at in range(1 + number % STEP, sweep.calls + 1, STEP):
                for fault in faults(at):
                    row.add(sweep.try_one(fault))
        finally:
            made.close()
    return row


def main() -> None:
    """Sweep all commands, on all processors, and print the table."""
    columns = ("tried", "acknowledged", "finished all the same", "lost", "half")
    groups = ["kill", "tear", "orphan", *(f"{error}{more}" for error in ERRORS for more in ("", "+"))]
    print("| command | calls | by git |", " | ".join(columns), "| wrong |", " | ".join(groups), "|")
    print("|---" * (len(columns) + len(groups) + 4) + "|", flush=True)
    failed: list[str] = []
    with ProcessPoolExecutor() as pool:
        for row in pool.map(swept, range(len(COMMANDS))):
            cells = [row.name, row.calls, row.by_git, *(row.counts[name] for name in columns), len(row.wrong)]
            print("|", " | ".join(map(str, [*cells, *(row.counts[group] for group in groups)])), "|", flush=True)
            failed += [f"{row.name}: {text}" for text in row.wrong]
    print(*failed[:50], sep="\n")
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
