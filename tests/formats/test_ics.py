"""Calendar files: two readers that others wrote find in them what was put in."""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from crm_cli.formats.ics import Entry, calendar_file, clean

KOLKATA = ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")
STAMP = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 15, 30, tzinfo=KOLKATA)


def entry(when: date | datetime = DAY, **facts: Any) -> Entry:
    return Entry(**{"uid": "call-k7m3q9@crm", "stamp": STAMP, "summary": "Call", "when": when, "todo": True, **facts})


def lines(*entries: Entry, name: str = "Studio") -> list[str]:
    """The lines of a file, unfolded."""
    zone = KOLKATA if entries else UTC
    return calendar_file(name, str(zone), zone, entries).decode().replace("\r\n ", "").split("\r\n")


def read(*entries: Entry, name: str = "Studio") -> tuple[Any, Any]:
    """What both readers find."""
    data = calendar_file(name, "UTC", UTC, entries)
    (theirs,) = vobject.readComponents(data.decode())
    ours = Calendar.from_ical(data)
    assert [component.errors for component in ours.walk()] == [[] for _ in ours.walk()]
    return ours, theirs


def test_a_task_on_a_day() -> None:
    found = lines(entry(priority=3, categories=("vip", "a,b"), description="With: Asha"))
    start = found.index("BEGIN:VTODO")
    assert found[start:] == [
        "BEGIN:VTODO",
        "CATEGORIES:vip,a\\,b",
        "DESCRIPTION:With: Asha",
        "DTSTAMP:20261101T093000Z",
        "DUE;VALUE=DATE:20261120",
        "PRIORITY:3",
        "STATUS:NEEDS-ACTION",
        "SUMMARY:Call",
        "UID:call-k7m3q9@crm",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Call",
        "TRIGGER;RELATED=END:PT9H",
        "END:VALARM",
        "END:VTODO",
        "END:VCALENDAR",
        "",
    ]


def test_a_task_at_a_moment() -> None:
    found = lines(entry(MOMENT))
    assert "DUE;TZID=Asia/Kolkata:20261120T153000" in found
    assert "TRIGGER;RELATED=END:-PT15M" in found
    assert not any(line.startswith(("DTSTART;", "PRIORITY", "CATEGORIES", "RRULE")) for line in found)


def test_a_moment_of_a_book_in_utc_needs_no_zone() -> None:
    data = calendar_file("x", "UTC", UTC, [entry(MOMENT.astimezone(UTC))]).decode()
    assert "\r\nDUE:20261120T100000Z\r\n" in data


def test_what_repeats_has_a_beginning() -> None:
    found = lines(entry(rrule="FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"))
    assert "DTSTART;VALUE=DATE:20261120" in found
    assert "RRULE:FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1" in found
    ended = lines(entry(MOMENT, rrule="FREQ=DAILY;UNTIL=20261231T182959Z"))
    assert "RRULE:FREQ=DAILY;UNTIL=20261231T182959Z" in ended


def test_events() -> None:
    day = lines(entry(todo=False, rrule="FREQ=YEARLY"))
    assert {"DTSTART;VALUE=DATE:20261120", "TRANSP:TRANSPARENT", "TRIGGER:PT9H", "RRULE:FREQ=YEARLY"} <= set(day)
    assert not {"BEGIN:VTODO", "STATUS:NEEDS-ACTION"} & set(day)
    moment = lines(entry(MOMENT, todo=False))
    assert {"DTSTART;TZID=Asia/Kolkata:20261120T153000", "DURATION:PT30M", "TRIGGER:-PT15M"} <= set(moment)
    assert "TRANSP:TRANSPARENT" not in moment


def test_a_calendar_says_whose_it_is_and_not_that_it_is_an_invitation() -> None:
    found = lines(name="Asha; Ko, स्टूडियो")
    assert found[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert {"CALSCALE:GREGORIAN", "NAME:Asha\\; Ko\\, स्टूडियो", "X-WR-CALNAME:Asha\\; Ko\\, स्टूडियो"} <= set(found)
    assert not any(line.startswith("METHOD") for line in found)


def test_an_empty_calendar_still_holds_its_time_zone() -> None:
    ours, theirs = read()
    assert [component.name for component in ours.subcomponents] == ["VTIMEZONE"]
    assert theirs.vtimezone.tzid.value == "UTC"


def test_other_readers_know_the_moment() -> None:
    moment = datetime(2027, 3, 29, 10, tzinfo=BERLIN)  # the day after summer began
    data = calendar_file("x", "Europe/Berlin", BERLIN, [entry(moment)])
    (theirs,) = vobject.readComponents(data.decode())
    assert theirs.vtodo.due.value.astimezone(UTC) == moment.astimezone(UTC)
    assert Calendar.from_ical(data).todos[0]["due"].dt == moment


def test_lines_are_folded_between_characters() -> None:
    data = calendar_file("x", "Asia/Kolkata", KOLKATA, [entry(summary="आशा शर्मा, " * 900, description="a;" * 5000)])
    raw = data.split(b"\r\n")
    assert max(map(len, raw)) <= 75
    assert all(line.decode() for line in raw[:-1])  # no character is cut in two
    assert b"\n" not in data.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("one\r\ntwo\rthree\ntab\tend", "one\ntwo\nthree\ntab\tend"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a\nb\nc\nd\ne\nf"),
        ("bell\x07 escape\x1b[31m nul\x00 del\x7f", "bell␇ escape␛[31m nul␀ del␡"),
        ("c1\x9b31m lone\ud800", "c1\ufffd31m lone\ufffd"),
        ("नमस्ते ज़ि\u200dन्दगी 👩\u200d💻", "नमस्ते ज़ि\u200dन्दगी 👩\u200d💻"),
    ],
)
def test_only_control_characters_are_changed(text: str, kept: str) -> None:
    assert clean(text) == kept


few = settings(max_examples=15)
ANY = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('\\;,:"\n\r\t\x00\x1b\x85\u2028 n'), max_size=90
)


def escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


@few
@example("\\n", "\\;,", "BEGIN:VEVENT\nEND:VCALENDAR", ",")
@example("x" * 10_000, "\r\nDTSTART:19700101", "आ" * 5_000, "a\nb")
@given(ANY, ANY, ANY, ANY)
def test_any_text_comes_back(name: str, summary: str, description: str, tag: str) -> None:
    ours, theirs = read(entry(summary=summary, description=description, categories=(tag,)), name=name)
    (todo,) = ours.todos
    assert f"X-WR-CALNAME:{escaped(clean(name))}" in lines(name=name)  # which readers leave as it stands
    assert str(todo["summary"]) == clean(summary)
    assert str(todo.get("description", "")) == clean(description)
    assert len(theirs.vtodo_list) == 1
    # This reader takes the spaces around a line for none of its own.
    assert theirs.vtodo.summary.value.strip() == clean(summary).strip()


@few
@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.booleans(), st.booleans())
def test_any_time_comes_back(when: datetime, todo: bool, whole_day: bool) -> None:
    local = when.replace(microsecond=0, tzinfo=UTC)
    wanted = local.date() if whole_day else local
    ours, _theirs = read(entry(wanted, todo=todo))
    (found,) = ours.todos or ours.events
    assert found["due" if todo else "dtstart"].dt == wanted
