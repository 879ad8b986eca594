"""Reads a whole book for the doctor: every file of a record with what is wrong in it, from the files alone."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.ids import is_id, new_id
from crm_cli.base.text import fold
from crm_cli.schema.convert import load
from crm_cli.schema.kind import Kind, Kinds
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.leaves import Leaf, leaves
from crm_cli.services.doctor.shape import lone_values, unknown_custom, unknown_keys
from crm_cli.services.doctor.values import doubtful_values
from crm_cli.store import files
from crm_cli.store.codec import Document, parse

_BY_SETTINGS = ("bad-choice", "custom-unknown")


@dataclass(frozen=True, slots=True)
class Page:
    """A record's file that can be read. `home` is the path that it ought to have: its own, but for a bad name.

    `links` and `attachments` are its values of those types, `phones` those that are numbers.
    """

    path: str
    home: str
    record: Record
    links: tuple[Leaf, ...]
    attachments: tuple[Leaf, ...]
    phones: tuple[Leaf, ...]
    problems: tuple[Problem, ...]

    @property
    def kind(self) -> Kind:
        """The kind of record that it holds."""
        return self.record.kind_


@dataclass
class Survey:
    """All files of a book: those that can be read, and for the others why not."""

    root: Path
    kinds: Kinds
    settings: Settings
    sure: bool
    pages: list[Page] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[str, list[str]]:
        """The paths of every id; those of records that cannot be read too."""
        found: dict[str, list[str]] = {}
        broken = (problem.path for problem in self.unreadable if files.is_record_name(_name(problem.path)))
        for id, path in (*((page.record.id, page.path) for page in self.pages), *((stem(p), p) for p in broken)):
            found.setdefault(id, []).append(path)
        return found

    @cached_property
    def by_name(self) -> dict[str, list[Page]]:
        """The records of every folded name, and of every file name that is no id; not those that were merged away."""
        found: dict[str, list[Page]] = {}
        for page in self.pages:
            if page.record.merged_into:
                continue
            names = {fold(page.record.name or "")}
            if page.path != page.home:
                names.add(fold(stem(page.path)))
            for name in names - {""}:
                found.setdefault(name, []).append(page)
        return found

    @cached_property
    def by_path(self) -> dict[str, Page]:
        """Every page by the path that it has."""
        return {page.path: page for page in self.pages}

    def named(self, name: str, to: Sequence[str] = ()) -> list[Page]:
        """The records with this name, of the kinds that a link may lead to."""
        folder, _, stem = name.rpartition("/")
        text = stem if folder in self.kinds.by_folder else name
        found = self.by_name.get(fold(text.strip()), [])
        return [page for page in found if not to or page.kind.name in to]


def survey(root: Path, kinds: Kinds, settings: Settings, *, sure: bool) -> Survey:
    """Reads everything. `sure` says whether the settings are those of the book, or what is left of them."""
    made = Survey(root, kinds, settings, sure)
    was = gc.isenabled()
    gc.disable()  # everything that is read stays, so looking for garbage among it only takes time
    try:
        for path, home in _files(made):
            _take_in(path, home, made)
    finally:
        if was:
            gc.enable()
    # What cannot be read is not renamed either: first somebody has to mend what stands in it.
    broken = {problem.path for problem in made.unreadable}
    made.odd[:] = [replace(odd, fix="") if odd.path in broken else odd for odd in made.odd]
    return made


def _take_in(path: str, home: str, made: Survey) -> None:
    try:
        found = _page(path, home, files.read(made.root, path), made)
    except FileNotFoundError:  # it went away since the folder was listed
        return
    if isinstance(found, Problem):
        made.unreadable.append(found)
    else:
        made.pages.append(found)


def _files(made: Survey) -> Iterator[tuple[str, str]]:
    """Every file that is or should be a record, with the path that it ought to have."""
    scans = []
    for kind in made.kinds.all:
        try:
            scans.append((kind, files.scan(made.root, [kind.folder], [kind.folder] if kind.dated else [])))
        except Refused as refused:
            made.odd.append(Problem(kind.folder, 0, "not-a-file", f"{refused.message}; {refused.hint}"))
    taken = {stem(path) for _, found in scans for path, *_ in found.files}  # an id is one in the whole book
    for kind, found in scans:
        yield from ((path, path) for path in sorted(path for path, *_ in found.files))
        for odd in sorted(found.odd, key=lambda problem: problem.path):
            if odd.code == "file-name" and odd.fix:
                home = _home(odd.path, kind, taken)
                yield odd.path, home
                odd = replace(odd, fix=f"renames it to {_name(home)}")
            made.odd.append(odd)


def _home(path: str, kind: Kind, taken: set[str]) -> str:
    """Where a file with a bad name belongs: the same on every machine, so that two that mend it do the same."""
    folder, _, name = path.rpartition("/")
    plain = name.rpartition(".")[0]
    if not is_id(plain) or plain in taken:
        digest = iter(sha256(path.encode("utf-8", "surrogateescape")).digest())
        plain = new_id(plain, kind.name, lambda choices: choices[next(digest) % len(choices)])
    taken.add(plain)
    return f"{folder}/{plain}.yaml"


def _page(path: str, home: str, data: bytes | Problem, made: Survey) -> Page | Problem:
    document = data if isinstance(data, Problem) else parse(data, path)
    if isinstance(document, Problem):
        return document
    kind = made.kinds.of_path(path)
    assert kind is not None
    record = load(kind, stem(home), home, document.root, made.settings)
    found = list(leaves(document.root, kind, made.settings))
    problems = [replace(problem, path=path) for problem in record.problems]
    problems += _warnings(document, kind, found, made.settings)
    if not made.sure:
        problems = [problem for problem in problems if problem.code not in _BY_SETTINGS]
    return Page(
        path,
        home,
        record,
        tuple(leaf for leaf in found if leaf.type == "link"),
        tuple(leaf for leaf in found if leaf.field == "attachments"),
        tuple(leaf for leaf in found if leaf.type == "phone"),
        tuple(problems),
    )


def _warnings(document: Document, kind: Kind, found: Sequence[Leaf], settings: Settings) -> Iterator[Problem]:
    path, root = document.path, document.root
    yield from document.warnings
    yield from unknown_keys(path, root, kind)
    yield from unknown_custom(path, root, kind, settings)
    yield from lone_values(path, root, kind, settings)
    yield from doubtful_values(path, found, settings)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def stem(path: str) -> str:
    """The name of a file without what stands behind its last dot."""
    name = _name(path)
    return name.rpartition(".")[0] or name
