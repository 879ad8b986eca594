"""Values in the columns of tables for people, and the widths of those columns."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.formats.shown import NARROWEST, fit, in_column
from crm_cli.schema.table import Column


@pytest.mark.parametrize(
    ("value", "column", "brief", "text"),
    [
        ("2026-11-21T16:30:00+05:30", Column("at", "moment"), (), "2026-11-21 16:30"),
        ("2026-11-21T16:30:00+05:30", Column("at", "moment"), ("moment",), "2026-11-21"),
        ("asha-sharma-k7m3q9", Column("id"), (), "asha-sharma-k7m3q9"),
        ("asha-sharma-k7m3q9", Column("id"), ("id",), "k7m3q9"),
        ({"amount": "125000", "currency": "INR"}, Column("amount", "money"), (), "₹1,25,000"),
        (None, Column("at", "moment"), (), ""),
    ],
)
def test_a_value_in_its_column(value: Any, column: Column, brief: tuple[str, ...], text: str) -> None:
    assert in_column(value, column, "IN", brief) == text


@given(st.lists(st.integers(0, 80), min_size=1, max_size=9), st.integers(0, 200))
def test_columns_fill_at_most_the_room_unless_it_is_too_little_for_all(widest: list[int], room: int) -> None:
    widths = fit(widest, room)
    assert sum(widths) <= max(room, sum(min(cells, NARROWEST) for cells in widest))
    assert all(cells <= wanted for cells, wanted in zip(widths, widest, strict=True))
