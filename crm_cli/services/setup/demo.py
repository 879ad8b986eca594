"""The sample book, copied with its dates moved so that its today is today."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crm_cli import kinds
from crm_cli.base import clock
from crm_cli.base.dates import Stamp, stamp_of
from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.resources import resource
from crm_cli.schema.convert import file_changes, load
from crm_cli.schema.crm_yaml import read_settings
from crm_cli.schema.field import Field
from crm_cli.schema.kind import Kind
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem
from crm_cli.schema.record import Consent, Record
from crm_cli.schema.settings import Settings
from crm_cli.services.setup.begin import SAMPLE, demo_home, make_book_of
from crm_cli.store.codec import Document, parse, splice
from crm_cli.store.files import MARK
from crm_cli.store.reading import stem
from crm_cli.store.transaction import Write

TODAY = date(2026, 11, 20)
"""The day that the sample book was written for: `records/README.md` says the same."""
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)\Z")


@dataclass(frozen=True, slots=True)
class Demo:
    """A sample book that was made."""

    root: Path
    records: int


def make_demo(directory: Path | None) -> Demo:
    """Copies the sample book; a sample book that is there already is kept."""
    root = Path(os.path.expanduser(directory or demo_home())).absolute()
    if (root / MARK).exists():
        if directory is None:
            return Demo(root, sum(1 for kind in kinds.KINDS.all for _ in (root / kind.folder).rglob("*.yaml")))
        raise Refused(f"{root} is a book already", hint="name another directory")
    if root.exists() and any(root.iterdir()):
        raise Refused(f"{root} is not empty", hint="name another directory")
    writes = sample_writes()
    make_book_of(root, writes)
    (root / SAMPLE).touch(mode=0o600)
    return Demo(root, sum(1 for write in writes if kinds.KINDS.of_path(write.path)))


def sample_writes() -> list[Write]:
    """Every file of the sample book, its dates moved to today."""
    source = resource("records")
    data = (source / MARK).read_bytes()
    settings = read_settings(plain_map(_document(data, MARK).root), source.name)[0]
    shift = timedelta(days=(clock.now(settings.timezone).date() - TODAY).days)
    writes = [Write(MARK, data)]
    for path in sorted(source.rglob("*.yaml")):
        name = path.relative_to(source).as_posix()
        kind = kinds.KINDS.of_path(name)
        if kind:
            writes.append(_moved(name, kind, path.read_bytes(), settings, shift))
    return writes


def _document(data: bytes, path: str) -> Document:
    document = parse(data, path)
    if isinstance(document, Problem):
        raise Refused(f"the sample book is damaged: {document.where}: {document.message}")
    return document


def _moved(path: str, kind: Kind, data: bytes, settings: Settings, shift: timedelta) -> Write:
    document = _document(data, path)
    record = load(kind, stem(path), path, document.root, settings)
    values = {field.name: _shift(getattr(record, field.name), shift, field) for field in kind.stored}
    moved = replace(record, **values)
    return Write(_path(record, kind, shift), splice(document, file_changes(record, moved, settings), kind.file_order))


def _path(record: Record, kind: Kind, shift: timedelta) -> str:
    """A dated file gets the name and the folder of its new day."""
    found = _DATED.match(record.id) if kind.dated else None
    if not found:
        return record.path
    day = (date.fromisoformat(found[1]) + shift).isoformat()
    return f"{kind.folder}/{day[:4]}/{day[5:7]}/{day}-{found[2]}.yaml"


def _shift(value: Any, shift: timedelta, field: Field) -> Any:
    """A value with every date in it moved; birthdays stay."""
    if field.type == "partial" or field.item == "partial":
        return value
    if isinstance(value, Stamp):
        return stamp_of(value.when + shift)
    if isinstance(value, Consent):
        day = value.date and (date.fromisoformat(value.date) + shift).isoformat()
        return Consent(value.value, day)
    if isinstance(value, tuple):
        return tuple(_shift(part, shift, field) for part in value)
    if isinstance(value, Mapping):
        return {key: _shift(part, shift, field) for key, part in value.items()}
    return value
