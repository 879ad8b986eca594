"""How far away a day is, in words."""

from datetime import date, timedelta

import pytest

from crm_cli.services.ago import ago, day_name, day_short, span

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (1, "1 day"),
        (13, "13 days"),
        (14, "2 weeks"),
        (59, "8 weeks"),
        (60, "2 months"),
        (699, "23 months"),
        (700, "1 year"),
        (800, "2 years"),
    ],
)
def test_a_span_is_told_in_the_unit_that_says_enough(days: int, text: str) -> None:
    assert span(days) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "today"), (1, "yesterday"), (-1, "tomorrow"), (21, "3 weeks ago"), (-6, "in 6 days"), (2, "2 days ago")],
)
def test_a_day_is_told_from_today(days: int, text: str) -> None:
    assert ago(TODAY - timedelta(days=days), TODAY) == text


def test_a_day_far_away_has_its_year() -> None:
    assert day_name(date(2026, 11, 26), TODAY) == "26 November"
    assert day_name(date(2027, 1, 5), TODAY) == "5 January"
    assert day_name(date(2024, 3, 3), TODAY) == "3 March 2024"
    assert day_short(date(2026, 11, 26), TODAY) == "26 Nov"
    assert day_short(date(2024, 3, 3), TODAY) == "Mar 2024"
