"""Who is slipping away: whose cadence counts, what counts as contact, and what stands in lists about it."""

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.book import Book
from crm_cli.schema.condition import Selection
from crm_cli.services.touch import touch_table
from tests.services.agenda_book import SETTINGS, Agenda

TODAY = "2026-11-20"
BY_TAG = f"{SETTINGS}cadence_by_tag: {{vip: 2w, slow: 10w}}\n"


def rows(book: Book, *words: str, all: bool = True, columns: str = "name touch touch_due cadence") -> list[str]:
    """The rows, their cells by a blank."""
    table = touch_table(book, words, all=all, columns=columns.split())
    return [" ".join(str(cell) for cell in row[:-1]) for row in table.rows]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("cadence: 3w | tags: [vip] | organization: acme-b4x8w2", "yellow 2026-11-15 3w"),  # its own
        ("tags: [slow, vip] | organization: acme-b4x8w2", "red 2026-11-08 2w"),  # the shortest of its tags'
        ("tags: [other] | organization: acme-b4x8w2", "green 2026-12-06 6w"),  # its organization's
        ("cadence: 2w..4w", "yellow 2026-11-08 2w..4w"),
        ("cadence: 26d", "green 2026-11-20 26d"),
    ],
)
def test_ones_own_cadence_beats_that_of_tags_which_beats_that_of_the_organization(
    agenda: Agenda, fields: str, expected: str
) -> None:
    agenda.write(
        {
            "crm.yaml": BY_TAG,
            "organizations/acme-b4x8w2": "{name: Acme | cadence: 6w | created: 2026-10-25}",
            "contacts/asha-k7m3q9": f"{{name: Asha | created: 2026-10-25 | {fields}}}",
        }
    )
    found = rows(agenda.at(TODAY), "record:contact")
    assert found == [f"Asha {expected.replace('green 2026-11-20', 'yellow 2026-11-20')}"]


def test_an_organization_is_listed_only_while_it_has_no_contacts(agenda: Agenda) -> None:
    agenda.write({"organizations/acme-b4x8w2": "{name: Acme | cadence: 2w | created: 2026-11-01}"})
    assert rows(agenda.at(TODAY)) == ["Acme yellow 2026-11-15 2w"]
    agenda.write({"contacts/asha-k7m3q9": "{name: Asha | organization: acme-b4x8w2 | created: 2026-11-10}"})
    assert rows(agenda.at(TODAY)) == ["Asha green 2026-11-24 2w"]
    agenda.write({"contacts/asha-k7m3q9": "{name: Asha | organization: acme-b4x8w2 | archived: 2026-11-10}"})
    assert rows(agenda.at(TODAY)) == ["Acme yellow 2026-11-15 2w"]


def test_the_most_overdue_come_first_and_those_in_time_only_when_asked(agenda: Agenda) -> None:
    for number, day in enumerate(("2026-11-10", "2026-08-01", "2026-11-19")):
        agenda.write({f"contacts/p{number}-k7m3q{number}": f"{{name: P{number} | cadence: 1w | created: {day}}}"})
    book = agenda.at(TODAY)
    assert rows(book, all=False, columns="name touch") == ["P1 red", "P0 yellow"]
    assert rows(book, columns="name touch") == ["P1 red", "P0 yellow", "P2 green"]
    assert rows(book, "sort:name", "limit:2", columns="name") == ["P0", "P1"]
    with pytest.raises(BadRequest):
        rows(book, columns="bogus")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("call", "green"), ("visit", "green"), ("email", "green"), ("note", "red"), ("post", "red")],
)
def test_a_contact_resets_it_a_note_or_a_letter_does_not(agenda: Agenda, kind: str, expected: str) -> None:
    agenda.write(
        {
            "contacts/asha-k7m3q9": "{name: Asha | cadence: 1w | created: 2026-08-01}",
            "interactions/2026/11/x-k7m3q1": f"{{at: 2026-11-19 | kind: {kind} | contacts: [asha-k7m3q9]}}",
        }
    )
    assert rows(agenda.at(TODAY), columns="touch") == [expected]


LISTED = {
    "organizations/acme-b4x8w2": "{name: Acme}",
    "organizations/zen-b4x8w3": "{name: Zen | cadence: 1w | created: 2026-11-01}",
    "contacts/asha-k7m3q9": "{name: Asha | organization: acme-b4x8w2 | cadence: 1w | created: 2026-11-01}",
    "contacts/ravi-k7m3q8": "{name: Ravi | created: 2026-11-01}",
    "deals/website-h2v8c1": "{name: Website | stage: proposal | organization: acme-b4x8w2}",
    "deals/shop-h2v8c2": "{name: Shop | stage: proposal}",
    "tasks/one-t00001": "{name: One | due: 2026-11-24 | contact: asha-k7m3q9 | organization: acme-b4x8w2"
    " | deal: website-h2v8c1 | status: open}",
    "tasks/two-t00002": "{name: Two | due: 2026-10-30 | every: 1w | contact: asha-k7m3q9 | status: open}",
    "tasks/three-t00003": "{name: Three | due: 2026-11-19 | contact: asha-k7m3q9 | status: done}",
    "interactions/2026/11/a-k7m3q1": "{at: 2026-11-18 | kind: call | contacts: [asha-k7m3q9] | direction: in"
    " | deal: website-h2v8c1}",
    "interactions/2026/11/b-k7m3q2": "{at: 2026-11-19 | kind: note | contacts: [asha-k7m3q9]}",
}


@pytest.mark.parametrize(
    ("kind", "column", "expected"),
    [
        ("contact", "next_task", [("Asha", "2026-11-20"), ("Ravi", None)]),
        ("contact", "last_contact", [("Asha", "2026-11-18"), ("Ravi", None)]),
        ("contact", "touch_due", [("Asha", "2026-11-25"), ("Ravi", None)]),
        ("contact", "awaiting", [("Asha", "us"), ("Ravi", None)]),
        ("organization", "next_task", [("Acme", "2026-11-24"), ("Zen", None)]),
        ("organization", "last_contact", [("Acme", "2026-11-18"), ("Zen", None)]),
        ("organization", "touch_due", [("Zen", "2026-11-08"), ("Acme", None)]),
        ("deal", "next_task", [("Website", "2026-11-24"), ("Shop", None)]),
        ("deal", "last_contact", [("Website", "2026-11-18"), ("Shop", None)]),
    ],
)
def test_what_follows_from_tasks_and_interactions_is_a_column_to_sort_by(
    agenda: Agenda, kind: str, column: str, expected: list[tuple[str, str | None]]
) -> None:
    agenda.write(LISTED)
    book = agenda.at(TODAY)
    for sign in ("", "-"):  # what has none comes last, whichever way
        asked: Selection = book.parse([f"sort:{sign}{column}"], [book.kinds[kind]])
        assert [
            tuple(row[:2]) for row in book.table(kind, [book.kinds[kind]], asked, ["name", column]).rows
        ] == expected
