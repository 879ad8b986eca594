"""Programs that people use for a part of this, on the same people: khard, hermitcrm, taskwarrior."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import Bench, make
from benchmarks.measure import Command, Machine, version
from benchmarks.table import Row

TWENTIETH = 1 / 20
"""Their list and card have to take at least twenty times as long as ours."""


@dataclass(frozen=True)
class Programs:
    """Where they are; None for what is not here."""

    khard: Path | None
    hermitcrm: Path | None
    task: Path | None

    @property
    def missing(self) -> list[str]:
        """The names of those that are not here."""
        return [name for name, place in vars(self).items() if place is None]

    def versions(self, machine: Machine) -> str:
        """Which ones they are."""
        found = {name: place for name, place in vars(self).items() if place}
        return "; ".join(
            f"{name} {version([place, '--version'], machine.environ).split()[-1]}" for name, place in found.items()
        )


def rivals(bench: Bench, programs: Programs) -> Iterator[Row]:
    """Our list or card beside theirs. Programs that know people alone get as many records, all of them people."""
    if programs.khard or programs.hermitcrm:
        yield from _address_books(make(bench.machine, bench.size, "people"), programs)
    if programs.task:
        _tasks(bench.machine, programs.task, bench.root)
        yield _row(bench, ("task", "list"), Command([programs.task, "list"], bench.machine.scratch), "task list", None)


def _address_books(bench: Bench, programs: Programs) -> Iterator[Row]:
    machine, people = bench.machine, list(_people(bench.root))
    if programs.khard:
        _vcards(machine, people)
        theirs = Command([programs.khard, "list"], machine.scratch)
        yield _row(bench, ("contact", "list"), theirs, "khard list", bench.limit(TWENTIETH))
    if programs.hermitcrm:
        place = machine.scratch / "hermitcrm"
        firm = _companies(machine, programs.hermitcrm, place, people)
        theirs = Command([programs.hermitcrm, "--data", place, "show", firm], machine.scratch)
        yield _row(bench, ("show", bench.person), theirs, "hermitcrm show", bench.limit(TWENTIETH))


def _row(bench: Bench, words: tuple[str, ...], theirs: Command, name: str, limit: float | None) -> Row:
    bench.machine.run(bench.crm(*words))
    bench.machine.run(theirs)
    mine, other = bench.machine.turns(bench.crm(*words), theirs, runs=min(bench.machine.runs, 5))
    shown = " ".join(("crm", *("REF" if word == bench.person else word for word in words)))
    return Row(bench.size, shown, mine, name, other, limit)


Person = dict[str, str]


def _people(root: Path) -> Iterator[Person]:
    for place in sorted((root / "contacts").iterdir()):
        text = place.read_text(encoding="utf-8")
        found = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and line[0] != " ")
        email = re.search(r"^  - (\S+@\S+)$", text, re.MULTILINE)
        phone = re.search(r'^  - mobile: "(.*)"$', text, re.MULTILINE)
        yield {
            "title": "",
            "source": "",
            **found,
            "id": place.stem,
            "email": email[1] if email else "",
            "phone": phone[1] if phone else "",
        }


def _vcards(machine: Machine, people: list[Person]) -> None:
    folder = machine.scratch / "vcards"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for person in people:
        given, _, family = person["name"].rpartition(" ")
        card = (
            f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{person['id']}\r\nFN:{person['name']}\r\nN:{family};{given};;;\r\n"
            f"TEL;TYPE=cell:{person['phone']}\r\nEMAIL:{person['email']}\r\nTITLE:{person['title']}\r\nEND:VCARD\r\n"
        )
        (folder / f"{person['id']}.vcf").write_text(card, encoding="utf-8", newline="")
    config = machine.scratch / "home" / ".config" / "khard"
    config.mkdir(parents=True, exist_ok=True)
    (config / "khard.conf").write_text(f"[addressbooks]\n[[people]]\npath = {folder}\n", encoding="utf-8")


def _companies(machine: Machine, program: Path, place: Path, people: list[Person]) -> str:
    """A folder of its own form, a company for every contact's firm; the one to show."""
    if not place.exists():
        machine.do(machine.scratch, program, "init", "--no-setup", place)
    stamp = "created: 2026-11-20T10:00\nupdated: 2026-11-20T10:00\n"
    first = ""
    for person in people:
        slug = person.get("organization") or f"firm-of-{person['id']}"
        first = first or slug
        folder = place / "companies" / slug
        if not (folder / "company.md").exists():
            (folder / "contacts").mkdir(parents=True, exist_ok=True)
            company = (
                f"name: {slug.replace('-', ' ')}\nslug: {slug}\nwebsite: https://{slug}.example\nstage: prospect\n"
                f"stage_changed: 2026-11-20\ntags: []\nsource: list\n"
            )
            (folder / "company.md").write_text(f"---\n{company}{stamp}---\n", encoding="utf-8")
        given, _, family = person["name"].rpartition(" ")
        card = (
            f"first_name: {given}\nlast_name: {family}\nslug: {person['id']}\ntitle: {person['title']}\n"
            f"email: {person['email']}\nphone: {person['phone']}\n"
        )
        text = f"---\n{card}{stamp}---\n"
        (folder / "contacts" / f"{person['id']}.md").write_text(text, encoding="utf-8")
    machine.do(machine.scratch, program, "--data", place, "rebuild")
    return first


def _tasks(machine: Machine, program: Path, root: Path) -> None:
    data = machine.scratch / "home" / ".task"
    data.mkdir(exist_ok=True)
    for old in data.iterdir():
        old.unlink()
    settings = f"data.location={data}\nconfirmation=off\nnews.version=99.0.0\n"
    (machine.scratch / "home" / ".taskrc").write_text(settings, encoding="utf-8")
    tasks = []
    for place in sorted((root / "tasks").iterdir()):
        text = place.read_text(encoding="utf-8")
        values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        if values["status"] == "open":
            due = values["due"].replace("-", "") + "T063000Z"
            tasks.append({"description": values["name"], "due": due, "status": "pending"})
    sheet = machine.scratch / "tasks.json"
    sheet.write_text(json.dumps(tasks), encoding="utf-8")
    machine.do(machine.scratch, program, "import", sheet)
