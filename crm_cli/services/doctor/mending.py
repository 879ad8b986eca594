"""Mends what can safely be mended, as one commit: names of files, links by name, histories of stages, broken files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crm_cli.base.errors import Refused
from crm_cli.base.ids import random_part
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.context import Context
from crm_cli.schema.convert import build, everything_of, file_changes, load
from crm_cli.schema.crm_yaml import FORMAT
from crm_cli.schema.node import Map, Node, Plain, Scalar, Seq, written_part
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.services.doctor import damage, markers, permissions
from crm_cli.services.doctor.leaves import Leaf, leaves
from crm_cli.services.doctor.links import is_link, target
from crm_cli.services.doctor.report import Report
from crm_cli.services.doctor.stages import brought_up_to_date
from crm_cli.services.doctor.survey import Page, stem
from crm_cli.services.doctor.values import international
from crm_cli.services.syncing.gitmerge import place_files
from crm_cli.store import files, support
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.sync.filemerge import quarantine_path
from crm_cli.store.transaction import Write, begin

Read = Callable[[str], bytes | None]


@dataclass
class Mended:
    """What was done, or would be: a line for each thing, the new paths of renamed files, the files' bytes.

    `swept` are edits by hand that were committed first, `kept_aside` counts values that went to `conflicts`, `next`
    says what is left to the person.
    """

    lines: list[str] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    writes: dict[str, bytes | None] = field(default_factory=dict)
    swept: tuple[str, ...] = ()
    kept_aside: int = 0
    next: str = ""


@dataclass(frozen=True)
class _Bench:
    """What mending needs to know: the report, who mends, how files are read."""

    report: Report
    context: Context
    read: Read


def mend(book: Book, report: Report, *, dry: bool = False) -> Mended:
    """Mends every problem of a report that has a fix. With `dry` nothing is written and nothing is locked."""
    if dry:
        made = _plan(_Bench(report, book.context, _reader(book)))
    elif not any(problem.fix and problem.code != "permissions" for problem in report.problems):
        made = Mended()
    elif waiting := markers.unmerged(book.root) & {problem.path for problem in report.problems if problem.fix}:
        made = _in_the_work_tree(book, report.limited(waiting))
    else:
        made = _written(book, report)
    doors = permissions.open_doors(book.root, book.folders) if report.whole else []
    if doors:
        made.lines.append(f"{book.root}: {len(doors)} files and folders closed to other users")
        if not dry:
            permissions.close(doors)
    return made


def _reader(book: Book) -> Read:
    def read(path: str) -> bytes | None:
        try:
            data = files.read(book.root, path, files.FILE_LIMIT)
        except FileNotFoundError:
            return None
        return data if isinstance(data, bytes) else None

    return read


def _written(book: Book, report: Report) -> Mended:
    settings = report.survey.settings
    if settings.format > FORMAT:
        raise Refused(f"this book has format {settings.format}, and this crm writes format {FORMAT}")
    context = replace(book.with_user().context, settings=settings)
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        swept = transaction.hand_edits(book.folders, book.is_valid)
        made = _plan(_Bench(report, context, transaction.read))
        made.swept = tuple(swept)
        writes = [Write(path, data) for path, data in made.writes.items()]
        transaction.commit(writes, _message(book, made), book.identity)
    book.close()
    return made


def _in_the_work_tree(book: Book, report: Report) -> Mended:
    """Files of a merge that somebody has not finished: they are rebuilt, and the commit stays that person's."""
    where = support.writable(book.root, book.config.trusts)
    made = _plan(_Bench(report, book.context, _reader(book)))
    place_files(book.root, {path: data for path, data in made.writes.items() if data is not None})
    found = support.in_the_middle(where)
    made.next = f"next: crm git add {' '.join(sorted(made.writes))}" + (
        f"; then finish the {found[0]}" if found else ""
    )
    book.close()
    return made


def _message(book: Book, made: Mended) -> str:
    """Without the names of people: kinds, and the random parts of ids."""
    names = []
    for path in sorted(path for path, data in made.writes.items() if data is not None):
        kind = book.kinds.of_path(path)
        if kind:
            names.append(f"{kind.name} {random_part(stem(path)) or ''}".strip())
        elif path == SETTINGS:
            names.append("settings")
    return f"doctor {', '.join(names)}" if len(names) <= 3 else f"doctor {len(names)} files"


def _plan(bench: _Bench) -> Mended:
    made = Mended()
    todo: dict[str, list[Problem]] = {}
    for problem in bench.report.problems:
        if problem.fix and problem.code != "permissions":
            todo.setdefault(problem.path, []).append(problem)
    for path, problems in todo.items():
        data = bench.read(path)
        page = bench.report.survey.by_path.get(path)
        if data is None:
            continue
        if problems[0].severity == "structural":
            _bring_back(bench, problems[0], data, made)
        elif page:
            _mend_page(bench, page, {problem.code for problem in problems}, data, made)
    return made


def _bring_back(bench: _Bench, problem: Problem, data: bytes, made: Mended) -> None:
    """A file that cannot be read gives way to what it was, or to what its two versions are together."""
    seen, path = bench.report.survey, problem.path
    rebuilt = markers.rebuilt(seen.root, path, data, seen.kinds, seen.settings) if problem.code == "markers" else None
    new = rebuilt.data if rebuilt else damage.committed(seen.root, [path]).get(path)
    if new is None:
        return
    aside = rebuilt.aside if rebuilt else {quarantine_path(path, data): data} if data else {}
    made.writes |= {path: new, **aside}
    made.kept_aside += rebuilt.kept_aside if rebuilt else 0
    said = "rebuilt from both versions" if rebuilt else "the version of the last commit brought back"
    said += f", what stood there is in {', '.join(aside)}" if aside else ""
    made.lines.append(f"{path}: {said}")


def _mend_page(bench: _Bench, page: Page, codes: set[str], data: bytes, made: Mended) -> None:
    seen, kind = bench.report.survey, page.kind
    document = parse(data, page.path)
    if isinstance(document, Problem):
        return
    record = load(kind, page.record.id, page.home, document.root, seen.settings)
    new = _respelled(bench, document, record, codes)
    changes = _respelled_fields(document.root, new)
    said = [f"{leaf.field}: {leaf.text} -> {text}" for leaf, text in new]
    if "merge-circle" in codes:
        changes["merged_into"] = None
        said.append("merged_into taken out")
    if "stage-history" in codes:
        fields = brought_up_to_date(record, bench.context)
        changes |= file_changes(record, build(kind, {**everything_of(record), **fields}), seen.settings)
        said += [f"set {', '.join(fields)}"] if fields else []
    after = splice(document, changes, kind.file_order) if changes else data
    if page.home != page.path and "file-name" in codes and bench.read(page.home) is None:
        made.writes[page.path] = None
        made.homes[page.path] = page.home
        said.insert(0, f"renamed to {page.home}")
    if said:
        made.writes[made.homes.get(page.path, page.path)] = after
        made.lines += [f"{page.path}: {what}" for what in said]


def _respelled(bench: _Bench, document: Document, record: Record, codes: set[str]) -> list[tuple[Leaf, str]]:
    """The values that are written anew: names where ids belong, and numbers where that was asked for."""
    seen, out = bench.report.survey, []
    for leaf in leaves(document.root, record.kind_, seen.settings):
        new: str | None = None
        if leaf.type == "link" and "bad-link" in codes and not is_link(leaf.text):
            new = target(leaf, seen)
        elif leaf.type == "phone" and "phone" in codes:
            new = international(leaf.text, seen.settings.country)
        if new and new != leaf.text:
            out.append((leaf, new))
    return out


def _respelled_fields(root: Map, new: Sequence[tuple[Leaf, str]]) -> dict[str, Plain | None]:
    """The top-level fields of these values, with the new texts in their places."""
    texts = {id(leaf.node): text for leaf, text in new}
    return {leaf.top: _with(root.entries[leaf.top], texts) for leaf, _ in new}


def _with(node: Node, texts: Mapping[int, str]) -> Plain:
    if isinstance(node, Scalar):
        return texts[id(node)] if id(node) in texts else written_part(node)
    if isinstance(node, Seq):
        return [_with(item, texts) for item in node.items]
    return {key: _with(value, texts) for key, value in node.entries.items()}
