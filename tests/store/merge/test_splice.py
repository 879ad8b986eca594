"""The merged record gets into the file of the later side, whose comments and layout stay."""

from dataclasses import replace
from textwrap import dedent

from hypothesis import HealthCheck, given, settings

from crm_cli.schema.convert import file_tree, load
from crm_cli.schema.record import Record
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.merge import broken_values, later_side, merge, splice_of
from tests.effort import sample
from tests.generate import SETTINGS
from tests.store.merge.files import BOOK, document, record
from tests.store.merge.histories import History, histories


def spliced(base: str, x: str, y: str) -> str:
    """The file of x, which is later, with what y changed."""
    versions = [record("contact", text) for text in (base, x, y)]
    merged = merge(versions[0], versions[1], versions[2], later="x", settings=BOOK).record
    assert versions[1] is not None
    assert versions[2] is not None
    assert merged is not None
    changes = splice_of(versions[1], merged, BOOK, broken_values(versions[2], document(y).root))
    return splice(document(x), changes, merged.kind_.file_order).decode()


def test_only_what_the_earlier_side_changed_is_written() -> None:
    base = """\
        name:   Asha     # as she writes it
        tags: [a,  b]
        title: 'Buyer'
        """
    x = base.replace("'Buyer'", "'Head'  # since May")
    y = base.replace("a,  b", "a,  b, vip")
    assert spliced(base, x, y) == dedent(x).replace("a,  b", "a,  b,  vip")


def test_what_lost_is_written_at_the_end_of_the_record() -> None:
    merged = spliced("name: Asha\ntitle: a\n", "name: Asha\ntitle: b\n", "name: Asha\ntitle: c\n")
    assert merged == dedent("""\
        name: Asha
        title: b
        conflicts:
          - field: title
            base: a
            kept: b
            other: c
        """)


def test_a_value_that_does_not_fit_its_field_is_carried_as_it_was() -> None:
    base, x = "name: Asha\n", "name: Asha\ntitle: Head\n"
    y = "name: Asha\nbirthday: soon\nemails:\n  a: [b]\n"
    assert spliced(base, x, y) == "name: Asha\ntitle: Head\nemails:\n  a:\n    - b\nbirthday: soon\n"
    assert spliced(y, y + "title: Head\n", "name: Asha\n") == "name: Asha\ntitle: Head\n"
    assert spliced(y, y.replace("soon", "later"), y + "tags: [a]\n").startswith("name: Asha\nbirthday: later\n")


def test_without_the_other_file_a_value_that_fits_nothing_is_carried_as_text() -> None:
    later, other = record("contact", "name: Asha\ntitle: Head\n"), record("contact", "name: Asha\nbirthday: soon\n")
    assert later is not None
    merged = merge(record("contact", "name: Asha\n"), later, other, later="x", settings=BOOK).record
    assert merged is not None
    assert splice_of(later, merged, BOOK) == {"birthday": "soon"}


def test_the_later_side_is_that_of_the_later_edit_else_that_of_the_smaller_text() -> None:
    a, b = record("contact", "name: A"), record("contact", "name: B")
    assert a is not None
    assert b is not None
    assert later_side(a, b, 2, 1, BOOK) == "x"
    assert later_side(a, b, 1, 2, BOOK) == "y"
    assert later_side(a, b, 1, 1, BOOK) == "x"
    assert later_side(b, a, 1, 1, BOOK) == "y"


def file_of(version: Record) -> Document:
    """A new file of a record."""
    found = parse(emit(file_tree(version, SETTINGS), version.kind_.groups), version.path)
    assert isinstance(found, Document), found
    return found


@settings(max_examples=sample(50, 150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=histories())
def test_the_file_that_is_written_holds_the_merged_record(history: History) -> None:
    merged, late = history.result, history.late
    data = splice(file_of(late), splice_of(late, merged, SETTINGS), late.kind_.file_order)
    found = parse(data, late.path)
    assert isinstance(found, Document)
    read = load(late.kind_, late.id, late.path, found.root, SETTINGS)
    assert replace(read, extra={}) == replace(merged, extra={})
    assert file_tree(read, SETTINGS) == file_tree(merged, SETTINGS)
