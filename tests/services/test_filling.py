"""Blanks: what stands in them is understood as what it was, and only what was touched becomes a value."""

from dataclasses import replace

import pytest

from crm_cli.base.errors import CrmError, Invalid
from crm_cli.book import Book, open_book
from crm_cli.schema.condition import And, Selection
from crm_cli.schema.field import Field
from crm_cli.services.filling import Blank, Typed, changed_values, entry_with, sheet_of, split_pieces, value_of
from crm_cli.services.meant import deals_of, parties_of, tasks_of
from crm_cli.services.offering import offers, understood
from tests.shell import Shell


@pytest.fixture(scope="module")
def book(looking: Shell) -> Book:
    return open_book(looking.book, cache=False)


def test_every_value_of_the_sample_book_reads_back_from_its_line(book: Book) -> None:
    seen = set()
    for record in book.records(book.kinds.all, Selection(And(()))):
        sheet = sheet_of(book, record.kind_, record)
        entry = entry_with(book, sheet.names)
        for blank in sheet.blanks:
            if not blank.lines or blank.field.type == "maps":
                continue
            first, _, key = blank.name.partition(".")
            value = getattr(record, first)
            assert value_of(replace(blank, kept={}), blank.lines, entry, sheet.names) == (value[key] if key else value)
            seen.add(blank.field.type)
    assert {"text", "long", "choice", "link", "links", "labelled", "list", "money", "moment", "date"} <= seen


def test_what_was_not_touched_is_not_among_the_values(book: Book) -> None:
    record = next(iter(book.records([book.kinds["contact"]], Selection(And(()), limit=1))))
    sheet = sheet_of(book, record.kind_, record)
    assert changed_values(book, record, sheet, Typed()) == {}
    assert changed_values(book, record, sheet, Typed({"title": ("Boss",)})) == {"title": "Boss"}
    assert changed_values(book, record, sheet, Typed({"name": ()})) == {"name": None}


def test_a_key_of_a_map_joins_the_others_and_goes_away_empty(book: Book) -> None:
    record = next(one for one in book.records([book.kinds["contact"]], Selection(And(()))) if one.facts)
    sheet = sheet_of(book, record.kind_, record)
    made = changed_values(book, record, sheet, Typed({"consent.email": ("yes 2026-01-02",)}))
    assert made["consent"].keys() == {*record.consent, "email"}
    lines = next(blank for blank in sheet.blanks if blank.name == "facts").lines
    facts = changed_values(book, record, sheet, Typed({"facts": (*lines, "tea: green")}))["facts"]
    assert facts == {**record.facts, "tea": "green"}
    with pytest.raises(Invalid, match="no fact"):
        changed_values(book, record, sheet, Typed({"facts": ("green",)}))


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("vip, old", ["vip", "old"]),
        ("Acme, Inc., Bolt", ["Acme, Inc.", "Bolt"]),
        ("Bolt, Acme, Inc.", ["Bolt", "Acme, Inc."]),
        ("Acme,", ["Acme"]),
        (" , ", []),
    ],
)
def test_a_comma_within_a_name_that_is_known_parts_nothing(line: str, pieces: list[str]) -> None:
    assert split_pieces(line, ["Acme, Inc.", "Bolt"]) == pieces


def test_an_address_and_an_entry_have_their_parts_between_bars(book: Book) -> None:
    entry = entry_with(book, {})
    address = Blank("addresses", Field("addresses", "labelled", item="address", singular="address"))
    [made] = value_of(address, ["home: 1 Road | Pune || 411001"], entry)
    assert (made.label, made.value.city, made.value.state, made.value.postcode) == ("home", "Pune", None, "411001")
    with pytest.raises(Invalid, match="more parts"):
        value_of(address, ["a|b|c|d|e|f"], entry)
    relation = next(blank for blank in sheet_of(book, book.kinds["contact"]).blanks if blank.name == "relations")
    with pytest.raises(Invalid, match="more parts"):
        value_of(relation, ["sister | x | y"], entry)


@pytest.mark.parametrize(
    ("name", "line", "meaning"),
    [
        ("amount", "1.5 lakh", "₹1,50,000"),
        ("close_date", "28 nov", "Sat 28 Nov 2026"),
        ("organization", "sahya", "Sahya Gearworks"),
        ("stage", "won", ""),
        ("name", "Anything", ""),
        ("tags", "vip, old", ""),
    ],
)
def test_a_line_is_explained_where_it_means_more_than_it_says(book: Book, name: str, line: str, meaning: str) -> None:
    blank = next(each for each in sheet_of(book, book.kinds["deal"]).blanks if each.name == name)
    assert meaning in understood(book, blank, [line], {})
    assert bool(understood(book, blank, [line], {})) is bool(meaning)


def test_offers_end_the_last_piece_of_a_line(book: Book) -> None:
    deal = {blank.name: blank for blank in sheet_of(book, book.kinds["deal"]).blanks}
    assert [offer.line for offer in offers(book, ["deal"], deal["stage"], "pro", {})] == ["prospecting", "proposal"]
    assert offers(book, ["deal"], deal["stage"], "won", {}) == []
    person, *_ = offers(book, ["deal"], deal["contacts"], "decides: neeraj", {})
    assert person.line == "decides: Neeraj Thengdi"
    assert understood(book, deal["contacts"], [person.line], {person.name: person.id}) == ""
    assert offers(book, ["deal"], deal["contacts"], person.line, {person.name: person.id}) == []


def test_a_command_means_the_record_behind_the_one_under_the_cursor(book: Book) -> None:
    task = next(
        one
        for one in book.records([book.kinds["task"]], Selection(And(())))
        if one.deal and one.contact  # type: ignore[attr-defined]
    )
    assert [deal.id for deal in deals_of(book, [task.id])] == [task.deal]  # type: ignore[attr-defined]
    assert parties_of(book, [task.id]) == [task.contact, task.deal]  # type: ignore[attr-defined]
    assert [one.id for one in tasks_of(book, [task.id, task.id])] == [task.id]
    with pytest.raises(CrmError):
        deals_of(book, [task.contact])  # type: ignore[attr-defined]
