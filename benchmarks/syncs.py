"""What a sync costs: few and many records changed on each side, beside git's pull and push of the same."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.cases import Bench
from benchmarks.measure import Command, Machine
from benchmarks.table import Row

SYNC_LIMIT = 3
CHANGED = (10, 1000)
"""How many records each side changed; of a small book at most each half of its contacts."""
SYNC_RUNS = 5
_QUIET = ("gc.auto", "receive.autogc")


def syncs(bench: Bench) -> Iterator[Row]:
    """Syncs with little and with much to do on both sides, and one with nothing to do."""
    for changed in CHANGED:
        yield from _both_sides(bench, min(changed, bench.size * 4 // 10 // 2), last=changed == CHANGED[-1])


def _both_sides(bench: Bench, count: int, *, last: bool) -> Iterator[Row]:
    machine = bench.machine
    place = machine.scratch / f"sync-{bench.size}-{count}"
    remote, here = _pattern(machine, bench.root, place, count)
    work, there = place / "work", place / "there.git"

    def fresh(_run: int) -> None:
        for pattern, copy in ((remote, there), (here, work)):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(pattern, copy, symlinks=True)
        machine.do(work, "git", "remote", "set-url", "origin", there)
        machine.do(work, "git", "status", "--short")  # the files are others than those that git has looked at
        os.sync()  # crm sees what it writes onto the disk, and should not have to wait for these copies too

    crm = machine.python.parent / "crm"
    script = "git pull --quiet --no-rebase --no-edit && git push --quiet"
    plain = Command(["sh", "-c", script], work, fresh)
    mine, other = machine.turns(Command([crm, "sync"], work, fresh), plain, runs=min(machine.runs, SYNC_RUNS))
    what = f"crm sync, {count:,} records changed on each side"
    limit = bench.limit(SYNC_LIMIT) if last else None
    yield Row(bench.size, what, mine, "git pull && git push", other, limit)
    if last:
        mine, other = machine.turns(Command([crm, "sync"], work), Command(["git", "pull", "--quiet"], work))
        yield Row(bench.size, "crm sync, nothing to do", mine, "git pull", other)
    shutil.rmtree(place)


def _pattern(machine: Machine, root: Path, place: Path, count: int) -> tuple[Path, Path]:
    """A remote that has the one half of the changes, and a clone that has the other."""
    place.mkdir()
    remote, here, there = place / "remote.git", place / "here", place / "other"
    machine.do(place, "git", "clone", "--quiet", "--bare", root, remote)
    for copy in (here, there):
        machine.do(place, "git", "clone", "--quiet", remote, copy)
    for copy in (remote, here, there):
        for key in _QUIET:
            machine.do(copy, "git", "config", key, "0")
    machine.do(here, machine.python.parent / "crm", "sync")  # as in a book in use: the first one sets git up
    people = sorted((here / "contacts").iterdir())
    _change(machine, here, [path.name for path in people[:count]], "here")
    _change(machine, there, [path.name for path in people[-count:]], "there")
    machine.do(there, "git", "push", "--quiet")
    return remote, here


def _change(machine: Machine, root: Path, names: Sequence[str], word: str) -> None:
    for name in names:
        path = root / "contacts" / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        titled = [f"title: Changed {word}\n" if line.startswith("title:") else line for line in lines]
        path.write_text("".join(titled), encoding="utf-8")
    machine.do(root, "git", "commit", "--quiet", "--all", f"--message={word}")
