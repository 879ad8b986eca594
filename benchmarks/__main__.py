"""Makes books, measures, prints one table: `python -m benchmarks --sizes 1000,10000 --runs 7`."""

import argparse
import compileall
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import cases
from benchmarks.measure import Machine
from benchmarks.others import Programs, rivals
from benchmarks.screens import screens
from benchmarks.syncs import syncs
from benchmarks.table import Row, markdown, surroundings

REPOSITORY = Path(__file__).parents[1]
SIZES = "1000,10000,100000"
GROUPS = {"reads": cases.reads, "index": cases.index, "writes": cases.writes, "sync": syncs, "screens": screens}
RIVALS_FROM, RIVALS_TO = 10_000, 10_000
"""Other programs are asked at the size that the limits are meant for: some take minutes beyond it."""


def main() -> int:
    """Prints the table; 1 when a limit was missed."""
    given = _arguments(sys.argv[1:])
    sizes = [int(size) for size in given.sizes.split(",") if size]
    # As an installation would have it: a module that is compiled anew costs 2 ms in every single run.
    compileall.compile_dir(REPOSITORY / "crm_cli", quiet=1)
    with _scratch(given.keep) as scratch:
        machine = Machine(scratch, given.runs)
        machine.environ["PYTHONPATH"] = str(REPOSITORY)
        programs = Programs(*(_program(machine, given, name) for name in ("khard", "hermitcrm", "task")))
        rows = [row for row in _rows(machine, sizes, programs, given.only) if _tell(row)]
        print(markdown(rows))
        print(f"\n{surroundings(machine)}; {programs.versions(machine)}")
        for name in programs.missing:
            print(f"{name} is not installed, so crm was not measured against it (see --{name})")
    return int(any(row.verdict == "MISSED" for row in rows))


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help=f"how many records the books have (default: {SIZES})")
    parser.add_argument("--runs", type=int, default=7, help="how often each command is run (default: 7)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work in this new directory and leave it there")
    parser.add_argument(
        "--only", default="reads,index,writes,sync,screens,rivals,import", help="which groups (default: all)"
    )
    for name in ("khard", "hermitcrm", "task"):
        parser.add_argument(f"--{name}", metavar="PROGRAM", default=name, help=f"where {name} is, if not on the PATH")
    return parser.parse_args(words)


@contextlib.contextmanager
def _scratch(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep.resolve()
        return
    place = Path(tempfile.mkdtemp(prefix="crm-benchmarks-"))
    try:
        yield place.resolve()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _program(machine: Machine, given: argparse.Namespace, name: str) -> Path | None:
    wanted = getattr(given, name)
    found = machine.has(wanted)
    if found is None and wanted != name:
        raise SystemExit(f"--{name} {wanted}: there is no such program")
    return found and Path(os.path.abspath(found))


def _rows(machine: Machine, sizes: Sequence[int], programs: Programs, only: str) -> Iterator[Row]:
    groups = only.split(",")
    for size in sizes:
        print(f"a book of {size:,} records …", file=sys.stderr)
        bench = cases.make(machine, size)
        for name, group in GROUPS.items():
            if name in groups:
                yield from group(bench)
        if "rivals" in groups and RIVALS_FROM <= size <= RIVALS_TO:
            yield from rivals(bench, programs)
    if "import" in groups:
        yield from cases.imports(machine)


def _tell(row: Row) -> Row:
    """Shows on stderr how far it is."""
    print("  ".join(cell for cell in row.cells() if cell), file=sys.stderr)
    return row


if __name__ == "__main__":
    sys.exit(main())
