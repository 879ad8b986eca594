"""crm export --ics: tasks and the days of people, the same file each time it is made."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from crm_cli.kinds import KINDS
from crm_cli.schema.convert import file_tree
from crm_cli.schema.record import Record
from crm_cli.store.codec import emit
from tests.generate import IDS, SETTINGS, records
from tests.shell import Shell


def calendar(shell: Shell, line: str = "export --ics", **environ: str) -> Any:
    """The calendar that a command prints, understood without a complaint by two readers."""
    return understood(shell.ok(line, **environ).out)


def understood(out: str) -> Any:
    assert len(list(vobject.readComponents(out))) == 1
    made = Calendar.from_ical(out)
    assert [error for component in made.walk() for error in component.errors] == []
    return made


def entries(made: Any) -> dict[str, Any]:
    found = {str(one["uid"]).removesuffix("@crm"): one for one in (*made.todos, *made.events)}
    assert len(found) == len(made.todos) + len(made.events), "two entries have one name"
    return found


@pytest.fixture
def book(empty: Shell) -> Shell:
    """Tasks and people of every sort."""
    empty.write(
        "contacts/asha.yaml",
        "name: आशा शर्मा\norganization: acme\nphones:\n  - mobile: '+91 98765 43210'\n  - '+91 22 2778 0000'\n"
        "birthday: 1984-11-26\nanniversaries:\n  - wedding: 2010-02-14\n  - wedding: 2015-02-14\n  - --12-01\n"
        "created: 2026-01-05T10:00:00+05:30\n",
    )
    empty.write("contacts/minal.yaml", "name: Minal\nbirthday: --02-29\n")
    empty.write("contacts/old.yaml", "name: Old\nbirthday: 1851-05-06\n")
    empty.write("contacts/gone.yaml", "name: Gone\nbirthday: 1990-01-01\narchived: 2026-01-01\n")
    empty.write("organizations/acme.yaml", "name: Acme\nphones:\n  - '+91 11 4000 0000'\n")
    empty.write("deals/site.yaml", "name: Website\n")
    empty.write(
        "tasks/call.yaml",
        "name: Call back\ndue: 2026-11-20T15:30:00+05:30\ncontact: asha\norganization: acme\ndeal: site\n"
        "priority: urgent\ntags: [vip, 'a,b']\nstatus: open\nnotes: |\n  Wants a quote;\n  in Hindi.\n"
        "created: 2026-11-01\n",
    )
    empty.write("tasks/weekly.yaml", "name: Review\ndue: 2026-11-02\nevery: 1w\ndone: [2026-11-02, 2026-11-16]\n")
    empty.write("tasks/after.yaml", "name: Chai with Acme\norganization: acme\ndue: 2026-11-02\nevery: 2w after\n")
    empty.write("tasks/done.yaml", "name: Done\ndue: 2026-11-02\nstatus: done\n")
    empty.write("tasks/someday.yaml", "name: Someday\n")
    empty.write("tasks/archived.yaml", "name: Archived\ndue: 2026-11-02\narchived: 2026-11-03\n")
    return empty


def test_open_tasks_that_are_due_and_the_days_of_people(book: Shell) -> None:
    found = entries(calendar(book))
    assert set(found) == {
        "call", "weekly", "after", "asha.birthday", "asha.anniversary-wedding", "asha.anniversary-wedding.2",
        "asha.anniversary", "minal.birthday", "old.birthday",
    }  # fmt: skip


def test_a_task_brings_what_the_call_needs(book: Shell) -> None:
    call = entries(calendar(book))["call"]
    assert str(call["summary"]) == "Call back (आशा शर्मा)"
    assert str(call["description"]) == (
        "With: आशा शर्मा\nPhone: +91 98765 43210 (mobile), +91 22 2778 0000\nOrganization: Acme\nDeal: Website\n\n"
        "Wants a quote;\nin Hindi."
    )
    assert call["due"].dt == datetime.fromisoformat("2026-11-20T15:30+05:30")
    assert call["due"].params["TZID"] == "Asia/Kolkata"
    assert (int(call["priority"]), call["categories"].cats) == (1, ["vip", "a,b"])
    assert call["dtstamp"].dt == datetime.fromisoformat("2026-11-01T12:00Z")
    assert call["status"] == "NEEDS-ACTION"


def test_what_repeats_goes_on_from_the_open_occurrence(book: Shell) -> None:
    found = entries(calendar(book))
    weekly = found["weekly"]
    assert (weekly["due"].dt, weekly["dtstart"].dt) == (date(2026, 11, 23), date(2026, 11, 23))
    assert weekly["rrule"].to_ical() == b"FREQ=WEEKLY"
    after = found["after"]
    assert (after["due"].dt, "rrule" in after, "dtstart" in after) == (date(2026, 11, 2), False, False)
    assert str(after["summary"]) == "Chai with Acme"  # and not twice
    assert str(after["description"]) == "Phone: +91 11 4000 0000\nOrganization: Acme"


def test_birthdays_come_each_year(book: Shell) -> None:
    found = entries(calendar(book))
    asha = found["asha.birthday"]
    assert (str(asha["summary"]), asha["dtstart"].dt) == ("Birthday: आशा शर्मा", date(1984, 11, 26))
    assert asha["rrule"].to_ical() == b"FREQ=YEARLY"
    assert str(asha["description"]).startswith("Born: 1984\nPhone: ")
    assert asha["transp"] == "TRANSPARENT"
    assert str(found["asha.anniversary-wedding"]["summary"]) == "Wedding: आशा शर्मा"
    assert str(found["asha.anniversary-wedding.2"]["description"]).startswith("Since: 2015")
    assert str(found["asha.anniversary"]["summary"]) == "Anniversary: आशा शर्मा"
    assert found["asha.anniversary"]["dtstart"].dt == date(1972, 12, 1)
    assert found["old.birthday"]["dtstart"].dt == date(1972, 5, 6)


def test_a_leap_day_is_kept_on_the_last_of_february(book: Shell) -> None:
    minal = entries(calendar(book))["minal.birthday"]
    assert minal["dtstart"].dt == date(1972, 2, 29)
    assert minal["rrule"].to_ical() == b"FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2"
    assert "description" not in minal


def test_everything_rings(book: Shell) -> None:
    rings = {name: one.walk("VALARM")[0] for name, one in entries(calendar(book)).items()}
    said = {name: one["trigger"].to_ical().decode() for name, one in rings.items()}
    assert said["call"] == "-PT15M"
    assert {said[name] for name in said if name != "call"} == {"PT9H"}
    assert {name for name, one in rings.items() if one["trigger"].params.get("RELATED") == "END"} == {
        "call", "weekly", "after",
    }  # fmt: skip


def test_tasks_can_be_events(book: Shell) -> None:
    made = calendar(book, "export --ics --events --kind task")
    assert made.todos == []
    found = entries(made)
    assert set(found) == {"call.event", "weekly.event", "after.event"}
    assert found["call.event"]["dtstart"].dt == datetime.fromisoformat("2026-11-20T15:30+05:30")


def test_a_query_says_which_ones(book: Shell) -> None:
    assert set(entries(calendar(book, "export --ics tag:vip"))) == {"call"}
    assert set(entries(calendar(book, "export -o ics --kind contact name~minal"))) == {"minal.birthday"}
    assert set(entries(calendar(book, "export --ics --all --kind contact name~gone"))) == {"gone.birthday"}
    assert set(entries(calendar(book, "export --ics --all --kind task name~archived"))) == {"archived"}
    assert set(entries(calendar(book, "export --ics sort:name limit:2"))) == {"call", "after"}
    assert set(entries(calendar(book, "export --ics --where 'priority = urgent'"))) == {"call"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--ics --json", "leave out"),
        ("--ics -o csv", "leave out"),
        ("--ics --ids", "leave out"),
        ("--ics --fields name", "leave out"),
        ("--ics --format {name}", "leave out"),
        ("-o ics --header", "leave out"),
        ("-o ics -0", "leave out"),
        ("--events", "--ics"),
        ("--events --json", "--ics"),
        ("--ics --kind deal", "--kind task"),
        ("--ics --kind firm", "--kind task"),
        ("--ics stage:won", "stage"),
    ],
)
def test_what_a_calendar_cannot_be_is_refused(looking: Shell, words: str, said: str) -> None:
    result = looking.crm("export", *words.split())
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_into_a_file(book: Shell) -> None:
    place = book.home / "crm.ics"
    done = book.ok(f"export --ics --to {place}")
    assert done.err == f"9 calendar entries written to {place}\n"
    assert place.read_bytes() == book.process("export", "--ics").stdout
    assert place.read_bytes().count(b"\r\n") == place.read_bytes().count(b"\n")
    assert book.crm("export", "--ics", "--to", str(place)).code == 2
    assert book.ok(f"export --ics --kind contact name~minal --to {place} --force").err.startswith("1 calendar entry ")


def test_an_empty_book_is_an_empty_calendar(empty: Shell) -> None:
    made = calendar(empty)
    assert [one.name for one in made.subcomponents] == ["VTIMEZONE"]
    assert empty.crm("export", "--ics", "--exit-code").code == 1


def test_a_broken_file_makes_it_incomplete(book: Shell) -> None:
    book.write("contacts/broken.yaml", "[")
    result = book.crm("export", "--ics")
    assert (result.code, result.out.count("BEGIN:VTODO"), "broken" in result.err) == (9, 3, True)


def test_the_sample_book_is_the_same_calendar_each_time(sample: Shell, tmp_path: Path) -> None:
    made = calendar(sample)
    assert len(made.todos) >= 20
    assert len(made.events) > 5
    out = sample.ok("export --ics").out
    assert sample.ok("export --ics", XDG_CACHE_HOME=str(tmp_path / "other"), TZ="America/Lima").out == out
    assert sample.ok("export --ics", CRM_NOW="2026-11-21T23:00+05:30").out == out


def test_years_later_only_open_occurrences_have_moved(sample: Shell) -> None:
    def settled(text: str) -> list[str]:
        blocks = text.split("BEGIN:VTODO")
        moving = re.compile(r"(DTSTART|DUE)[;:].*")
        return [moving.sub(r"\1", block) if "\nRRULE" in block else block for block in blocks]

    now, later = sample.ok("export --ics").out, sample.ok("export --ics", CRM_NOW="2031-01-01T10:00+05:30").out
    assert now != later
    assert settled(now)[1:] == settled(later)[1:]


some = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def of_kind(name: str) -> st.SearchStrategy[list[Record]]:
    kind = KINDS.by_name[name]
    ids = [f"{id}-{name[0]}" for id in ("one", "two", "three", "four", "five")] + list(
        IDS[:1] if name == "contact" else ()
    )
    return st.tuples(*(records(kind, id) for id in ids)).map(list)


@some
@given(of_kind("task"), of_kind("contact"), st.booleans())
def test_any_book_is_a_calendar_that_others_read(
    empty: Shell, tasks: list[Record], people: list[Record], events: bool
) -> None:
    for record in (*tasks, *people):
        empty.write(record.path, emit(file_tree(record, SETTINGS), record.kind_.groups))
    result = empty.crm("export", "--ics", "--all", *["--events"] * events)
    assert result.code in (0, 9)
    found = entries(understood(result.out))
    assert sum("birthday" in name or "anniversary" in name for name in found) == sum(
        (one.birthday is not None) + len(one.anniversaries) for one in people
    )
    dated = [one for one in tasks if one.due is not None and one.status not in ("done", "canceled")]
    assert {name.removesuffix(".event") for name in found} >= {one.id for one in dated if one.every is None}
    assert empty.crm("export", "--ics", "--all", *["--events"] * events).out == result.out


def test_the_ends_of_the_calendar_are_days(empty: Shell) -> None:
    first, last = "0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59-08:00"
    empty.write("tasks/first.yaml", f"name: First\ndue: {first}\ncreated: {first}\n")
    empty.write("tasks/last.yaml", f"name: Last\ndue: {last}\ncreated: {last}\n")
    found = entries(calendar(empty))
    assert (found["first"]["due"].dt, found["first"]["dtstamp"].dt.year) == (date.min, 1970)
    assert (found["last"]["due"].dt, found["last"]["dtstamp"].dt.year) == (date.max, 1970)
