"""What holds for every kind, whatever its fields: it can be written, read, edited in its file and shown as JSON."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.kinds import KINDS
from crm_cli.schema.convert import changed_fields, file_changes, file_tree, load
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import Record
from crm_cli.store.codec import Document, emit, parse, splice
from tests.effort import sample
from tests.generate import SETTINGS, edits, records
from tests.store.index.oracle import json_values

every_kind = pytest.mark.parametrize("kind", KINDS.all, ids=lambda kind: kind.name)
some = settings(max_examples=sample(12, 40), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def file_of(record: Record) -> bytes:
    """A new file of a record."""
    return emit(file_tree(record, SETTINGS), record.kind_.groups)


def read(record: Record, data: bytes) -> Record:
    """The record that a file holds, under the id of another one."""
    found = parse(data, record.path)
    assert isinstance(found, Document), found
    return load(record.kind_, record.id, record.path, found.root, SETTINGS)


def edited(before: Record, after: Record) -> bytes:
    """The file of a record with what changed spliced in."""
    found = parse(file_of(before), before.path)
    assert isinstance(found, Document), found
    return splice(found, file_changes(before, after, SETTINGS), before.kind_.file_order)


@every_kind
@some
@given(data=st.data())
def test_a_record_that_is_written_and_read_is_the_same(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    again = read(record, file_of(record))
    assert again.problems == ()
    assert changed_fields(record, again) == ()


@every_kind
@some
@given(data=st.data())
def test_an_edit_that_is_spliced_into_the_file_is_what_is_read(kind: Kind, data: st.DataObject) -> None:
    before = data.draw(records(kind))
    after = data.draw(edits(before))
    again = read(after, edited(before, after))
    assert again.problems == ()
    assert changed_fields(after, again) == ()


@every_kind
@some
@given(data=st.data())
def test_an_edit_of_one_field_leaves_the_lines_of_the_others_alone(kind: Kind, data: st.DataObject) -> None:
    before = data.draw(records(kind))
    name = data.draw(st.sampled_from(kind.file_order))
    after = data.draw(edits(before, (name,)))
    lines, now = _lines_by_key(file_of(before)), _lines_by_key(edited(before, after))
    assert {key: text for key, text in now.items() if key != name} == {
        key: text for key, text in lines.items() if key != name
    }


def _lines_by_key(data: bytes) -> dict[str, list[str]]:
    """The lines of each top-level key, without the blank ones behind them."""
    lines = data.decode().split("\n")
    found = parse(data, "made-up.yaml")
    assert isinstance(found, Document), found
    starts = {key: node.line - 1 for key, node in found.root.keys.items()}
    ends = [*sorted(starts.values()), len(lines)]
    blocks = {key: lines[start : ends[ends.index(start) + 1]] for key, start in starts.items()}
    return {key: "\n".join(block).rstrip("\n").split("\n") for key, block in blocks.items()}


@every_kind
@some
@given(data=st.data())
def test_nothing_changed_is_nothing_written(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    assert changed_fields(record, record) == ()
    assert edited(record, record) == file_of(record)


@every_kind
@some
@given(data=st.data())
def test_every_field_is_in_the_json(kind: Kind, data: st.DataObject) -> None:
    record = data.draw(records(kind))
    shown = json_values(record, SETTINGS)
    assert list(shown) == ["id", "record", *(field.name for field in kind.fields)]
    json.dumps(shown, default=_number)
    for field in kind.fields:
        if getattr(record, field.name) in (None, (), {}) and field.type != "consent":
            assert shown[field.name] == ([] if field.many else {} if field.mapping else None)


def _number(value: Any) -> str:
    assert isinstance(value, Decimal), f"{value!r} is no JSON"
    return str(value)


@every_kind
def test_an_empty_record_misses_what_is_required_and_nothing_else(kind: Kind) -> None:
    found = parse(b"made_up: 1\n", f"{kind.folder}/bob.yaml")
    assert isinstance(found, Document), found
    empty = load(kind, "bob", f"{kind.folder}/bob.yaml", found.root, SETTINGS)
    required = [field.name for field in kind.stored if field.required]
    assert [(problem.code, problem.field) for problem in empty.problems] == [("missing", name) for name in required]
    assert empty.extra == {"made_up": "1"}


@every_kind
def test_a_kind_has_a_sentence_for_every_field_and_lists_columns_it_has(kind: Kind) -> None:
    assert all(field.doc for field in kind.stored)
    assert all(name.partition(".")[0] in _columns(kind) for name in kind.columns)
    assert all(name.lstrip("-") in _columns(kind) for name in kind.order)


def _columns(kind: Kind) -> set[str]:
    return {"id", *kind.by_name, *kind.computed_by_name}
