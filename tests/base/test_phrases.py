"""Dates in words, understood on Wednesday the 18th of November 2026 at three in the afternoon."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import BadRequest
from crm_cli.base.phrases import Frame, Look, longest_prefix, understand, understand_partial, understand_range

KOLKATA = ZoneInfo("Asia/Kolkata")
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=KOLKATA)
AHEAD, PAST, QUERY = (Frame(NOW, look=look) for look in ("ahead", "past", "query"))


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        *(("2026-11-21", "2026-11-21"), ("2026/11/21", "2026-11-21"), ("2026-1-2", "2026-01-02")),
        *(("today", "2026-11-18"), ("Tomorrow", "2026-11-19"), ("yesterday", "2026-11-17"), ("  TODAY ", "2026-11-18")),
        *(
            ("+3d", "2026-11-21"),
            ("-2w", "2026-11-04"),
            ("+1mo", "2026-12-18"),
            ("+1y", "2027-11-18"),
            ("+0d", "2026-11-18"),
        ),
        *(("next mon", "2026-11-23"), ("next wed", "2026-11-25"), ("next Sunday", "2026-11-29")),
        *(("last fri", "2026-11-13"), ("last wed", "2026-11-11"), ("पिछले सोमवार", "2026-11-16")),
        *(("अगले सोमवार", "2026-11-23"), ("agle shukravar", "2026-11-27")),
        *(
            ("eow", "2026-11-22"),
            ("eom", "2026-11-30"),
            ("eoq", "2026-12-31"),
            ("eoy", "2026-12-31"),
            ("eofy", "2027-03-31"),
        ),
        *(("end of month", "2026-11-30"), ("EOM", "2026-11-30")),
        *(("21 nov 2026", "2026-11-21"), ("Nov 21, 2026", "2026-11-21"), ("21st November 2026", "2026-11-21")),
        *(("1 sept 2027", "2027-09-01"), ("२१ नवंबर २०२६", "2026-11-21"), ("21 नवम्बर 2026", "2026-11-21")),
        *(
            ("21/11/26", "2026-11-21"),
            ("21/11/2026", "2026-11-21"),
            ("21.11.26", "2026-11-21"),
            ("21-11-2026", "2026-11-21"),
        ),
        *(("आज", "2026-11-18"), ("aaj", "2026-11-18")),
    ],
)
@pytest.mark.parametrize("frame", [AHEAD, PAST, QUERY], ids=["ahead", "past", "query"])
def test_these_mean_the_same_whichever_way_one_looks(phrase: str, expected: str, frame: Frame) -> None:
    assert understand(phrase, frame).text == expected


@pytest.mark.parametrize(
    ("phrase", "ahead", "past", "query"),
    [
        ("fri", "2026-11-20", "2026-11-13", "2026-11-20"),
        ("wednesday", "2026-11-25", "2026-11-11", "2026-11-25"),
        ("thurs", "2026-11-19", "2026-11-12", "2026-11-19"),
        ("tue", "2026-11-24", "2026-11-17", "2026-11-24"),
        ("शुक्रवार", "2026-11-20", "2026-11-13", "2026-11-20"),
        ("somwar", "2026-11-23", "2026-11-16", "2026-11-23"),
        ("21 nov", "2026-11-21", "2025-11-21", "2026-11-21"),
        ("nov 17", "2027-11-17", "2026-11-17", "2026-11-17"),
        ("18 nov", "2026-11-18", "2026-11-18", "2026-11-18"),
        ("21/11", "2026-11-21", "2025-11-21", "2026-11-21"),
        ("29 feb", "2028-02-29", "2024-02-29", None),
        ("२१ नवंबर", "2026-11-21", "2025-11-21", "2026-11-21"),
        ("कल", "2026-11-19", "2026-11-17", None),
        ("kal", "2026-11-19", "2026-11-17", None),
        ("परसों", "2026-11-20", "2026-11-16", None),
        ("parson", "2026-11-20", "2026-11-16", None),
    ],
)
def test_these_depend_on_which_way_one_looks(phrase: str, ahead: str, past: str, query: str | None) -> None:
    assert understand(phrase, AHEAD).text == ahead
    assert understand(phrase, PAST).text == past
    if query is None:
        with pytest.raises(BadRequest):
            understand(phrase, QUERY)
    else:
        assert understand(phrase, QUERY).text == query


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("2026-11-21T10:30+02:00", "2026-11-21T10:30:00+02:00"),
        ("2026-11-21T10:30:15Z", "2026-11-21T10:30:15+00:00"),
        ("2026-11-21T10:30", "2026-11-21T10:30:00+05:30"),
        ("2026-11-21 10:30", "2026-11-21T10:30:00+05:30"),
        ("fri 10:30", "2026-11-20T10:30:00+05:30"),
        ("tomorrow 3pm", "2026-11-19T15:00:00+05:30"),
        ("tomorrow at 3:30 pm", "2026-11-19T15:30:00+05:30"),
        ("today 12am", "2026-11-18T00:00:00+05:30"),
        ("today 12 pm", "2026-11-18T12:00:00+05:30"),
        ("today noon", "2026-11-18T12:00:00+05:30"),
        ("कल 10 बजे", "2026-11-19T10:00:00+05:30"),
        ("शुक्रवार १० बजे", "2026-11-20T10:00:00+05:30"),
        ("kal 4:30 baje", "2026-11-19T04:30:00+05:30"),
        ("21 nov 2026 09:05", "2026-11-21T09:05:00+05:30"),
        ("21 nov 3pm", "2026-11-21T15:00:00+05:30"),
        ("+3d 10:30:15", "2026-11-21T10:30:15+05:30"),
        ("next mon 9am", "2026-11-23T09:00:00+05:30"),
    ],
)
def test_a_time_makes_it_a_moment(phrase: str, expected: str) -> None:
    assert understand(phrase, AHEAD).text == expected


@pytest.mark.parametrize(
    "phrase",
    [
        *("", " ", "asap", "soon", "10:30", "3pm", "10 बजे", "2026-11", "2026-Q4", "FY2026-27", "mon 10", "nov", "21"),
        *(
            "31 feb",
            "2026-02-30",
            "32/01/26",
            "fri 25:00",
            "fri 13pm",
            "fri 10:75",
            "next 21 nov",
            "last 21 nov",
            "in 3 days",
        ),
        *(
            "+3",
            "3d",
            "+3 d",
            "++3d",
            "-3x",
            "21 foo",
            "tomorrow tomorrow",
            "रवि",
            "21/11/026",
            "21/11-26",
            "०",
            "x" * 500,
        ),
        *("9999-99-99", "29 feb 2027", "nov 31", "0 nov", "fri\x00", "1.5.", "2026-11-21T10:30+25:00", "0000-01-01"),
    ],
)
@pytest.mark.parametrize("look", ["ahead", "past", "query"])
def test_what_is_not_in_the_grammar_is_refused_with_examples(phrase: str, look: Look) -> None:
    with pytest.raises(BadRequest) as caught:
        understand(phrase, Frame(NOW, look=look))
    assert "2026-11-21" in caught.value.hint
    assert len(caught.value.message) < 200


def test_in_a_query_kal_asks_for_the_date() -> None:
    with pytest.raises(BadRequest, match="both ways") as caught:
        understand_range("कल", QUERY)
    assert "write the date" in caught.value.hint


@pytest.mark.parametrize(
    ("order", "phrase", "expected"),
    [
        ("dmy", "05/11/26", "2026-11-05"),
        ("mdy", "05/11/26", "2026-05-11"),
        ("ymd", "05/11/26", "2005-11-26"),
        ("ymd", "26-11-05", "2026-11-05"),
        ("mdy", "05/11", "2027-05-11"),
        ("ymd", "11/21", "2026-11-21"),
        ("mdy", "05/11/2026", "2026-05-11"),
        ("dmy", "2026/05/11", "2026-05-11"),
    ],
)
def test_numbers_stand_in_the_order_of_the_book(order: str, phrase: str, expected: str) -> None:
    assert understand(phrase, Frame(NOW, date_order=order)).text == expected


def test_weeks_and_financial_years_are_those_of_the_book() -> None:
    sunday = Frame(NOW, week_start="sunday", fiscal_year_start="11-18")
    assert understand("eow", sunday).text == "2026-11-21"
    assert understand("next sun", sunday).text == "2026-11-22"
    assert understand("eofy", sunday).text == "2027-11-17"
    first, last = understand_range("FY2026-27", sunday)
    assert (first.date(), last.date()) == (date(2026, 11, 18), date(2027, 11, 17))
    assert understand("eofy", Frame(datetime(2026, 2, 1, tzinfo=KOLKATA))).text == "2026-03-31"


@pytest.mark.parametrize("day", range(1, 15))
@pytest.mark.parametrize("name", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
def test_a_weekday_is_within_a_week_and_never_today(day: int, name: str) -> None:
    now = datetime(2026, 6, day, 12, tzinfo=KOLKATA)
    ahead, past = (understand(name, Frame(now, look=look)).when for look in ("ahead", "past"))
    assert isinstance(ahead, date)
    assert 1 <= (ahead - now.date()).days <= 7
    assert (ahead - past).days in (7, 14)  # type: ignore[operator]
    assert f"{ahead:%a}".lower() == name


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00", "2026-12-31T23:59:59"),
        ("2026-11", "2026-11-01T00:00:00", "2026-11-30T23:59:59"),
        ("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"),
        ("2026-Q4", "2026-10-01T00:00:00", "2026-12-31T23:59:59"),
        ("2026-q1", "2026-01-01T00:00:00", "2026-03-31T23:59:59"),
        ("FY2026-27", "2026-04-01T00:00:00", "2027-03-31T23:59:59"),
        ("FY2026-2027", "2026-04-01T00:00:00", "2027-03-31T23:59:59"),
        ("FY2099-00", "2099-04-01T00:00:00", "2100-03-31T23:59:59"),
        ("today", "2026-11-18T00:00:00", "2026-11-18T23:59:59"),
        ("-90d", "2026-08-20T00:00:00", "2026-08-20T23:59:59"),
        ("2026-11-21", "2026-11-21T00:00:00", "2026-11-21T23:59:59"),
        ("today 10:30", "2026-11-18T10:30:00", "2026-11-18T10:30:59"),
        ("today 10:30:05", "2026-11-18T10:30:05", "2026-11-18T10:30:05"),
        ("2026-11-21T10:30+05:30", "2026-11-21T10:30:00", "2026-11-21T10:30:59"),
        ("2026-11-21T10:30:05+05:30", "2026-11-21T10:30:05", "2026-11-21T10:30:05"),
        ("9999-12-31", "9999-12-31T00:00:00", "9999-12-31T23:59:59"),
    ],
)
def test_a_range_goes_from_its_first_to_its_last_second(phrase: str, first: str, last: str) -> None:
    assert [moment.isoformat() for moment in understand_range(phrase, QUERY)] == [f"{first}+05:30", f"{last}+05:30"]


@pytest.mark.parametrize(
    "phrase", ["2026-13", "2026-00", "2026-Q5", "FY2026-28", "FY2026", "0026", "whenever", "2026-11-31"]
)
def test_other_ranges_are_refused(phrase: str) -> None:
    with pytest.raises(BadRequest) as caught:
        understand_range(phrase, QUERY)
    assert "2026-Q4" in caught.value.hint


def test_an_hour_that_the_zone_skips_is_the_one_after_it() -> None:
    frame = Frame(datetime(2026, 3, 1, 12, tzinfo=NEW_YORK))
    assert understand("2026-03-08 02:30", frame).text == "2026-03-08T03:30:00-04:00"
    first, last = understand_range("2026-03-08", frame)
    assert last - first == timedelta(hours=24, seconds=-1)  # on the wall
    assert last.timestamp() - first.timestamp() == 23 * 3600 - 1


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    frame = Frame(datetime(2026, 10, 1, 12, tzinfo=NEW_YORK))
    assert understand("2026-11-01 01:30", frame).text == "2026-11-01T01:30:00-04:00"
    first, last = understand_range("2026-11-01", frame)
    assert last.timestamp() - first.timestamp() == 25 * 3600 - 1


def test_a_day_whose_midnight_is_skipped_begins_at_its_first_second() -> None:
    frame = Frame(datetime(2018, 10, 1, 12, tzinfo=ZoneInfo("America/Sao_Paulo")))
    first, _ = understand_range("2018-11-04", frame)
    _, before = understand_range("2018-11-03", frame)
    assert first.isoformat() == "2018-11-04T01:00:00-02:00"
    assert first.timestamp() - before.timestamp() == 1


@pytest.mark.parametrize(
    ("words", "day", "count"),
    [
        ("fri Call back", "2026-11-20", 1),
        ("fri", "2026-11-20", 1),
        ("next mon Send the quote", "2026-11-23", 2),
        ("21 nov 2026 Send", "2026-11-21", 3),
        ("tomorrow 10 बजे फ़ोन", "2026-11-19T10:00:00+05:30", 3),
        ("tomorrow 10:30 Call", "2026-11-19T10:30:00+05:30", 2),
        ("+1w: may send", "2026-11-25", 1),
        ("21 nov: 2027 plans", "2026-11-21", 2),
        ("21 nov 2026 10:30: Send", "2026-11-21T10:30:00+05:30", 4),
        ("fri call: him", "2026-11-20", 1),
        ("कल रवि को फ़ोन", "2026-11-19", 1),
    ],
)
def test_the_longest_beginning_that_is_a_date_wins(words: str, day: str, count: int) -> None:
    found = longest_prefix(words.split(), AHEAD)
    assert found is not None
    assert (found[0].text, found[1]) == (day, count)


@pytest.mark.parametrize("words", ["", "may send", "Call fri", "call: fri", "रवि को फ़ोन", "31 feb send"])
def test_a_text_that_begins_with_no_date_has_none(words: str) -> None:
    assert longest_prefix(words.split(), AHEAD) is None


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        *(("1984-03-14", "1984-03-14"), ("--03-14", "--03-14"), ("14 mar", "--03-14"), ("mar 14", "--03-14")),
        *(
            ("14 mar 1984", "1984-03-14"),
            ("14/03/1984", "1984-03-14"),
            ("14/03/84", "1984-03-14"),
            ("29 feb", "--02-29"),
        ),
        *(("१४ मार्च", "--03-14"), ("14/03/24", "2024-03-14"), ("today", "2026-11-18")),
    ],
)
def test_birthdays_are_understood_too(phrase: str, expected: str) -> None:
    assert understand_partial(phrase, PAST).text == expected


@pytest.mark.parametrize("phrase", ["", "30 feb", "--02-30", "today 10:30", "1984", "31/02/84"])
def test_other_birthdays_are_refused(phrase: str) -> None:
    with pytest.raises(BadRequest) as caught:
        understand_partial(phrase, PAST)
    assert "14 mar" in caught.value.hint


@given(st.text(max_size=80), st.sampled_from([AHEAD, PAST, QUERY]))
def test_no_text_does_harm(text: str, frame: Frame) -> None:
    for reader in (understand, understand_range, understand_partial):
        with suppress(BadRequest):
            assert reader(text, frame)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_a_day_written_in_any_way_is_that_day(day: date, order: str) -> None:
    frame = Frame(NOW, date_order=order)
    for form in ("%Y-%m-%d", "%d %b %Y", "%B %d, %Y", "%Y/%m/%d"):
        assert understand(f"{day:{form}}", frame).when == day
