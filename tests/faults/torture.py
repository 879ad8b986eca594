"""Sweeps the calls of every writing command and prints what became of it: `make torture`; nothing is written.

Each call gets death, a torn write or an orphaned git by turns, and two errors by turns. TORTURE_STEP=10 tries each
tenth call, TORTURE_KILLS=1 kills at each call all the same, TORTURE_ALL=1 tries all kinds of faults at every call
that is tried; names of commands as arguments sweep just these.
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.faults.commands import COMMANDS
from tests.faults.machine import ERRORS, FAULTS, Fault, machine
from tests.faults.sweep import Sweep, Verdict

STEP = int(os.environ.get("TORTURE_STEP", "1"))
KILLS = int(os.environ.get("TORTURE_KILLS", STEP))
ALL = bool(os.environ.get("TORTURE_ALL"))
_DEATHS = FAULTS[:3]
_PARTS = 4
"""A command is swept in so many parts, so that the longest does not keep one processor while the others rest."""
_COLUMNS = ("tried", "acknowledged", "finished all the same", "lost", "half", "wrong")


@dataclass
class Row:
    """What became of one command; by fault in `groups`, with all its faults together under ""."""

    name: str
    calls: int = 0
    by_git: int = 0
    groups: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one run."""
        fault = verdict.fault
        found = {
            "tried": 1,
            "acknowledged": verdict.acknowledged,
            "finished all the same": verdict.done and not verdict.acknowledged,
            "lost": any("LOST" in text for text in verdict.wrong),
            "half": any("half" in text for text in verdict.wrong),
            "wrong": bool(verdict.wrong),
        }
        for group in ("", fault.action if fault.deadly else f"{fault.error}{' for good' * fault.sticky}"):
            self.groups.setdefault(group, Counter()).update({name: int(count) for name, count in found.items()})
        if verdict.wrong:
            self.wrong.append(str(verdict))

    def join(self, other: "Row") -> None:
        """Count another part of the same command."""
        self.calls, self.by_git = other.calls, other.by_git
        self.wrong += other.wrong
        for group, counts in other.groups.items():
            self.groups.setdefault(group, Counter()).update(counts)


def faults(at: int) -> Iterator[Fault]:
    """What to try at a call."""
    if at % KILLS == 0 or at % STEP == 0:
        yield Fault("kill", at)
    if at % STEP:
        return
    if ALL:
        yield from (replace(fault, at=at) for fault in FAULTS[1:])
        return
    turn = at // STEP
    yield replace(_DEATHS[1 + turn % 2], at=at)
    yield Fault("fail", at, ERRORS[turn % len(ERRORS)])
    yield Fault("fail", at, ERRORS[(turn // 2) % len(ERRORS)], sticky=True)


def swept(number: int, part: int) -> Row:
    """The row of one command, from a part of its calls."""
    with tempfile.TemporaryDirectory(prefix="crm-torture-") as place:
        made = machine(Path(place) / "machine")
        try:
            sweep = Sweep(COMMANDS[number], made, Path(place) / "books")
            row = Row(COMMANDS[number].name, sweep.calls, sweep.clean.others)
            first, last = (sweep.calls * edge // _PARTS for edge in (part, part + 1))
            for at in range(first + 1, last + 1):
                for fault in faults(at):
                    row.add(sweep.try_one(fault))
        finally:
            made.close()
    return row


def main(names: Sequence[str]) -> None:
    """Sweep these commands, or all, on all processors; the tables by command and by fault, also after Ctrl-C."""
    rows = {number: Row(command.name) for number, command in enumerate(COMMANDS) if command.name in names or not names}
    with ProcessPoolExecutor() as pool:
        # The last commands are the longest.
        parts = {pool.submit(swept, number, part): number for number in reversed(rows) for part in range(_PARTS)}
        try:
            for done, future in enumerate(as_completed(parts), start=1):
                found = future.result()
                rows[parts[future]].join(found)
                tried = found.groups.get("", Counter())["tried"]
                _tell(f"{done} of {len(parts)}: {found.name}, {tried} runs", *found.wrong)
        except KeyboardInterrupt:
            _tell("stopped: what is not done is not in the table")
            pool.shutdown(wait=False, cancel_futures=True)
    total = Row("all")
    for row in rows.values():
        total.join(row)
    print(_line("command", "calls", "by git", *_COLUMNS))
    print("|---" * (3 + len(_COLUMNS)) + "|")
    for row in rows.values():
        print(_line(row.name, row.calls, row.by_git, *_counts(row.groups.get("", Counter()))))
    print("\n" + _line("fault", *_COLUMNS))
    print("|---" * (1 + len(_COLUMNS)) + "|")
    for group in sorted(total.groups):
        print(_line(group or "all", *_counts(total.groups[group])))
    raise SystemExit(bool(total.wrong))


def _counts(counts: Counter[str]) -> list[int]:
    return [counts[name] for name in _COLUMNS]


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _tell(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
