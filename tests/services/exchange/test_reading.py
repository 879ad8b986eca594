"""Dates by letters, numbers by a sample, names by a template."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.clock import zone
from crm_cli.base.errors import BadValue, Invalid
from crm_cli.schema.context import Context
from crm_cli.schema.field import Field
from crm_cli.schema.settings import Settings
from crm_cli.services.entry import Entry
from crm_cli.services.exchange.reading import numbers_of, parse_template, read_date, reader

NOW = datetime(2026, 11, 20, 10, tzinfo=zone("Asia/Kolkata"))
ENTRY = Entry(Context(Settings(), NOW), lambda _to, text: text)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("m/d/Y", "10/20/2016", "2016-10-20"),
        ("m/d/Y", "3/1/2017", "2017-03-01"),
        ("d.m.y", "01.03.17", "2017-03-01"),
        ("d.m.y", "01.03.69", "1969-03-01"),
        ("d b Y", "1 March 2017", "2017-03-01"),
        ("d-b-y", "01-Mar-17", "2017-03-01"),
        ("b d, Y", "Sept. 1, 2017", "2017-09-01"),
        ("Y-m-d H:M", "2017-03-01 9:05", "2017-03-01T09:05:00+05:30"),
        ("d/m/Y H:M:S", "1/3/2017   09:05:07", "2017-03-01T09:05:07+05:30"),
    ],
)
def test_dates_are_read_by_their_letters(form: str, text: str, expected: str) -> None:
    assert read_date(text, form, ENTRY).text == expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("m/d/Y", "20/10/2016"),
        ("m/d/Y", "2/30/2016"),
        ("m/d/Y", "10-20-2016"),
        ("m/d/Y", "10/20/2016 10:00"),
        ("d b Y", "1 Foo 2017"),
        ("d/m", "1/3"),
        ("d/m/Y H:M", "1/3/2017 25:00"),
    ],
)
def test_dates_that_do_not_fit_are_refused(form: str, text: str) -> None:
    with pytest.raises(BadValue):
        read_date(text, form, ENTRY)


@pytest.mark.parametrize("form", ["", "Y", "m/Y", "d/m/Q", "d/m/d"])
def test_forms_of_dates_that_cannot_be_are_refused(form: str) -> None:
    with pytest.raises(Invalid):
        read_date("1/1/2017", form, ENTRY)


def test_birthdays_may_lack_a_year_and_are_never_ahead() -> None:
    read = reader(Field("birthday", "partial"), ENTRY, dates="d/m")
    assert read("14/3").text == "--03-14"
    assert read("1984-03-14").text == "1984-03-14"
    read = reader(Field("birthday", "partial"), ENTRY, dates="d/m/y")
    assert read("14/3/34").text == "1934-03-14"
    assert read("14/3/24").text == "2024-03-14"


def test_the_letters_go_before_the_form_of_files() -> None:
    read = reader(Field("d", "date"), ENTRY, dates="Y-d-m")
    assert read("2017-03-01").text == "2017-01-03"
    assert reader(Field("d", "date"), ENTRY, dates="m/d/Y")("2017-03-01").text == "2017-03-01"
    with pytest.raises(Invalid, match="no day"):
        reader(Field("d", "date"), ENTRY, dates="m/d/Y")("2017-02-30")


def test_a_field_of_days_drops_the_time_and_one_of_moments_keeps_it() -> None:
    assert reader(Field("d", "date"), ENTRY, dates="d/m/Y H:M")("1/3/2017 23:30").text == "2017-03-01"
    assert reader(Field("d", "moment"), ENTRY, dates="d/m/Y H:M")("1/3/2017 23:30").text == "2017-03-01T23:30:00+05:30"


def test_without_letters_only_the_form_of_files_is_understood() -> None:
    read = reader(Field("d", "date"), ENTRY)
    assert read("2017-03-01").when == date(2017, 3, 1)
    for text in ("today", "1/3/2017", "2017-02-30"):
        with pytest.raises(Invalid):
            read(text)


@pytest.mark.parametrize(
    ("sample", "text", "expected"),
    [
        ("1,234.56", "1,054.50", "1054.50"),
        ("1,234.56", "1054", "1054"),
        ("1,23,456.78", "12,34,567", "1234567"),
        ("1.234,56", "-1.054,5", "-1054.5"),
        ("1 234,56", "1\u00a0054,5", "1054.5"),
        ("1234.56", "1054.5", "1054.5"),
        ("1,234", "1,054", "1054"),
        ("1234,5", "1054,5", "1054.5"),
        ("1234", "1054", "1054"),
        ("1'234.50", "1'054.5", "1054.5"),
    ],
)
def test_numbers_are_read_by_their_sample(sample: str, text: str, expected: str) -> None:
    assert numbers_of(sample).plain(text) == expected


@pytest.mark.parametrize(("sample", "text"), [("1,234.56", "1.054,50"), ("1.234,56", "1,054.50"), ("1234.56", "1,054")])
def test_numbers_written_in_another_way_are_refused_rather_than_guessed(sample: str, text: str) -> None:
    with pytest.raises(BadValue, match="not written as the sample"):
        numbers_of(sample).plain(text)


@pytest.mark.parametrize("sample", ["", "abc", "1,2.3,4", "1.2.3,4,5", "1,234.", "1a2", "1,2.3_4"])
def test_samples_that_are_none_are_refused(sample: str) -> None:
    with pytest.raises(Invalid, match="no sample"):
        numbers_of(sample)


@given(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]))
def test_any_number_comes_back_from_its_grouped_form(whole: int, cents: int, signs: tuple[str, str]) -> None:
    group, point = signs
    shown = f"{whole:,}".replace(",", group) + f"{point}{cents:02}"
    assert numbers_of(f"1{group}234{point}56").plain(shown) == f"{whole}.{cents:02}"


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["d/m/Y", "m-d-Y", "Y.m.d", "d b Y", "b d, Y"]))
def test_any_day_comes_back_from_its_written_form(day: date, form: str) -> None:
    shown = "".join(f"{day:%{c}}" if c.isalpha() else c for c in form)
    shown = shown if "Y" not in form else shown.replace(f"{day:%Y}", f"{day.year:04}")
    found = read_date(shown, form, ENTRY)
    assert not isinstance(found, str)
    assert found.when == day


def test_money_takes_signs_and_the_currency_of_its_column() -> None:
    read = reader(Field("amount", "money"), ENTRY, numbers="1,234.56", currency="USD")
    assert (read("1,054.50").digits, read("1,054.50").currency) == ("1054.50", "USD")
    assert (read("€ 1,054").digits, read("€ 1,054").currency) == ("1054", "EUR")
    assert reader(Field("amount", "money"), ENTRY)("1.5L").currency == "INR"
    for text in ("a lot", "1.054,50"):
        with pytest.raises(Invalid):
            read(text)


def test_whole_numbers_and_choices_are_checked() -> None:
    assert reader(Field("size", "integer"), ENTRY, numbers="1,234")("2,822") == 2822
    assert reader(Field("size", "integer"), ENTRY)("2822") == 2822
    with pytest.raises(Invalid):
        reader(Field("size", "integer"), ENTRY, numbers="1,234")("28.5")
    with pytest.raises(Invalid):
        reader(Field("kind", "choice", choices=("a", "b")), ENTRY)("c")


@pytest.mark.parametrize(
    ("template", "cells", "expected"),
    [
        ("{product}[ for {account}]", {"product": "GTX", "account": "Acme"}, "GTX for Acme"),
        ("{product}[ for {account}]", {"product": "GTX", "account": ""}, "GTX"),
        ("[{first}][ {last}]", {"first": "", "last": "Sharma"}, "Sharma"),
        ("[{first}][ {last}]", {}, ""),
        ("plain", {}, "plain"),
    ],
)
def test_a_part_in_brackets_goes_when_its_column_is_empty(template: str, cells: dict[str, str], expected: str) -> None:
    assert parse_template(template).fill(cells) == expected


@pytest.mark.parametrize("template", ["{a", "a}", "[a", "a]", "[[a]]", "{{a}}", "[{a]}"])
def test_brackets_must_close(template: str) -> None:
    with pytest.raises(Invalid, match="brackets that do not close"):
        parse_template(template)
