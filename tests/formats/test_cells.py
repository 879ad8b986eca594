"""The cells of CSV and TSV say every value, and say it back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_cli.base.errors import BadValue
from crm_cli.formats.cells import cell, parse_cell, row
from crm_cli.schema.field import Field

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(";:\\ e,'\"\n"))
LABELS = st.none() | TEXTS
ITEMS = st.fixed_dictionaries({"label": LABELS, "value": TEXTS})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("आशा शर्मा", "आशा शर्मा"),
        (True, "true"),
        (False, "false"),
        (42, "42"),
        (Decimal("1.10"), "1.10"),
        ({"amount": "75000", "currency": "INR"}, "75000 INR"),
        ({"value": True, "date": "2026-11-21"}, "yes 2026-11-21"),
        ({"value": False, "date": None}, "no"),
        (["vip", "a; b", "c\\d"], r"vip; a\; b; c\\d"),
        ([], ""),
        ({}, ""),
        (
            [{"label": "mobile", "value": "+91 98765 43210"}, {"label": None, "value": "+91 22 2778 0000"}],
            "mobile: +91 98765 43210; +91 22 2778 0000",
        ),
        ([{"amount": "10", "currency": "EUR"}, {"amount": "5", "currency": "INR"}], "10 EUR; 5 INR"),
        ([{"label": "office", "value": {"city": "Surat"}}], '[{"label":"office","value":{"city":"Surat"}}]'),
        ([{"stage": "won", "by": None}], '[{"stage":"won","by":null}]'),
        ({"likes": "चाय"}, '{"likes":"चाय"}'),
        ([["a"], "b"], '[["a"],"b"]'),
        ([1, True], "1; true"),
        (["", "a"], r"\e; a"),
        ([{"label": None, "value": "see: this"}], r"see\: this"),
        ([{"label": "", "value": "x"}, {"label": "a:b", "value": ""}], r"\e: x; a\:b: \e"),
        (2.5, "2.5"),
    ],
)
def test_how_each_value_reads(value: Any, text: str) -> None:
    assert cell(value) == text


def test_a_row_is_its_cells() -> None:
    values = ("x", None, 3, ["a", "b"], {"amount": "1", "currency": "INR"})
    assert row(values) == [cell(value) for value in values]


@given(st.lists(TEXTS, min_size=1))
@example(["a;", ";b", "\\", "\\e", " x "])
def test_lists_come_back_as_they_were(items: list[str]) -> None:
    assert parse_cell(cell(items), Field("tags", "list")) == items


@given(st.lists(ITEMS, min_size=1))
@example([{"label": "a: b", "value": ": c"}, {"label": None, "value": "d:"}, {"label": ":", "value": "e"}])
@example([{"label": None, "value": "https://acme.example/?q=a; b"}])
def test_labelled_items_come_back_as_they_were(items: list[dict[str, Any]]) -> None:
    assert parse_cell(cell(items), Field("handles", "labelled", item="text")) == items


@given(
    st.lists(st.fixed_dictionaries({"label": LABELS, "value": st.dictionaries(TEXTS, TEXTS | st.none())}), min_size=1)
)
def test_addresses_come_back_as_they_were(items: list[dict[str, Any]]) -> None:
    assert parse_cell(cell(items), Field("addresses", "labelled", item="address")) == items


@given(st.lists(st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), min_size=1), min_size=1))
def test_lists_of_maps_come_back_as_they_were(maps: list[dict[str, Any]]) -> None:
    field = Field("relations", "maps")
    if not all(one.keys() in ({"amount", "currency"}, {"label", "value"}) for one in maps):
        assert parse_cell(cell(maps), field) == maps


@given(st.booleans(), st.none() | st.dates().map(str))
def test_consent_comes_back_as_it_was(value: bool, day: str | None) -> None:
    said = {"value": value, "date": day}
    assert parse_cell(cell(said), Field("consent.email", "consent")) == said


def test_totals_come_back_as_they_were() -> None:
    totals = [{"amount": "10.50", "currency": "EUR"}, {"amount": "5", "currency": "INR"}]
    assert parse_cell(cell(totals), Field("open_amount", "totals")) == totals
    assert parse_cell("about ten", Field("open_amount", "totals")) == ["about ten"]


@pytest.mark.parametrize("type", ["text", "long", "money", "date", "number", "link", "bool", "duration", "choice"])
def test_one_value_is_given_on_as_it_was_typed(type: str) -> None:
    assert parse_cell("75000 INR; x", Field("amount", type)) == "75000 INR; x"
    assert parse_cell("", Field("amount", type)) is None


@pytest.mark.parametrize(
    ("text", "items"),
    [("a;b", ["a", "b"]), ("a; b;", ["a", "b"]), ("a; b; ", ["a", "b"]), ("a\\", ["a\\"]), ("a;;b", ["a", "", "b"])],
)
def test_lists_that_people_typed_are_understood(text: str, items: list[str]) -> None:
    assert parse_cell(text, Field("tags", "list")) == items


def test_an_address_in_one_line_is_one_address() -> None:
    field = Field("addresses", "labelled", item="address")
    assert parse_cell("12 Ring Road; Surat", field) == [{"label": None, "value": "12 Ring Road; Surat"}]
    assert parse_cell('{"city": "Surat"}', field) == [{"city": "Surat"}]


def test_consent_of_all_channels_is_a_map() -> None:
    field = Field("consent", "consent")
    assert parse_cell('{"email":null}', field) == {"email": None}
    assert parse_cell("perhaps", field) == "perhaps"


@pytest.mark.parametrize("field", [Field("relations", "maps"), Field("custom", "custom"), Field("facts", "facts")])
def test_a_cell_that_should_be_json_names_its_field(field: Field) -> None:
    assert parse_cell("[]", field) == []
    with pytest.raises(BadValue, match=f"{field.name}: this is not JSON"):
        parse_cell("mother: usha", field)
