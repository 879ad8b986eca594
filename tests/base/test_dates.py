"""Dates, birthdays and spans as files hold them."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.dates import (
    Duration,
    PartialDate,
    Stamp,
    add_months,
    parse_cadence,
    parse_duration,
    parse_partial,
    parse_stamp,
    stamp_of,
)
from crm_cli.base.errors import BadValue

KOLKATA = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-02-29T10:00:00+05:30", datetime(2024, 2, 29, 4, 30, tzinfo=UTC)),
        ("2026-11-21T10:30+05:30", datetime(2026, 11, 21, 5, 0, tzinfo=UTC)),
        ("2026-11-21T10:30Z", datetime(2026, 11, 21, 10, 30, tzinfo=UTC)),
        ("2026-11-21T10:30:15-08:00", datetime(2026, 11, 21, 18, 30, 15, tzinfo=UTC)),
    ],
)
def test_a_file_holds_days_and_moments(text: str, when: date) -> None:
    stamp = parse_stamp(text, moments=True)
    assert (stamp.text, stamp.when) == (text, when)
    assert stamp.moment == isinstance(when, datetime)


@pytest.mark.parametrize("text", ["2024-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "2026-02-29T10:00Z"])
def test_a_day_that_does_not_exist_is_said_to(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_stamp(text, moments=True)
    assert caught.value.code == "no-such-day"
    assert text[:10] in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "today",
            "12:30",
            "12:30:45",
            "2026-11",
            "20261121",
            "2026-W47-6",
            "2026-W01-1",
            "26-11-21",
            "2026/11/21",
        ),
        *("2026-11-21T10:30", "2026-11-21 10:30+05:30", "2026-11-21T10:30+0530", "2026-11-21T10+05:30", "9" * 5000),
        *("2026-11-21T25:00Z", "2026-11-21T10:30:15.5Z", "2026-11-21t10:30z", "2026-11-21T10:30+25:00", "2026-11-21\n"),
        *("２０２６-11-21", "२०२६-11-21", " 2026-11-21", "2026-1-1"),
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_stamp(text, moments=True)
    assert caught.value.code == "bad-date"
    assert len(caught.value.message) < 100


def test_where_only_a_day_makes_sense_a_moment_is_refused_with_the_day() -> None:
    with pytest.raises(BadValue) as caught:
        parse_stamp("2026-11-21T10:30+05:30", moments=False)
    assert caught.value.code == "bad-date"
    assert caught.value.hint == "write 2026-11-21"
    with pytest.raises(BadValue, match="not a date"):
        parse_stamp("21 nov", moments=False)


def test_two_spellings_of_one_instant_are_equal_and_a_day_is_no_moment() -> None:
    here = parse_stamp("2026-11-21T10:30+05:30", moments=True)
    there = parse_stamp("2026-11-21T05:00:00Z", moments=True)
    assert here == there
    assert hash(here) == hash(there)
    assert parse_stamp("2026-11-21", moments=True) != parse_stamp("2026-11-21T00:00Z", moments=True)


def test_a_day_sorts_at_its_noon_and_a_moment_falls_on_the_day_of_the_zone() -> None:
    day = parse_stamp("2026-11-21", moments=True)
    before = parse_stamp("2026-11-21T11:59:59+05:30", moments=True)
    behind = parse_stamp("2026-11-21T23:30:00-05:00", moments=True)
    assert before.key(KOLKATA) + 1 == day.key(KOLKATA)
    assert day.instant(KOLKATA).isoformat() == "2026-11-21T12:00:00+05:30"
    assert behind.day(KOLKATA) == date(2026, 11, 22)
    assert behind.day(NEW_YORK) == day.day(KOLKATA) == date(2026, 11, 21)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_do_no_harm(text: str) -> None:
    stamp = parse_stamp(text, moments=True)
    assert stamp.day(KOLKATA).year in (1, 9999)
    assert isinstance(stamp.key(NEW_YORK), int)


def test_what_crm_writes_has_seconds_and_a_whole_offset() -> None:
    assert stamp_of(date(2026, 11, 21)).text == "2026-11-21"
    assert stamp_of(datetime(2026, 9, 25, 16, 20, tzinfo=KOLKATA)).text == "2026-09-25T16:20:00+05:30"
    assert stamp_of(datetime(2026, 9, 25, 16, 20, 5, 999, tzinfo=UTC)).text == "2026-09-25T16:20:05+00:00"
    old = datetime(1850, 1, 1, 12, 0, tzinfo=KOLKATA)
    assert old.utcoffset() % timedelta(minutes=1)  # type: ignore[operator]
    assert parse_stamp(stamp_of(old).text, moments=True).key(UTC) == stamp_of(old).key(UTC)
    with pytest.raises(ValueError, match="offset"):
        stamp_of(datetime(2026, 1, 1))


ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES).map(
    lambda m: m.replace(microsecond=0)
)


@given(st.dates() | MOMENTS)
def test_what_is_written_is_read_back(when: date) -> None:
    stamp = stamp_of(when)
    assert parse_stamp(stamp.text, moments=True) == stamp == Stamp("", when)


@given(st.lists(MOMENTS, min_size=2, max_size=2))
def test_keys_sort_as_moments_do(moments: list[datetime]) -> None:
    first, second = (stamp_of(moment) for moment in moments)
    assert (first.key(UTC) < second.key(UTC)) == (moments[0] < moments[1])


def test_birthdays_may_lack_the_year() -> None:
    assert parse_partial("1984-03-14") == PartialDate("", 1984, 3, 14)
    assert parse_partial("--03-14") == PartialDate("", None, 3, 14)
    assert parse_partial("--02-29").in_year(2026) == date(2026, 2, 28)
    assert parse_partial("--02-29").in_year(2028) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("--02-30", "no-such-day"),
            ("--13-01", "no-such-day"),
            ("--00-01", "no-such-day"),
            ("--01-00", "no-such-day"),
        ),
        *(("1985-02-29", "no-such-day"), ("03-14", "bad-date"), ("-03-14", "bad-date"), ("1984", "bad-date")),
        *(("--3-14", "bad-date"), ("--०३-14", "bad-date"), ("1984-03-14T10:00Z", "bad-date")),
    ],
)
def test_other_birthdays_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_partial(text)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("30d", "2026-01-31", "2026-03-02"),
        ("6w", "2026-11-21", "2027-01-02"),
        ("1mo", "2026-01-31", "2026-02-28"),
        ("13mo", "2026-12-31", "2028-01-31"),
        ("1y", "2024-02-29", "2025-02-28"),
        ("0d", "2026-01-31", "2026-01-31"),
        ("9999y", "2026-01-31", "9999-12-31"),
        ("9999w", "9999-01-01", "9999-12-31"),
    ],
)
def test_a_span_leads_to_a_day(text: str, day: str, expected: str) -> None:
    span = parse_duration(text)
    assert span.after(date.fromisoformat(day)) == date.fromisoformat(expected)
    assert span.text == text


def test_a_span_leads_back_too_but_not_out_of_the_calendar() -> None:
    assert parse_duration("2w").after(date(2026, 11, 21), -1) == date(2026, 11, 7)
    assert parse_duration("9999w").after(date(100, 1, 1), -1) == date.min
    assert parse_duration("9999mo").after(date(100, 1, 1), -1) == date.min


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(-1000, 1000))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("text", "ideal", "maximum"),
    [
        ("6w", Duration(6, "w"), Duration(9, "w")),
        ("6w..8w", Duration(6, "w"), Duration(8, "w")),
        ("1w", Duration(1, "w"), Duration(11, "d")),
        ("30d", Duration(30, "d"), Duration(45, "d")),
        ("5d", Duration(5, "d"), Duration(8, "d")),
        ("1mo", Duration(1, "mo"), Duration(45, "d")),
        ("2mo", Duration(2, "mo"), Duration(3, "mo")),
        ("1y", Duration(1, "y"), Duration(18, "mo")),
        ("3w..1mo", Duration(3, "w"), Duration(1, "mo")),
    ],
)
def test_a_cadence_alone_may_run_over_by_half(text: str, ideal: Duration, maximum: Duration) -> None:
    cadence = parse_cadence(text)
    assert (cadence.text, cadence.ideal, cadence.maximum) == (text, ideal, maximum)


@pytest.mark.parametrize(
    "text", ["", "6", "w", "-6w", "6 w", "6m", "8w..6w", "6w..", "..6w", "0w", "1.5w", "६w", "12345d"]
)
def test_other_cadences_are_refused(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_cadence(text)
    assert caught.value.code == "bad-cadence"
    assert caught.value.hint


@pytest.mark.parametrize("text", ["9999-12-31T23:59:00-12:00", "0001-01-01T00:00:00+12:00"])
def test_a_moment_that_is_none_in_utc_stays_as_it_is_written(text: str) -> None:
    stamp = stamp_of(datetime.fromisoformat(text))
    assert (stamp.text, stamp) == (text, parse_stamp(text, moments=True))
    assert stamp.day(UTC) == date.fromisoformat(text[:10])
    assert stamp.local(UTC) == stamp.when
