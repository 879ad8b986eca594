"""Turns a plan into the files of one commit: each record re-read under the lock, merged, spliced, read back."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import Any, Protocol

from crm_cli.base.aside import aside
from crm_cli.base.errors import Invalid, Refused
from crm_cli.base.ids import random_part
from crm_cli.base.lean import dataclass
from crm_cli.schema.convert import changed_fields, file_tree, load
from crm_cli.schema.kind import Kinds
from crm_cli.schema.plan import Change, FileChange, Plan
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import emit, parse, splice
from crm_cli.store.reading import read_record
from crm_cli.store.transaction import Write

MESSAGE_IDS = 3
BATCH = 250
"""New records whose files are made at a time; of more than so many the other half is made by a second process."""


class Disk(Protocol):
    """What the lock's holder reads files through."""

    def read(self, path: str) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """One change as it comes to stand: the record now in the file (None: removed), its bytes, what was kept aside."""

    change: Change
    record: Record | None
    write: Write
    kept_aside: tuple[Mapping[str, Any], ...] = ()


def prepare(plan: Plan, disk: Disk, kinds: Kinds, settings: Settings) -> tuple[list[Written], list[Write]]:
    """The changes of a plan against the files as they are now, and all its writes; nothing is written yet."""
    new = [change.after for change in plan.changes if change.before is None and change.after is not None]
    with closing(_new_files(new, settings)) as files:
        made = [
            _new(change, next(files), disk, settings)
            if change.before is None
            else _changed(change, change.before, disk, kinds, settings)
            for change in plan.changes
        ]
    paths = [written.write.path for written in made]
    if len(set(paths)) < len(paths):
        raise Invalid("one record is changed twice at once", hint="give each record once")
    return made, [*(one.write for one in made), *_whole_files(plan.files, disk)]


def _new_files(records: Sequence[Record], settings: Settings) -> Generator[tuple[bytes, bool], None, None]:
    """What `_new_file` gives for each."""
    batches = [records[start : start + BATCH] for start in range(0, len(records), BATCH)]
    here = (len(batches) + 1) // 2

    def work(batch: Sequence[Record]) -> list[tuple[bytes, bool]]:
        return [_new_file(record, settings) for record in batch]

    with aside(work, batches[here:]) as others:
        for made in chain(map(work, batches[:here]), others):
            yield from made


def _new_file(record: Record, settings: Settings) -> tuple[bytes, bool]:
    """The file of a new record, and whether the record that is read from it is the same, problems included."""
    data = emit(file_tree(record, settings), record.kind_.groups)
    return data, _read_back(record, data, settings).problems == record.problems


def _new(change: Change, file: tuple[bytes, bool], disk: Disk, settings: Settings) -> Written:
    after, (data, same) = change.record, file
    if disk.read(after.path) is not None:
        raise Invalid(f"{after.path} exists already")
    return Written(change, after if same else _read_back(after, data, settings), Write(after.path, data))


def _changed(change: Change, before: Record, disk: Disk, kinds: Kinds, settings: Settings) -> Written:
    path = change.record.path
    data = disk.read(path)
    if data is None:
        raise Refused(f"{path} is gone: it was removed meanwhile", hint="run the command again")
    from crm_cli.store.merge import rebase, splice_of  # 4 ms, which a new record does not take

    document, now = read_record(data, path, kinds, settings)
    _expect(change, now)
    if change.after is None:
        return Written(change, None, Write(path, None))
    if change.data is not None and data == change.onto:
        return _checked(change, change.after, change.data, settings)
    merged = rebase(before, now, change.after, settings) if now != before else None
    after = merged.record if merged else change.after
    assert after is not None
    data = splice(document, splice_of(now, after, settings), after.kind_.file_order)
    written = _checked(change, after, data, settings)
    if len(_costly(written.record)) > len(_costly(now)):
        raise Invalid(f"{path}: {_costly(written.record)[-1].message}")
    return Written(change, written.record, written.write, merged.kept_aside if merged else ())


def _expect(change: Change, now: Record) -> None:
    for name, value in change.expect.items():
        if getattr(now, name) != value:
            raise Invalid(f"{now.id}: {name} is not what was expected", hint="look at it again: crm show " + now.id)


def _checked(change: Change, after: Record, data: bytes, settings: Settings) -> Written:
    return Written(change, _read_back(after, data, settings), Write(after.path, data))


def _read_back(after: Record, data: bytes, settings: Settings) -> Record:
    """Reads what is going to be written: it must say what was meant."""
    document = parse(data, after.path)
    if isinstance(document, Problem):
        raise Invalid(f"{after.path}: {document.message}")
    back = load(after.kind_, after.id, after.path, document.root, settings)
    different = [name for name in changed_fields(after, back) if not _had_problem(after, name)]
    if different:
        raise AssertionError(f"{after.path}: {', '.join(different)} would not be read back as meant")
    return back


def _had_problem(record: Record, name: str) -> bool:
    return any(problem.field == name for problem in record.problems)


def _costly(record: Record | None) -> list[Problem]:
    return [problem for problem in record.problems if problem.severity == "field"] if record else []


def _whole_files(changes: Sequence[FileChange], disk: Disk) -> list[Write]:
    """The writes of files that are no records; one that somebody has changed meanwhile is `Refused`."""
    for change in changes:
        if disk.read(change.path) != change.before:
            raise Refused(f"{change.path} was changed meanwhile", hint="run the command again")
    return [Write(change.path, change.after) for change in changes]


def message(verb: str, changes: Sequence[Change], tell: Callable[[Record], str] | None = None) -> str:
    """The commit's message: verb, kind and the random part of the id, since the rest of an id is a name."""
    counts: dict[str, int] = {}
    for change in changes:
        name = change.record.kind_.name
        counts[name] = counts.get(name, 0) + 1
    if len(changes) > MESSAGE_IDS:
        return f"{verb} " + ", ".join(f"{count} {name}{'s' * (count > 1)}" for name, count in counts.items())
    tell = tell or _name
    return f"{verb} {', '.join(tell(change.record) for change in changes)}".rstrip()


def _name(record: Record) -> str:
    part = random_part(record.id)
    return f"{record.kind_.name} {part}" if part else record.kind_.name
