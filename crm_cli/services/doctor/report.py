"""The doctor's findings: all problems of a book, in order, as a table and as one line."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_cli.base.errors import Ambiguous, NotFound
from crm_cli.base.text import counted
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.schema.table import Column, Table
from crm_cli.services.doctor import damage, links, permissions, repository, stages
from crm_cli.services.doctor.crm_yaml import read_crm_yaml
from crm_cli.services.doctor.leaves import Leaf
from crm_cli.services.doctor.survey import Survey, survey
from crm_cli.services.doctor.values import international
from crm_cli.services.refs import resolve
from crm_cli.store import files
from crm_cli.store.reading import is_record, stem

COLUMNS = ("class", "code", "path", "line", "field", "message")
SEVERITIES = ("structural", "field", "error", "warning")


@dataclass(frozen=True)
class Report:
    """What was found; `notes` are worth saying but no problem. It is about the `whole` book, or some of its files."""

    survey: Survey
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    whole: bool = True

    @property
    def errors(self) -> list[Problem]:
        """The problems that are more than a warning."""
        return [problem for problem in self.problems if problem.severity != "warning"]

    def limited(self, paths: Collection[str]) -> "Report":
        """The problems of these files alone."""
        return Report(self.survey, tuple(p for p in self.problems if p.path in paths), whole=False)

    def summary(self) -> str:
        """One line: how many problems there are, and what can be done about them."""
        errors, many = len(self.errors), len(self.problems)
        if not many:
            return f"{counted(len(self.survey.pages), 'record')}, no problems"
        counts = [counted(errors, "error"), counted(many - errors, "warning")]
        found = " and ".join(text for text in counts if not text.startswith("0 "))
        mended = sum(bool(problem.fix) for problem in self.problems)
        hint = f"; crm doctor --fix mends {mended} of them" if mended else ""
        return f"{found} in {counted(len({problem.path for problem in self.problems}), 'file')}{hint}"


def examine(book: Book, now: float, *, phones: bool = False) -> Report:
    """Looks at everything. `now` is the machine's clock; `phones` also finds numbers that are not E.164."""
    reading = read_crm_yaml(_settings_file(book.root), book.root.name, book.kinds)
    settings, sure, note = _settings(book, reading.settings)
    seen = survey(book.root, book.kinds, settings, sure=sure)
    health = repository.look(book.root, book.config.trusts, now)
    unreadable = [problem for problem in (*seen.unreadable, *reading.problems) if problem.severity == "structural"]
    found = [
        *damage.with_remedies(book.root, unreadable, book.kinds, settings),
        *(problem for problem in reading.problems if problem.severity != "structural"),
        *seen.odd,
        *_of_records(seen, phones),
        *health.problems,
        *permissions.problems(book.root, book.folders),
    ]
    found.sort(key=lambda problem: (SEVERITIES.index(problem.severity), problem.path, problem.line))
    return Report(seen, tuple(found), (*note, *health.notes))


def _settings_file(root: Path) -> bytes | Problem:
    try:
        return files.read(root, SETTINGS)
    except FileNotFoundError:
        return b""


def _settings(book: Book, read: Settings | None) -> tuple[Settings, bool, list[str]]:
    """The settings to judge records by, whether they are the book's, and what is to be said about it."""
    if read:
        return read, True, []
    old = damage.committed(book.root, [SETTINGS]).get(SETTINGS)
    before = read_crm_yaml(old, book.root.name, book.kinds).settings if old is not None else None
    if before:
        return before, True, [f"{SETTINGS} cannot be understood: records were judged by its last committed version"]
    return book.settings, False, [f"{SETTINGS} cannot be understood: stages, choices and custom fields were not judged"]


def _of_records(seen: Survey, phones: bool) -> Iterator[Problem]:
    for page in seen.pages:
        yield from links.with_proposals(page, seen)
        yield from links.dangling_links(page, seen)
        if seen.sure:
            yield from stages.required_fields(page, seen.settings)
            yield from stages.workflow(page, seen.settings)
            yield from stages.stage_history(page, seen.settings)
        if phones:
            yield from _national_numbers(page.path, page.phones, seen.settings)
    yield from links.duplicate_ids(seen)
    yield from links.merge_circles(seen)
    yield from links.attachments(seen)


def _national_numbers(path: str, found: Sequence[Leaf], settings: Settings) -> Iterator[Problem]:
    """Numbers that are not spelled as E.164, which is nothing wrong unless somebody asks."""
    for leaf in found:
        number = international(leaf.text, settings.country)
        if number and number != leaf.text:
            message = f"{leaf.text} is not spelled as E.164"
            yield Problem(path, leaf.node.line, "phone", message, leaf.field, leaf.text, fix=f"writes {number}")


def report_table(report: Report) -> Table:
    """A row for each problem; behind the columns stands the id of its record."""
    columns = tuple(Column(name, "integer" if name == "line" else "text") for name in COLUMNS)
    return Table("doctor", columns, [_row(problem, report.survey) for problem in report.problems], ids=len(COLUMNS))


def _row(problem: Problem, seen: Survey) -> tuple[str | int | None, ...]:
    message = f"{problem.message}; --fix {problem.fix}" if problem.fix else problem.message
    page = seen.by_path.get(problem.path)
    id = page.record.id if page else stem(problem.path) if is_record(seen.kinds, problem.path) else None
    place = (problem.path, problem.line or None, problem.field or None)
    return (problem.severity, problem.code, *place, message, id)


def chosen(report: Report, book: Book, refs: Sequence[str]) -> set[str]:
    """The files that references mean: also those of records that cannot be read, and all that share an id.

    They are looked up in the files; only what is no path, id or whole name is left to the index.
    """
    return {path for ref in refs for path in _meant(report, book, ref.strip())}


def _meant(report: Report, book: Book, ref: str) -> list[str]:
    seen = report.survey
    paths = {SETTINGS, *seen.by_path, *(p.path for p in (*seen.unreadable, *seen.odd))}
    if ref in paths:
        return [ref]
    folder, _, id = ref.rpartition("/")
    found = [path for path in seen.places.get(id, []) if not folder or path.partition("/")[0] == folder]
    if found:
        return found
    named = [page for page in seen.named(ref) if not page.record.archived]
    if len(named) > 1:
        candidates = [f"{page.record.id}  {page.record.name or ''}" for page in named]
        raise Ambiguous(f"{ref} could be {len(named)} records", hint="name one by its id", candidates=candidates)
    if named:
        return [named[0].path]
    if book.settings_problem:
        raise NotFound(f"no record has the id or the name {ref}", hint=f"{SETTINGS} cannot be read: give whole names")
    return [resolve(book, ref).path]
