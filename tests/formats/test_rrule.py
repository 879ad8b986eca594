"""Rules for calendars, beside another reader of the standard: from any occurrence on they give the same days."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crm_cli.base.recurrence import occurrences, parse_rule
from crm_cli.formats.rrule import rrule
from tests.rules import full_rules

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rule", "start", "first", "expected"),
    [
        ("3d", "2026-11-20", "2026-11-23", "FREQ=DAILY;INTERVAL=3"),
        ("2w", "2026-11-20", "2026-12-04", "FREQ=WEEKLY;INTERVAL=2"),
        ("1mo", "2026-12-05", "2026-12-05", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("1mo on 5", "2026-11-20", "2026-12-05", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("1mo on 31", "2026-01-10", "2026-02-28", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ("3mo", "2026-11-30", "2027-02-28", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("1y", "2024-02-29", "2025-02-28", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
        ("1y", "2024-03-01", "2025-03-01", "FREQ=YEARLY"),
        ("FREQ=DAILY;COUNT=10", "2026-11-20", "2026-11-23", "FREQ=DAILY;COUNT=7"),
        ("FREQ=DAILY;COUNT=9999", "2020-01-01", "2026-11-23", "FREQ=DAILY;COUNT=7481"),
        ("FREQ=WEEKLY;UNTIL=20261231T100000Z", "2026-11-20", "2026-11-20", "FREQ=WEEKLY;UNTIL=20261231"),
        ("FREQ=WEEKLY;BYDAY=TU,FR;WKST=SU", "2026-11-20", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU,FR;WKST=SU"),
        (
            "FREQ=MONTHLY;BYDAY=MO,-1FR;BYSETPOS=-1;BYMONTH=11,12",
            "2026-11-01",
            "2026-11-30",
            "FREQ=MONTHLY;BYMONTH=11,12;BYDAY=MO,-1FR;BYSETPOS=-1",
        ),
    ],
)
def test_a_rule_goes_on_from_an_occurrence(rule: str, start: str, first: str, expected: str) -> None:
    assert rrule(parse_rule(rule), date.fromisoformat(start), date.fromisoformat(first)) == expected


@pytest.mark.parametrize(
    ("rule", "start", "first"),
    [
        ("2w after", "2026-11-20", "2026-11-20"),  # nobody knows when it will be done
        ("1mo on 5", "2026-11-20", "2026-11-20"),  # no day of the rule
        ("2w", "2026-11-20", "2026-11-27"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYSETPOS=2", "2026-11-17", "2026-11-17"),  # read in two ways
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1,2,3,4,5,6,7", "2026-11-02", "2026-11-02"),
        ("1d", "0001-01-01", "0001-01-01"),
    ],
)
def test_what_no_rule_says_exactly_is_said_by_none(rule: str, start: str, first: str) -> None:
    assert rrule(parse_rule(rule), date.fromisoformat(start), date.fromisoformat(first)) is None


def test_the_end_of_a_rule_is_of_the_type_of_the_entry() -> None:
    until, moment = parse_rule("FREQ=DAILY;UNTIL=20261231"), datetime(2026, 11, 20, 21, tzinfo=NEW_YORK)
    assert rrule(until, date(2026, 11, 20), moment) == "FREQ=DAILY;UNTIL=20270101T045959Z"
    assert rrule(until, date(2026, 11, 20), moment.astimezone(UTC)) == "FREQ=DAILY;UNTIL=20261231T235959Z"
    assert rrule(parse_rule("FREQ=DAILY;UNTIL=99991231"), date(2026, 11, 20), moment) == (
        "FREQ=DAILY;UNTIL=99991231T235959Z"
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of our own and of the standard."""
    if draw(st.booleans()):
        unit = draw(st.sampled_from(["d", "w", "mo", "mo", "y"]))
        on = f" on {draw(st.integers(1, 31))}" if unit == "mo" and draw(st.booleans()) else ""
        return f"{draw(st.integers(1, 14))}{unit}{on}"
    return draw(full_rules(st.sampled_from(["", "COUNT=30", "COUNT=7", "UNTIL=20270615"])))


@example("1mo on 31", date(2026, 1, 10), 3, True)
@example("1y", date(2024, 2, 29), 2, False)
@given(rules(), st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.integers(0, 12), st.booleans())
def test_another_reader_finds_the_same_days(text: str, start: date, turn: int, moment: bool) -> None:
    rule = parse_rule(text)
    known = occurrences(rule, start, start - DAY, 60)
    assume(len(known) > turn)
    first = datetime(known[turn].year, known[turn].month, known[turn].day, 23, 30, tzinfo=NEW_YORK)
    ours = rrule(rule, start, first if moment else first.date())
    if ours is None:
        assert "BYSETPOS" in text or ("BYDAY" in text and "BYMONTHDAY" in text)
        return
    begins = first if moment else datetime(first.year, first.month, first.day)
    theirs = [found.date() for found in islice(rrulestr(ours, dtstart=begins), 15)]
    expected = occurrences(rule, start, known[turn] - DAY, 15)
    # Ours are counted for two years, and the first one however far it is.
    last = max(theirs[0], max(start, known[turn] - DAY) + 700 * DAY)
    assert [day for day in theirs if day <= last] == [day for day in expected if day <= last]
