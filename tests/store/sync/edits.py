"""What people do to the files of a book in the histories: every edit leaves a mark that can be looked for later."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from crm_cli.base.dates import stamp_of
from crm_cli.kinds import KINDS
from crm_cli.schema.convert import build, file_tree, load
from crm_cli.schema.node import Plain, written
from crm_cli.schema.record import Item, Record
from crm_cli.schema.settings import Settings
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.merge import merge, splice_of

BOOK = Settings(timezone="Asia/Kolkata")
SETTINGS = "crm.yaml"
TEMPLATE = "templates/hello.txt"
BROKEN = b"broken: [\n"
PATHS = (
    "contacts/one-k7m3q1.yaml",
    "deals/two-k7m3q2.yaml",
    "contacts/new-k7m3q3.yaml",
    "tasks/do-k7m3q4.yaml",
    "contacts/also-k7m3q5.yaml",
)
PEOPLE = tuple(path for path in PATHS if path.startswith("contacts/"))
_VIEWS = b"views:\n  - name: hot\n    query: is:open\n  - name: cold\n    query: x\n"
_START = b"format: 1\nowner: nobody\nlabels: [a, b]\n" + _VIEWS


@dataclass
class Marks:
    """Every word that an edit left, by the path of its file, and those that somebody took away knowingly."""

    random: random.Random
    made: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)

    def new(self, path: str) -> str:
        """A word that stands nowhere else."""
        mark = f"mark{len(self.made)}z"
        self.made[mark] = path
        return mark

    def item(self, path: str) -> str:
        """One that is an item of a list: no other edit excludes it."""
        mark = self.new(path)
        self.items.add(mark)
        return mark


def beginning() -> dict[str, bytes]:
    """The files that every clone has at first."""
    files = {
        path: emit(
            file_tree(_record(path, {"name": path[-11:-5], "notes": "one\ntwo\nthree\nfour\n"}), BOOK),
            _kind(path).groups,
        )
        for path in (*PATHS[:2], PATHS[-1])
    }
    return {SETTINGS: _START, TEMPLATE: b"Dear friend\n", **files}


def edited(marks: Marks, path: str, tree: Mapping[str, bytes]) -> bytes | None:
    """What somebody makes of a file, or where there is none; None removes it."""
    data = tree.get(path)
    elsewhere = set().union(*(marks_in(text) for other, text in tree.items() if other != path))
    if path == SETTINGS:
        new: bytes | None = _settings(marks, data or _START)
    elif path == TEMPLATE:
        new = f"Dear {marks.new(path)}\n".encode()
    elif data is None:
        made = _record(path, {"name": marks.new(path)})
        new = emit(file_tree(made, BOOK), made.kind_.groups)
    elif data.endswith(BROKEN):
        new = data.removesuffix(BROKEN)
    else:
        new = _changed(marks, path, data)
    marks.gone |= marks_in(data or b"") - marks_in(new or b"") - elsewhere
    return new


def merged_away(gone: str, data: bytes, kept: str, there: bytes) -> tuple[bytes, bytes] | None:
    """The files of a record that goes into another one, and of that one, which takes all that it has."""
    pages = [_read(path, text) for path, text in ((gone, data), (kept, there))]
    if None in pages or any(record.merged_into for _, record in pages):
        return None
    (_, lost), (document, survivor) = pages
    moved = replace(lost, id=survivor.id, path=survivor.path, archived=None)
    joined = merge(None, survivor, moved, later="x", settings=BOOK).record
    assert joined is not None
    tomb = build(lost.kind_, {"name": lost.name, "archived": stamp_of(_DAY), "merged_into": survivor.id})
    taken = splice(document, splice_of(survivor, joined, BOOK), survivor.kind_.file_order)
    return emit(file_tree(tomb, BOOK), lost.kind_.groups), taken


def _read(path: str, data: bytes) -> Any:
    document = parse(data, path)
    return (
        (document, load(_kind(path), _stem(path), path, document.root, BOOK))
        if isinstance(document, Document)
        else None
    )


def _changed(marks: Marks, path: str, data: bytes) -> bytes | None:
    chance = marks.random.random()
    if chance < 0.08:
        return None
    if chance < 0.12:
        return data + BROKEN
    document, before = _read(path, data)
    after = marks.random.choice(EDITS[_kind(path).name])(marks, before)
    return splice(document, splice_of(before, after, BOOK), after.kind_.file_order)


def _settings(marks: Marks, data: bytes) -> bytes:
    document = parse(data, SETTINGS)
    assert isinstance(document, Document)
    tree: dict[str, Any] = {key: written(node) for key, node in document.root.entries.items()}
    name, value = marks.random.choice((_owner, _labels, _labels, _views))(marks, tree)
    return splice(document, {name: value}, list(tree))


def _owner(marks: Marks, _tree: Mapping[str, Any]) -> tuple[str, Plain]:
    return "owner", marks.new(SETTINGS)


def _labels(marks: Marks, tree: Mapping[str, Any]) -> tuple[str, Plain]:
    kept = [label for label in tree.get("labels") or [] if marks.random.random() < 0.6]
    return "labels", [*kept, marks.item(SETTINGS)]


def _views(marks: Marks, tree: Mapping[str, Any]) -> tuple[str, Plain]:
    views = [dict(view) for view in tree.get("views") or []]
    if len(views) < 2 or marks.random.random() < 0.4:
        views.insert(marks.random.randint(0, len(views)), {"name": marks.item(SETTINGS), "query": "y"})
    else:
        marks.random.choice(views)["query"] = marks.new(SETTINGS)
    return "views", views


def _kind(path: str) -> Any:
    kind = KINDS.of_path(path)
    assert kind is not None
    return kind


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _record(path: str, values: Mapping[str, Any]) -> Record:
    return build(_kind(path), {**values, "id": _stem(path), "path": path})


def marks_in(data: bytes) -> set[str]:
    """The words that edits left in a file."""
    return set(re.findall(r"mark\d+z", data.decode()))


def _text(name: str) -> Callable[[Marks, Any], Record]:
    def edit(marks: Marks, record: Record) -> Record:
        return replace(record, **{name: marks.new(record.path)})

    return edit


def _cleared(name: str) -> Callable[[Marks, Any], Record]:
    def edit(_marks: Marks, record: Record) -> Record:
        return replace(record, **{name: None})

    return edit


def _tag_added(marks: Marks, record: Record) -> Record:
    return replace(record, tags=(*record.tags, marks.item(record.path)))


def _tag_removed(marks: Marks, record: Record) -> Record:
    return replace(record, tags=tuple(tag for tag in record.tags if marks.random.random() < 0.5))


def _mail_added(marks: Marks, record: Any) -> Record:
    item = Item(marks.random.choice((None, "work")), f"{marks.item(record.path)}@acme.example")
    emails = [*record.emails]
    emails.insert(marks.random.randint(0, len(emails)), item)
    return replace(record, emails=tuple(emails))


def _mail_labelled(marks: Marks, record: Any) -> Record:
    emails = [Item(marks.new(record.path), item.value) for item in record.emails[:1]]
    return replace(record, emails=(*emails, *record.emails[1:]))


def _mail_removed(marks: Marks, record: Any) -> Record:
    return replace(record, emails=tuple(mail for mail in record.emails if marks.random.random() < 0.6))


def _noted(marks: Marks, record: Record) -> Record:
    lines = (record.notes or "").splitlines()
    lines.insert(marks.random.randint(0, len(lines)), marks.new(record.path))
    return replace(record, notes="\n".join(lines) + "\n")


def _custom(marks: Marks, record: Record) -> Record:
    key = marks.random.choice(("allergy", "size"))
    return replace(record, custom={**record.custom, key: marks.new(record.path)})


def _unknown(marks: Marks, record: Record) -> Record:
    return replace(record, next_step=marks.new(record.path)) if hasattr(record, "next_step") else _custom(marks, record)


def _moved(marks: Marks, record: Any) -> Record:
    stage = marks.random.choice(("proposal", "negotiation", "won", "lost"))
    day = stamp_of(marks.random.choice((_DAY, _LATER)))
    reason = "price" if stage == "lost" else None
    return replace(record, stage=stage, closed_at=day if stage in ("won", "lost") else None, lost_reason=reason)


def _done(marks: Marks, record: Any) -> Record:
    return replace(record, done=tuple(dict.fromkeys((*record.done, stamp_of(marks.random.choice((_DAY, _LATER)))))))


_DAY, _LATER = date(2026, 11, 20), date(2026, 11, 27)
_COMMON = [
    _text("name"),
    _text("source"),
    _cleared("source"),
    _tag_added,
    _tag_removed,
    _tag_removed,
    _noted,
    _noted,
    _custom,
    _unknown,
]
EDITS: dict[str, list[Any]] = {
    "contact": [
        *_COMMON,
        _text("title"),
        _text("nickname"),
        _cleared("title"),
        _mail_added,
        _mail_added,
        _mail_labelled,
        _mail_removed,
    ],
    "deal": [*_COMMON, _moved],
    "task": [*_COMMON, _done],
}
