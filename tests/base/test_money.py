"""Money and numbers: strict in files, generous on the command line, grouped for people, sortable as text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import BadValue
from crm_cli.base.money import (
    Money,
    file_text,
    for_people,
    order_key,
    parse_money,
    parse_number,
    understand_money,
)


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("75000 INR", Money("75000", "INR")),
        ("INR 75000", Money("75000", "INR")),
        ("75000", Money("75000", "INR")),
        ("1250.50 EUR", Money("1250.50", "EUR")),
        ("-12.5 USD", Money("-12.5", "USD")),
        ("999999999999999.999999 USD", Money("999999999999999.999999", "USD")),
    ],
)
def test_a_file_holds_digits_and_a_currency(text: str, money: Money) -> None:
    assert parse_money(text, "INR") == money
    assert parse_money(text, "INR").digits == money.digits


def test_amounts_are_equal_as_numbers() -> None:
    assert Money("1250.50", "EUR") == Money("1250.5", "EUR")
    assert hash(Money("1250.50", "EUR")) == hash(Money("1250.5", "EUR"))
    assert Money("1", "EUR") != Money("1", "USD")
    assert Money("1", "EUR") != "1 EUR"
    assert Money("1250.50", "EUR").amount == Decimal("1250.5")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "INR",
            "1e9999999",
            "1E5",
            "1,50,000.00",
            "₹1500",
            "१२",
            "１２",
            "12 inr",
            "12 INRX",
            "+12",
            "--12",
            "1_000",
        ),
        *(
            "1234567890123456",
            "1.1234567",
            ".5",
            "5.",
            "12 INR INR",
            "INR 12 INR",
            "12\tINR",
            "1.5L",
            "NaN",
            "inf",
            "9" * 5000,
        ),
    ],
)
def test_anything_else_is_no_money(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_money(text, "INR")
    assert caught.value.code == "bad-money"
    assert caught.value.hint
    assert len(caught.value.message) < 100


def test_the_hint_is_what_to_write_where_the_amount_is_clear() -> None:
    for text, hint in [("1,50,000.00", "write 150000.00"), ("₹1500", "write 1500 INR"), ("1.5L", "write 150000")]:
        with pytest.raises(BadValue) as caught:
            parse_money(text, "INR")
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("text", "written"),
    [
        *(("50000", "50000 INR"), ("₹1,00,000", "100000 INR"), ("1.5L", "150000 INR"), ("2 lakh", "200000 INR")),
        *(
            ("3cr", "30000000 INR"),
            ("50k", "50000 INR"),
            ("USD 200", "200 USD"),
            ("200 USD", "200 USD"),
            ("$200", "200 USD"),
        ),
        *(
            ("€1,234.50", "1234.50 EUR"),
            ("£5", "5 GBP"),
            ("usd 200", "200 USD"),
            ("Rs. 500", "500 INR"),
            ("रु ५००", "500 INR"),
        ),
        *(("2 लाख", "200000 INR"), ("१.५ करोड़", "15000000 INR"), ("5 हज़ार", "5000 INR"), ("5 हजार", "5000 INR")),
        *(("1.23456 l", "123456 INR"), ("1.2345678 L", "123456.78 INR"), ("-50k", "-50000 INR"), ("₹-5", "-5 INR")),
        *(("1.5L USD", "150000 USD"), ("USD 2m", "2000000 USD"), ("2 lakh rupees", "200000 INR"), ("0.5k", "500 INR")),
        *(("0k", "0 INR"), ("-$5", "-5 USD"), ("12345,678 NPR", "")),
    ],
)
def test_what_people_type_is_understood(text: str, written: str) -> None:
    if not written:
        with pytest.raises(BadValue):
            understand_money(text, "INR")
    else:
        assert file_text(understand_money(text, "INR")) == written


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "abc",
            "1e5",
            "１２",
            "1,50",
            "1.50.0",
            "12,34",
            "5 k k",
            "USD 5 EUR",
            "k5",
            "lakh 5",
            "--5",
            "-₹-5",
            "5 xyz",
        ),
        *("9999999999 cr", "1.2345678", "5%", "5 USD 6", "1,0000"),
    ],
)
def test_what_is_not_clear_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        understand_money(text, "INR")
    assert caught.value.code == "bad-money"
    assert "1.5L" in caught.value.hint


MONEY = st.builds(
    Money,
    st.from_regex(r"\A-?[0-9]{1,15}(\.[0-9]{1,6})?\Z").filter(str.isascii),
    st.from_regex(r"\A[A-Z]{3}\Z").filter(str.isascii),
)


@given(MONEY)
def test_money_is_read_back_as_written(money: Money) -> None:
    for back in (parse_money(file_text(money), "XXX"), understand_money(file_text(money), "XXX")):
        assert (back.digits, back.currency) == (money.digits, money.currency)


@given(MONEY, st.sampled_from(["IN", "DE"]))
def test_what_people_read_can_be_typed_again(money: Money, country: str) -> None:
    assert understand_money(for_people(money, country), "XXX") == money


@pytest.mark.parametrize(
    ("digits", "currency", "country", "shown"),
    [
        ("100000", "INR", "IN", "₹1,00,000"),
        ("12345678.90", "INR", "IN", "₹1,23,45,678.90"),
        ("100000", "INR", "DE", "₹100,000"),
        ("-1234567", "USD", "US", "-$1,234,567"),
        ("999", "INR", "IN", "₹999"),
        ("1000", "INR", "IN", "₹1,000"),
        ("1234", "CHF", "CH", "CHF 1,234"),
    ],
)
def test_people_read_groups(digits: str, currency: str, country: str, shown: str) -> None:
    assert for_people(Money(digits, currency), country) == shown


DECIMALS = st.decimals(Decimal(-(10**30) + 1), Decimal(10**30 - 1), allow_nan=False, places=30) | st.decimals(
    -1000, 1000, allow_nan=False, places=3
)


@given(DECIMALS, DECIMALS)
def test_keys_sort_as_numbers_do(first: Decimal, second: Decimal) -> None:
    assert (order_key(first) < order_key(second)) == (first < second)
    assert (order_key(first) == order_key(second)) == (first == second)


def test_keys_of_the_ends_and_of_zero() -> None:
    ordered = [
        "-999999999999999999999999999999",
        "-10",
        "-9.5",
        "-9",
        "-0.1",
        "0",
        "0.1",
        "1",
        "9",
        "9.5",
        "10",
        "1000",
    ]
    keys = [order_key(Decimal(number)) for number in ordered]
    assert keys == sorted(keys)
    assert order_key(Decimal("-0")) == order_key(Decimal("0.000")) == order_key(Decimal("-1E-40"))
    with pytest.raises(ValueError, match="too large"):
        order_key(Decimal("1E+30"))


@pytest.mark.parametrize("text", ["0", "-0", "1250.5", "-3", "9" * 30, "0." + "1" * 29])
def test_a_number_is_kept_as_written(text: str) -> None:
    assert parse_number(text) == text


@pytest.mark.parametrize(
    "text", ["", "01", "+1", "1e5", ".5", "5.", "1,000", "१", "１", "9" * 31, "9" * 5000, "-", "1 ", "0x1F"]
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_number(text)
    assert caught.value.code == "bad-number"
