"""Saved views: which there are, and keeping what is shown as one."""

from typing import Any

import pytest

from crm_cli.base.errors import BadRequest, Invalid
from crm_cli.book import Book
from crm_cli.services.listing import Question
from crm_cli.services.views import as_view, save_view, saved_views
from tests.services.agenda_book import Agenda
from tests.shell import Shell

FILES = {
    "views/bakers-b2c3d8": "{name: bakers | kind: contact | query: has:title | sort: -title}",
    "views/all-b2c3d9": "{name: all | query: created:2026}",
    "views/hot-b2c3d2": "{name: hot | kind: deal | query: stage:won}",
    "views/first-b2c3d3": "{name: first | kind: contact | pinned: true}",
    "views/old-b2c3d4": "{name: old | kind: contact | archived: 2026-01-01}",
}


@pytest.fixture
def book(agenda: Agenda) -> Book:
    """A book with views of every sort."""
    agenda.write(FILES)
    return agenda.at("2026-11-20")


def view(book: Book, name: str, shown: Question) -> Any:
    """The view as the plan leaves it."""
    (change,) = save_view(book, name, shown).changes
    return change.after


def test_the_views_of_a_kind_are_its_own_and_those_of_all_pinned_ones_first(book: Book) -> None:
    assert saved_views(book, book.kinds["contact"]) == [("first", ""), ("all", "created:2026"), ("bakers", "has:title")]


def test_a_new_view_holds_what_is_shown(book: Book) -> None:
    made = view(book, " @big ones ", Question("deal", "stage:won amount:50000..", ("name", "amount"), "-amount"))
    assert (made.name, made.kind, made.query) == ("big ones", "deal", "stage:won amount:50000..")
    assert (made.columns, made.sort) == (("name", "amount"), "-amount")
    assert as_view(made.name) == '@"big ones"'


def test_a_view_of_that_name_shows_this_from_now_on_and_never_leads_to_itself(book: Book) -> None:
    made = view(book, "bakers", Question("contact", "@bakers tag:vip", ("name",)))
    assert (made.id, made.query) == ("bakers-b2c3d8", "has:title tag:vip")
    assert (made.columns, made.sort) == (("name",), "-title")
    assert save_view(book, "bakers", Question("contact", "@bakers")).changes == ()


def test_a_view_of_another_kind_a_bad_query_and_no_name_are_refused(book: Book) -> None:
    with pytest.raises(BadRequest, match="lists deal"):
        save_view(book, "hot", Question("contact"))
    with pytest.raises(BadRequest, match="no field"):
        save_view(book, "new", Question("contact", "nofield:x"))
    with pytest.raises(Invalid, match="name"):
        save_view(book, " ", Question("contact"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("w --kind nope", "nope is no kind of record"),
        ("w --kind contacts", "contacts is no kind of record"),
        ("w --kind contact --query foo:bar", "contact has no field foo"),
        ("w --kind contact --column nme", "contact has no field nme"),
        ("w --query nosuch:1", "nosuch"),
        ("bakers --kind contact", "there is a view bakers (bakers-b2c3d8) already"),
    ],
)
def test_a_view_that_could_not_be_used_is_not_added(empty: Shell, words: str, said: str) -> None:
    empty.write("views/bakers-b2c3d8.yaml", "name: bakers\nkind: contact\n")
    refused = empty.crm("view", "add", *words.split())
    assert refused.code in (2, 5)
    assert said in refused.err
    assert len(list((empty.book / "views").iterdir())) == 1


def test_the_name_of_an_archived_view_is_free(empty: Shell) -> None:
    empty.write("views/old-b2c3d4.yaml", "name: hot\nkind: contact\nquery: name~a\narchived: 2026-01-01\n")
    empty.ok("contact add Asha")
    empty.ok("contact add Omi")
    assert empty.crm("contact", "list", "@hot").code == 3
    empty.ok("view add hot --kind contact --query name~o")
    assert empty.ok("contact list @hot --fields name").out == "Omi\n"
    assert empty.ok("contact list @old-b2c3d4 --fields name").out == "Asha\n"
