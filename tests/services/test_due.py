"""What is due: every sort of row, every occurrence, and a query over the columns of all of them."""

from typing import Any

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.book import Book
from crm_cli.services.due import COLUMNS, WHOLE, due_table, grouped
from tests.services.agenda_book import SETTINGS, Agenda

TODAY = "2026-11-20"
"""A Friday."""

FILES = {
    "organizations/acme-b4x8w2": "{name: Acme | industry: textile | created: 2026-11-01}",
    "organizations/zen-b4x8w3": "{name: Zen | industry: yoga | cadence: 2w | created: 2026-11-01 | owner: ravi}",
    "contacts/asha-k7m3q9": "{name: Asha Sharma | organization: acme-b4x8w2 | cadence: 1w | created: 2026-11-01"
    " | birthday: 1984-11-21 | tags: [vip]}",
    "contacts/ravi-k7m3q8": "{name: Ravi | cadence: 1w | created: 2026-11-16 | birthday: --11-24}",
    "contacts/gone-k7m3q7": "{name: Gone | cadence: 1w | birthday: --11-24 | created: 2026-01-01"
    " | archived: 2026-02-02}",
    "deals/website-h2v8c1": "{name: Website | stage: proposal | organization: acme-b4x8w2 | close_date: 2026-11-19"
    " | contacts: [asha-k7m3q9] | owner: meera}",
    "deals/shop-h2v8c2": "{name: Shop | stage: proposal | close_date: 2026-11-01}",
    "deals/won-h2v8c3": "{name: Won | stage: won}",
    "tasks/old-t00001": "{name: Old | due: 2026-11-18 | kind: call | contact: asha-k7m3q9 | priority: high"
    " | status: open}",
    "tasks/morning-t00002": "{name: Morning | due: 2026-11-20T08:00+05:30 | kind: email | status: open}",
    "tasks/today-t00003": "{name: today | due: 2026-11-20 | deal: website-h2v8c1 | priority: urgent | owner: meera}",
    "tasks/plants-t00004": "{name: Plants | due: 2026-11-11 | every: 3d | kind: todo | status: open}",
    "tasks/late-t00005": "{name: Late | due: 2026-11-27 | status: open}",
    "tasks/far-t00006": "{name: Far | due: 2026-12-27 | status: open}",
    "tasks/done-t00007": "{name: Done | due: 2026-11-20 | status: done}",
    "tasks/undated-t00008": "{name: Undated}",
    "tasks/used-t00009": "{name: Used up | due: 2026-11-01 | every: FREQ=DAILY;COUNT=2 | done: [2026-11-02]}",
    "tasks/after-t00010": "{name: After | due: 2026-11-22T09:00+05:30 | every: 2d after | status: open}",
}


@pytest.fixture
def book(agenda: Agenda) -> Book:
    """A book with one of each."""
    agenda.write(FILES)
    return agenda.at(TODAY)


def rows(book: Book, *words: str, within: str = "7d", **also: bool) -> list[str]:
    """Date and name of each row."""
    table = due_table(book, words, within, ("due", "name"), **also)
    return [f"{due[5:16].replace('T', ' ') if due else 'none'} {name}" for due, name, _id in table.rows]


def test_tasks_occurrences_and_cadence_come_by_their_date(book: Book) -> None:
    assert rows(book) == [
        "11-08 Asha Sharma",
        "11-15 Zen",
        "11-18 Old",
        "11-20 08:00 Morning",
        "11-20 Plants",
        "11-20 today",
        "11-22 09:00 After",
        "11-23 Plants",
        "11-23 Ravi",
        "11-26 Plants",
        "11-27 Late",
    ]
    assert rows(book, within="0d") == rows(book)[:6]


def test_a_row_has_one_shape_whatever_it_is(book: Book) -> None:
    found = due_table(book, [], "7d", WHOLE, occasions=True, stalled=True)
    by_kind = {row[3]: row for row in found.rows}
    assert by_kind["touch"] == (
        *("2026-11-23", "contact", "ravi-k7m3q8", "touch", "Ravi", "ravi-k7m3q8", None, None, None, None, False),
        "ravi-k7m3q8",
    )
    assert by_kind["call"][:-1] == (
        *("2026-11-18", "task", "old-t00001", "call", "Old", "asha-k7m3q9", None, None, None, "high", True),
    )
    assert by_kind["occasion"][:5] == ("2026-11-24", "contact", "ravi-k7m3q8", "occasion", "Birthday: Ravi")
    assert by_kind["stalled"][:-1] == (
        *("2026-11-19", "deal", "website-h2v8c1", "stalled", "Website", "asha-k7m3q9", "acme-b4x8w2"),
        *("website-h2v8c1", "meera", None, True),
    )


def test_the_columns_for_people_name_who_it_is_about(book: Book) -> None:
    found = {row[4]: row[5:7] for row in due_table(book, [], "7d", COLUMNS, occasions=True, stalled=True).rows}
    assert found["Old"] == ("Asha Sharma", None)
    assert found["Asha Sharma"] == ("Asha Sharma", "Acme")
    assert found["Zen"] == (None, "Zen")
    assert found["Birthday: Asha Sharma"] == ("Asha Sharma", "Acme")
    assert found["Website"] == ("Asha Sharma", "Acme")


def test_stuck_deals_come_last_those_without_a_date_at_the_very_end(agenda: Agenda) -> None:
    agenda.write({**FILES, "deals/vague-h2v8c4": "{name: Vague | stage: proposal}"})
    found = rows(agenda.at(TODAY), stalled=True)
    assert found[-4:] == ["11-27 Late", "11-01 Shop", "11-19 Website", "none Vague"]


def test_fields_of_the_kinds_are_columns_too(book: Book) -> None:
    names = ("name", "deal.stage", "contact.tags", "organization.industry", "touch", "deal.amount")
    found = {row[0]: row[1:-1] for row in due_table(book, [], "7d", names, stalled=True).rows}
    assert found["today"] == ("proposal", [], None, None, None)
    assert found["Old"] == (None, ["vip"], None, None, None)
    assert found["Zen"] == (None, None, "yoga", "yellow", None)
    assert found["Website"] == ("proposal", ["vip"], "textile", None, None)


def test_a_column_that_nothing_has_is_refused(book: Book) -> None:
    for name in ("bogus", "contact.bogus", "_next"):
        with pytest.raises(BadRequest, match=f"due has no column {name}"):
            due_table(book, [], "7d", (name,))


ASKED = [
    (["kind:call"], ["11-18 Old"]),
    (["kind:touch"], ["11-08 Asha Sharma", "11-15 Zen", "11-23 Ravi"]),
    (["kind:touch,call"], ["11-08 Asha Sharma", "11-15 Zen", "11-18 Old", "11-23 Ravi"]),
    (["kind:occasion"], ["11-21 Birthday: Asha Sharma", "11-24 Birthday: Ravi"]),
    (["kind~sion"], ["11-21 Birthday: Asha Sharma", "11-24 Birthday: Ravi"]),
    (["kind:stalled", "close_date:..today"], ["11-01 Shop", "11-19 Website"]),
    (
        ["kind.not:touch,occasion,stalled,todo"],
        ["11-18 Old", "11-20 08:00 Morning", "11-20 today", "11-22 09:00 After", "11-27 Late"],
    ),
    (["due:overdue", "kind.not:touch"], ["11-18 Old", "11-20 08:00 Morning", "11-01 Shop", "11-19 Website"]),
    (["due:overdue", "record:contact"], ["11-08 Asha Sharma"]),
    (["due:today"], ["11-20 08:00 Morning", "11-20 Plants", "11-20 today"]),
    (["due:2026-11-23"], ["11-23 Plants", "11-23 Ravi"]),
    (["due:2026-11-24..2026-11-26"], ["11-24 Birthday: Ravi", "11-26 Plants"]),
    (["due.not:..2026-11-25"], ["11-26 Plants", "11-27 Late"]),
    (["overdue:no", "record:contact"], ["11-21 Birthday: Asha Sharma", "11-23 Ravi", "11-24 Birthday: Ravi"]),
    (["overdue:yes", "record:task"], ["11-18 Old", "11-20 08:00 Morning"]),
    (["contact.name~sharma"], ["11-08 Asha Sharma", "11-18 Old", "11-21 Birthday: Asha Sharma", "11-19 Website"]),
    (["contact:asha-k7m3q9", "kind:call,touch"], ["11-08 Asha Sharma", "11-18 Old"]),
    (["contact.tag:vip", "kind:touch"], ["11-08 Asha Sharma"]),
    (["organization.industry:yoga"], ["11-15 Zen"]),
    (["organization:acme-b4x8w2"], ["11-08 Asha Sharma", "11-21 Birthday: Asha Sharma", "11-19 Website"]),
    (["deal.stage:proposal"], ["11-20 today", "11-01 Shop", "11-19 Website"]),
    (["priority:high,urgent"], ["11-18 Old", "11-20 today"]),
    (["owner:ravi"], ["11-15 Zen"]),
    (["plants", "limit:2"], ["11-20 Plants", "11-23 Plants"]),
    (["record:task", "due:..today", "sort:-name"], ["11-20 today", "11-20 Plants", "11-18 Old", "11-20 08:00 Morning"]),
    (["record:task", "sort:-priority", "limit:3"], ["11-20 today", "11-18 Old", "11-20 08:00 Morning"]),
    (["sort:-due", "limit:2"], ["11-27 Late", "11-26 Plants"]),
    (["sort:-overdue,due", "limit:2"], ["11-01 Shop", "11-08 Asha Sharma"]),
    (["no:owner", "kind:call,occasion"], ["11-18 Old", "11-21 Birthday: Asha Sharma", "11-24 Birthday: Ravi"]),
    (["record:task", "due.not:..today", "kind:todo"], ["11-23 Plants", "11-26 Plants"]),
    (["has:every"], ["11-20 Plants", "11-22 09:00 After", "11-23 Plants", "11-26 Plants"]),
]


@pytest.mark.parametrize(("words", "expected"), ASKED)
def test_a_query_is_over_the_columns_of_all_rows(book: Book, words: list[str], expected: list[str]) -> None:
    assert rows(book, *words, occasions=True, stalled=True) == expected


@pytest.mark.parametrize("words", [["bogus:1"], ["kind:party"], ["due:someday"], ["stage:proposal"]])
def test_a_query_that_no_row_could_meet_is_refused(book: Book, words: list[str]) -> None:
    with pytest.raises(BadRequest):
        rows(book, *words)


def test_a_span_that_is_none_is_refused(book: Book) -> None:
    with pytest.raises(BadRequest, match="--within"):
        rows(book, within="soon")
    assert rows(book, within="0") == rows(book, within="0d")


def headings(book: Book, **also: bool) -> dict[str, list[str]]:
    """The names below each heading."""
    table, found = grouped(book, due_table(book, [], "90d", ("name", "due", "kind"), **also))
    names = [row[0] for row in table.rows]
    made: dict[str, list[str]] = {}
    for heading, count in found:
        made[heading], names = names[:count], names[count:]
    assert names == []
    return made


def test_people_see_what_is_due_by_how_soon(book: Book) -> None:
    found = headings(book, occasions=True, stalled=True)
    assert {name: len(names) for name, names in found.items() if name != "Later"} == {
        "Overdue": 4,
        "Today": 2,
        "Tomorrow": 1,
        "This week": 1,
        "Stuck deals": 2,
    }
    assert found["Overdue"] == ["Asha Sharma", "Zen", "Old", "Morning"]
    assert found["Tomorrow"] == ["Birthday: Asha Sharma"]
    assert found["This week"] == ["After"]


def test_a_week_begins_when_the_book_says(agenda: Agenda) -> None:
    agenda.write({**FILES, "crm.yaml": f"{SETTINGS}week_start: saturday\n"})
    found = headings(agenda.at(TODAY))
    assert "This week" not in found
    assert found["Later"][0] == "After"


def test_a_moment_that_passed_today_is_overdue_and_one_ahead_is_not(agenda: Agenda) -> None:
    agenda.write(
        {
            "tasks/one-t00001": "{name: One | due: 2026-11-20T13:00+05:30}",
            "tasks/two-t00002": "{name: Two | due: 2026-11-20}",
            "tasks/three-t00003": "{name: Three | due: 2026-11-20T15:00+05:30}",
        }
    )
    book = agenda.at("2026-11-20T14:00:00+05:30")
    assert rows(book) == ["11-20 Two", "11-20 13:00 One", "11-20 15:00 Three"]
    assert headings(book) == {"Overdue": ["One"], "Today": ["Two", "Three"]}


@pytest.mark.parametrize(
    ("every", "done", "expected"),
    [
        ("1mo on 31", "", ["11-30", "12-31", "01-31"]),
        ("1mo", "", ["10-31", "11-30", "12-31", "01-31"]),
        ("1mo", "2026-10-31", ["11-30", "12-31", "01-31"]),
        ("FREQ=MONTHLY;COUNT=2", "", ["10-31", "12-31"]),
        ("FREQ=MONTHLY;UNTIL=20261130", "2026-10-31", []),
        ("2w after", "", ["10-31"]),
        ("2w after", "2026-11-19", ["12-03"]),
    ],
)
def test_each_occurrence_up_to_the_horizon_is_a_row(agenda: Agenda, every: str, done: str, expected: list[str]) -> None:
    start = "2026-10-31" if "on 31" not in every else "2026-11-01"
    agenda.write({"tasks/pay-t00001": f"{{name: Pay | due: {start} | every: {every} | done: [{done}]}}"})
    assert rows(agenda.at(TODAY), within="80d") == [f"{day} Pay" for day in expected]


def test_the_hour_of_an_occurrence_is_that_of_the_zone(agenda: Agenda) -> None:
    agenda.write(
        {
            "crm.yaml": "timezone: Europe/Berlin\n",
            "tasks/call-t00001": "{name: Call | due: 2026-03-22T02:30+01:00 | every: 1w}",
        }
    )
    found: list[Any] = list(due_table(agenda.at("2026-03-22T01:00:00+01:00"), [], "15d", ("due", "overdue")).rows)
    assert [row[0] for row in found] == [
        "2026-03-22T02:30+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-04-05T02:30:00+02:00",
    ]
    assert rows(agenda.at("2026-03-29T04:00:00+02:00"), within="0d") == ["03-29 03:30 Call"]
