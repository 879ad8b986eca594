"""Recurrences: their strict forms, the ends of months, and the same days as dateutil gives."""

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from unittest import mock

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.base.clock import zone
from crm_cli.base.dates import Duration, parse_stamp
from crm_cli.base.errors import BadValue
from crm_cli.base.recurrence import after_completion, occurrence, occurrences, open_day, parse_rule
from tests.effort import sample
from tests.rules import full_rules

START = date(2026, 1, 31)


def days(text: str, start: date, limit: int = 4, after: date = date(1999, 1, 1)) -> list[str]:
    return [day.isoformat() for day in occurrences(parse_rule(text), start, after, limit)]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("2w", "2026-11-21", "2026-11-21 2026-12-05 2026-12-19 2027-01-02"),
        ("3d", "2026-12-30", "2026-12-30 2027-01-02 2027-01-05 2027-01-08"),
        ("1mo", "2026-01-31", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("1y", "2024-02-29", "2024-02-29 2025-02-28 2026-02-28"),
        ("1mo on 5", "2026-11-21", "2026-12-05 2027-01-05 2027-02-05 2027-03-05"),
        ("1mo on 31", "2026-01-10", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("3mo on 1", "2026-01-01", "2026-01-01 2026-04-01 2026-07-01 2026-10-01"),
        ("9y", "2026-01-01", "2026-01-01"),
        ("2w after", "2026-11-21", "2026-11-21"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-18", "2026-11-19 2026-11-23 2026-11-26 2026-11-30"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-01", "2026-11-27 2026-12-25 2027-01-29 2027-02-26"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-01", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("FREQ=MONTHLY;COUNT=2", "2026-01-31", "2026-01-31 2026-03-31"),
        ("FREQ=DAILY;UNTIL=20260202", "2026-01-31", "2026-01-31 2026-02-01 2026-02-02"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29"),
    ],
)
def test_a_rule_gives_these_days(text: str, start: str, expected: str) -> None:
    assert days(text, date.fromisoformat(start)) == expected.split()


def test_only_days_after_the_one_asked_for_are_given() -> None:
    assert days("2w", date(2026, 11, 21), after=date(2026, 11, 21), limit=1) == ["2026-12-05"]
    assert days("2w after", date(2026, 11, 21), after=date(2026, 11, 21)) == []


def test_an_old_start_does_not_change_the_days() -> None:
    assert days("1mo", date(1990, 1, 31), after=date(2026, 2, 1), limit=2) == ["2026-02-28", "2026-03-31"]
    assert days("FREQ=DAILY", date(1, 1, 1), after=date(2026, 2, 1), limit=1) == ["2026-02-02"]


def test_the_next_one_is_given_even_if_it_is_years_away() -> None:
    assert days("9y", date(2026, 1, 1), after=date(2026, 1, 1)) == ["2035-01-01"]
    leap = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    assert days(leap, date(2096, 1, 1), after=date(2097, 1, 1)) == ["2104-02-29"]


def test_occurrences_are_capped_in_number_and_in_time() -> None:
    assert len(occurrences(parse_rule("1d"), START, START, 10_000)) == 500
    assert occurrences(parse_rule("1mo"), START, START, 500)[-1] == date(2028, 1, 31)
    assert occurrences(parse_rule("1d"), START, START, 0) == []


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
    ],
)
def test_a_rule_that_never_matches_ends(text: str) -> None:
    assert days(text, date(2026, 3, 1)) == []


def test_the_end_of_the_calendar_is_an_end() -> None:
    assert days("1y", date(9998, 6, 1)) == ["9998-06-01", "9999-06-01"]
    assert days("FREQ=WEEKLY", date(9999, 12, 27)) == ["9999-12-27"]
    assert days("FREQ=WEEKLY", date(1, 1, 3), limit=1, after=date.min) == ["0001-01-03"]


def test_a_rule_that_counts_from_completion_follows_it() -> None:
    rule = parse_rule("2w after")
    assert rule.after
    assert rule.step == Duration(2, "w")
    assert after_completion(rule, date(2026, 11, 23)) == date(2026, 12, 7)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2", "w", "0w", "-1w", "2 w", "2w  after", "1w on 5", "1mo on 32", "1mo on 0", "२w", "1000d", "weekly"),
        *("FREQ=", "FREQ=HOURLY", "FREQ=DAILY;", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "freq=DAILY"),
        *("FREQ=DAILY;COUNT=1;UNTIL=20260101", "FREQ=DAILY;UNTIL=20260230", "FREQ=WEEKLY;BYDAY=1MO"),
        *("FREQ=DAILY;BYDAY=-1MO", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=DAILY;BYSETPOS=1", "FREQ=MONTHLY;BYMONTHDAY=32"),
        *("FREQ=DAILY;BYHOUR=3", "FREQ=YEARLY;BYEASTER=0", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=DAILY\nDTSTART:20260101"),
        "FREQ=DAILY;BYMONTH=" + ",".join(["1"] * 300),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_rule(text)
    assert caught.value.code == "bad-recurrence"
    assert caught.value.hint


def test_rules_are_equal_by_what_they_say() -> None:
    assert parse_rule("FREQ=DAILY;INTERVAL=2") == parse_rule("FREQ=DAILY;INTERVAL=2;WKST=MO")
    assert parse_rule("2w") != parse_rule("2w after")


@settings(deadline=None, max_examples=sample(150, 1000))
@given(full_rules(), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 700))
def test_full_rules_give_the_days_that_dateutil_gives(text: str, start: date, later: int) -> None:
    after = date.fromordinal(start.toordinal() + later)
    horizon = after.replace(year=after.year + 2, day=min(after.day, 28))
    # The library searches on to this year for what never comes: seconds, were it 9999.
    with mock.patch("datetime.MAXYEAR", 2036):
        rule = rrulestr(text, dtstart=datetime(start.year, start.month, start.day))
        upto = datetime(horizon.year, horizon.month, horizon.day)
        wanted = [when.date() for when in takewhile(lambda when: when <= upto, rule)]
    expected = [day for day in wanted if after < day <= horizon][:500]
    assert [day for day in occurrences(parse_rule(text), start, after) if day <= horizon] == expected


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "start", "done", "expected"),
    [
        ("1w", "2026-11-27", None, "2026-11-27"),  # the first one is still ahead
        ("1w", "2026-11-20", None, "2026-11-20"),
        ("1w", "2026-10-02", None, "2026-11-20"),  # seven were missed and lapse
        ("1w", "2026-10-01", None, "2026-11-19"),
        ("1w", "2026-10-01", "2026-11-19", "2026-11-26"),
        ("1w", "2026-10-01", "2026-11-26", "2026-12-03"),  # one was done ahead of its day
        ("1d", "2020-01-01", None, "2026-11-20"),  # more were missed than are ever listed
        ("1mo on 31", "2026-01-31", "2026-09-30", "2026-10-31"),
        ("1y", "2024-02-29", "2025-02-28", "2026-02-28"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2016-02-29", None, "2024-02-29"),
        ("FREQ=YEARLY;INTERVAL=9", "2001-03-01", None, "2019-03-01"),
        ("FREQ=WEEKLY;COUNT=3", "2026-10-01", None, "2026-10-15"),
        ("FREQ=WEEKLY;COUNT=3", "2026-10-01", "2026-10-15", None),
        ("FREQ=DAILY;UNTIL=20261031", "2026-10-01", "2026-10-30", "2026-10-31"),
        ("FREQ=DAILY;UNTIL=20261031", "2026-10-01", "2026-10-31", None),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-10-01", None, "2026-10-30"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-10-01", None, None),
        ("2w after", "2026-11-27", None, "2026-11-27"),
        ("2w after", "2026-10-01", "2026-11-18", "2026-12-02"),
        ("2w after", "2026-12-24", "2026-11-18", "2026-12-24"),  # put off
        ("1d", "0001-01-01", None, "2026-11-20"),
    ],
)
def test_the_latest_occurrence_up_to_today_is_to_be_done_else_the_next(
    text: str, start: str, done: str | None, expected: str | None
) -> None:
    found = open_day(parse_rule(text), date.fromisoformat(start), done and date.fromisoformat(done), TODAY)  # type: ignore[arg-type]
    assert (found and found.isoformat()) == expected


@settings(deadline=None, max_examples=sample(40, 100))
@given(full_rules(), st.dates(date(2025, 8, 1), date(2026, 12, 31)), st.none() | st.integers(0, 400))
def test_the_open_day_is_that_of_the_whole_list(text: str, start: date, later: int | None) -> None:
    rule, done = parse_rule(text), None if later is None else start + timedelta(days=later)
    after = done or start - timedelta(days=1)
    days = [day for day in occurrences(rule, start, after) if day <= TODAY]
    expected = days[-1] if days else next(iter(occurrences(rule, start, after, 1)), None)
    assert open_day(rule, start, done, TODAY) == expected


BERLIN, KOLKATA = zone("Europe/Berlin"), zone("Asia/Kolkata")


@pytest.mark.parametrize(
    ("first", "day", "expected"),
    [
        ("2026-03-22", "2026-03-29", "2026-03-29"),
        ("2026-03-22T02:30+01:00", "2026-03-22", "2026-03-22T02:30+01:00"),
        ("2026-03-22T02:30+01:00", "2026-03-29", "2026-03-29T03:30:00+02:00"),  # that hour is skipped
        ("2026-03-22T02:30+01:00", "2026-04-05", "2026-04-05T02:30:00+02:00"),  # and the clock stays what it was
        ("2026-10-18T02:30+02:00", "2026-10-25", "2026-10-25T02:30:00+02:00"),  # that hour comes twice: the first
        ("2026-10-18T02:30+02:00", "2026-11-01", "2026-11-01T02:30:00+01:00"),
        ("2026-03-21T22:30Z", "2026-04-05", "2026-04-05T23:30:00+02:00"),  # written elsewhere
        ("0001-01-01T00:00+12:00", "2026-04-05", "2026-04-05"),
    ],
)
def test_an_occurrence_keeps_the_time_of_day_in_the_zone(first: str, day: str, expected: str) -> None:
    assert occurrence(parse_stamp(first, moments=True), date.fromisoformat(day), BERLIN).text == expected


def test_an_occurrence_is_of_the_day_in_the_zone_not_of_the_day_that_is_written() -> None:
    first = parse_stamp("2026-11-20T20:00:00+00:00", moments=True)
    assert first.day(KOLKATA) == date(2026, 11, 21)
    assert occurrence(first, date(2026, 11, 28), KOLKATA).text == "2026-11-28T01:30:00+05:30"
    assert occurrence(first, date(2026, 11, 28), UTC).text == "2026-11-28T20:00:00+00:00"
