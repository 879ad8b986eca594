"""The list of a kind: questions, order, ids first and rows when they are seen."""

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.book import Book
from crm_cli.services import listing
from crm_cli.services.listing import Question
from tests.services.agenda_book import Agenda

FILES = {
    "organizations/acme-k7m3q9": "{name: Acme}",
    "contacts/asha-b2c3d4": "{name: Asha | organization: acme-k7m3q9 | tags: [vip]}",
    "contacts/ravi-b2c3d5": "{name: Ravi | title: Owner}",
    "contacts/usha-b2c3d6": "{name: Usha | title: Baker}",
    "contacts/gone-b2c3d7": "{name: Gone | archived: 2026-01-01}",
    "views/bakers-b2c3d8": "{name: bakers | kind: contact | query: has:title | columns: [name, title] | sort: -title}",
}


@pytest.fixture
def book(agenda: Agenda) -> Book:
    """A book with three people, one of them out of sight."""
    agenda.write(FILES)
    return agenda.at("2026-11-20")


def names(book: Book, question: Question) -> list[str]:
    """The ids without their random part."""
    return [id.partition("-")[0] for id in listing.ids(book, listing.understand(book, question))]


def test_a_kind_is_listed_in_its_own_order_under_its_own_columns(book: Book) -> None:
    asked = listing.understand(book, Question("contact"))
    assert asked.columns == book.kinds["contact"].columns
    assert asked.sorted_by == ("name", "+")
    assert names(book, Question("contact")) == ["asha", "ravi", "usha"]
    assert listing.everything(book, asked.kind) == 3


def test_a_view_brings_its_columns_and_order_which_a_question_may_replace(book: Book) -> None:
    asked = listing.understand(book, Question("contact", "@bakers"))
    assert (asked.columns, asked.sorted_by) == (("name", "title"), ("title", "-"))
    assert names(book, Question("contact", "@bakers")) == ["ravi", "usha"]
    other = listing.understand(book, Question("contact", "@bakers", ("id", "organization.name"), "organization.name"))
    assert (other.columns, other.sorted_by) == (("id", "organization.name"), ("organization.name", "+"))
    assert names(book, Question("contact", "@bakers", sort="name")) == ["ravi", "usha"]


def test_columns_without_an_order_and_orders_without_a_column_are_told_apart(book: Book) -> None:
    asked = listing.understand(book, Question("contact", "", ("name", "custom"), "created"))
    assert asked.orders[0] == ("name",)
    assert asked.orders[1] is None
    assert asked.sorted_by == ("", "")


def test_rows_come_by_id_and_the_first_ones_at_once(book: Book) -> None:
    asked = listing.understand(book, Question("contact", "limit:2", ("name",)))
    assert [row[0] for row in listing.first(book, asked, 1).rows] == ["Asha"]
    assert [row[0] for row in listing.first(book, asked, 50).rows] == ["Asha", "Ravi"]
    assert {row[-1] for row in listing.rows(book, asked, ["usha-b2c3d6"]).rows} == {"usha-b2c3d6"}


def test_what_is_not_understood_is_refused(book: Book) -> None:
    for question in (
        Question("contact", "titel:x"),
        Question("contact", sort="nothing"),
        Question("contact", "", ("x",)),
    ):
        with pytest.raises(BadRequest):
            listing.first(book, listing.understand(book, question), 1)


def test_every_possible_column_can_be_shown_and_sorted_by(book: Book) -> None:
    for kind in book.kinds.all:
        columns = tuple(listing.possible_columns(book, kind))
        assert len(set(columns)) == len(columns)
        asked = listing.understand(book, Question(kind.name, "", columns))
        assert all(asked.orders)
        list(listing.first(book, asked, 5).rows)
    assert "organization.name" in listing.possible_columns(book, book.kinds["contact"])
