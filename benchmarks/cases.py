"""What is measured in a book: reads, writes, the index, an import, each beside something that users know."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.books import File, book
from benchmarks.measure import Command, Machine, Step
from benchmarks.table import Row

READ_LIMIT = 3
WRITE_LIMIT = 4
IMPORT_LIMIT = 3
INDEX_SECONDS = 4
INDEX_MIB = 150
GOAL = 10_000
"""The size of a book that the limits are meant for."""
LARGE = 100_000
"""A book in which a filtered list is held against `git status` instead."""
DEALS = 8_800
SLOW_RUNS = 3
"""What takes seconds is not repeated more often than this."""

NEW_CONTACT = 'name: Nandini Rao {n}\nphones:\n  - mobile: "+91 98765 43210"\n\ncreated: 2026-11-20T10:00:00+05:30\n'


@dataclass(frozen=True)
class Bench:
    """A book of a size, on a machine; `person` is the id of some contact in it."""

    machine: Machine
    size: int
    root: Path
    person: str

    def crm(self, *words: str) -> Command:
        """A command of crm in the book."""
        return Command([self.machine.python.parent / "crm", *words], self.root)

    @property
    def typer(self) -> Command:
        """What every program made with Typer pays before it does anything."""
        return Command([self.machine.python, "-c", "import typer"], self.root)

    def limit(self, figure: float) -> float | None:
        """The limit, where the book has the size that it is meant for."""
        return figure if self.size == GOAL else None

    def empty_cache(self, _run: int = 0) -> None:
        """As after an update of crm, or on a new machine."""
        shutil.rmtree(self.machine.scratch / "home" / ".cache", ignore_errors=True)


def make(machine: Machine, size: int, of: str = "") -> Bench:
    """A committed book of that size, of all kinds or of people alone."""
    root = machine.scratch / f"book-{size}{of}"
    machine.do(machine.scratch, machine.python, "-m", "benchmarks.books", root, str(size), of)
    _commit(machine, root)
    person = next(iter(sorted(path.stem for path in (root / "contacts").iterdir())))
    return Bench(machine, size, root, person)


def _commit(machine: Machine, root: Path) -> None:
    machine.do(root, "git", "init", "--quiet", "--initial-branch=main")
    machine.do(root, "git", "add", "--all")
    machine.do(root, "git", "commit", "--quiet", "--message=book")


def reads(bench: Bench) -> Iterator[Row]:
    """Every reading command, warm, beside the import of Typer."""
    machine = bench.machine
    lines = (
        ("contact", "list"),
        ("contact", "list", "--json"),
        ("contact", "list", "tag:key-account"),
        ("deal", "list", "stage:won"),
        ("interaction", "list"),
        ("show", bench.person),
        ("due",),
        ("find", "samples"),
        ("pipeline",),
        (),
    )
    machine.run(bench.crm("contact", "list"))
    for words in lines:
        mine, other = machine.turns(bench.crm(*words), bench.typer)
        shown = " ".join(("crm", *("REF" if word == bench.person else word for word in words)))
        yield Row(bench.size, shown, mine, "python -c 'import typer'", other, bench.limit(READ_LIMIT))
    status = Command(["git", "status", "--short"], bench.root)
    mine, other = machine.turns(bench.crm("deal", "list", "stage:won"), status)
    limit = READ_LIMIT if bench.size >= LARGE else None
    yield Row(bench.size, "crm deal list stage:won", mine, "git status", other, limit)


def index(bench: Bench) -> Iterator[Row]:
    """The first command in a book, the first one of a day, and the one after a file was edited."""
    machine, few = bench.machine, min(bench.machine.runs, SLOW_RUNS)
    first = bench.crm("contact", "list")
    cold = Command(first.words, first.cwd, bench.empty_cache)
    (cost,) = machine.turns(cold, runs=few)
    memory = bench.limit(INDEX_MIB)
    yield Row(bench.size, "first index", cost, limit=bench.limit(INDEX_SECONDS), memory=memory)

    edited = Command(first.words, first.cwd, lambda run: _edit(bench, run))
    mine, other = machine.turns(edited, bench.typer)
    yield Row(bench.size, "crm contact list, one file edited", mine, "python -c 'import typer'", other)
    machine.do(bench.root, "git", "commit", "--quiet", "--all", "--message=edits")

    days = [machine.run(first, CRM_NOW=f"2026-11-{21 + run}T10:00:00+05:30") for run in range(few)]
    machine.run(first)
    others = [machine.run(bench.typer) for _ in range(few)]
    cost, other = (sorted(costs, key=lambda cost: cost.wall)[len(costs) // 2] for costs in (days, others))
    yield Row(bench.size, "crm contact list, first of a day", cost, "python -c 'import typer'", other)


def _edit(bench: Bench, run: int) -> None:
    place = bench.root / "contacts" / f"{bench.person}.yaml"
    lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
    titled = [f"title: Owner {run}\n" if line.startswith("title:") else line for line in lines]
    place.write_text("".join(titled), encoding="utf-8")


def writes(bench: Bench) -> Iterator[Row]:
    """Every writing command beside a commit of one new file by git, in the same repository."""
    machine = bench.machine
    lines = (
        ("contact", "add", "Nandini Rao {n}", "--phone", "+91 98765 43210"),
        ("set", bench.person, "title=Number {n}"),
        ("log", "call", bench.person, "wants a website, take {n}"),
    )
    machine.run(bench.crm("contact", "list"))
    for verb, words in zip(("contact add", "set", "log"), lines, strict=True):
        name = f"contacts/nandini-rao-{verb.replace(' ', '-')}-{{n}}.yaml"
        script = f"git add {name} && git commit --quiet --message=add"
        plain = Command(["sh", "-c", script], bench.root, _writer(bench.root, name))
        mine, other = machine.turns(bench.crm(*words), plain)
        yield Row(bench.size, f"crm {verb}", mine, "git add FILE && git commit", other, bench.limit(WRITE_LIMIT))


def _writer(root: Path, name: str) -> Step:
    def write(run: int) -> None:
        (root / name.replace("{n}", str(run))).write_text(NEW_CONTACT.replace("{n}", str(run)), encoding="utf-8")

    return write


def imports(machine: Machine) -> Iterator[Row]:
    """A spreadsheet of deals, beside writing the same files and one commit of them."""
    small = machine.scratch / "book-for-import"
    machine.do(machine.scratch, machine.python, "-m", "benchmarks.books", small, "1000")
    _commit(machine, small)
    sheet = machine.scratch / "deals.csv"
    _spreadsheet(sheet)
    program = machine.python.parent / "crm"
    work, made = machine.scratch / "import", machine.scratch / "made"

    def fresh(_run: int) -> None:
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(small, work)

    mine = Command([program, "-C", work, "import", sheet, "--kind", "deal"], machine.scratch, fresh)
    machine.run(mine)
    new = {path.name for path in (work / "deals").iterdir()} - {path.name for path in (small / "deals").iterdir()}
    made.mkdir()
    for name in new:
        shutil.copy(work / "deals" / name, made / name)
    script = f"cp -R {made}/. deals/ && git add --all && git commit --quiet --message=import"

    plain = Command(["sh", "-c", script], work, fresh)
    cost, other = machine.turns(mine, plain, runs=min(machine.runs, SLOW_RUNS))
    what = f"crm import, {len(new):,} deals"
    yield Row(1000, what, cost, "cp FILES && git add -A && git commit", other, IMPORT_LIMIT)


def _spreadsheet(place: Path) -> None:
    files: list[File] = [file for file in book(DEALS * 100 // 15) if file[0].startswith("deals/")]
    with place.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["name", "stage", "amount", "close_date", "source", "next_step"])
        for number, (_path, text) in enumerate(files[:DEALS]):
            values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and line[0] != " ")
            row = [values[key] for key in ("stage", "amount", "close_date", "source", "next_step")]
            sheet.writerow([f"{values['name']} {number}", "proposal", *row[1:]])
