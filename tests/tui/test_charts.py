"""Pictures of numbers: in proportion, in their room, readable without colour; the numbers behind them."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.text import width
from crm_cli.book import Book, open_book
from crm_cli.services.overview.figures import activity, forecast
from crm_cli.tui.widgets.charts import bar, bars, chart_lines, figures, sparkline
from tests.shell import NOW, Shell


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Shell], Book]]:
    """Opens the book of a shell at the shell's moment."""
    monkeypatch.setenv("CRM_NOW", NOW)
    books: list[Book] = []

    def opening(shell: Shell) -> Book:
        books.append(open_book(shell.book, cache=False))
        return books[-1]

    yield opening
    for book in books:
        book.close()


def test_a_sparkline_tells_none_from_few_and_few_from_many() -> None:
    assert sparkline([0, 1, 4, 8], 10) == "·▁▄█"
    assert sparkline([0, 0], 10) == "··"
    assert sparkline([1], 10) == "█"
    assert sparkline([], 10) == sparkline([3], 0) == ""


def test_days_share_a_block_where_there_is_little_room() -> None:
    assert sparkline([1, 0, 0, 0, 1, 1], 3) == "▄·█"
    assert sparkline([9, 1, 1, 1, 1], 3) == "█▂▂"  # the newest ones are never cut


@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(0, 40))
def test_a_sparkline_stays_in_its_room(values: list[int], room: int) -> None:
    assert len(sparkline(values, room)) <= room


@pytest.mark.parametrize(
    ("part", "drawn"), [("0", ""), ("1", "████"), ("0.5", "██"), ("0.53", "██▏"), ("0.0001", "▏"), ("7", "████")]
)
def test_a_bar_is_in_proportion_to_the_eighth(part: str, drawn: str) -> None:
    assert bar(Decimal(part), 4) == drawn


@given(
    st.lists(st.tuples(st.text(max_size=30), st.integers(0, 10**9).map(Decimal), st.sampled_from(["₹1", "-"]))),
    st.integers(20, 60),
)
def test_bars_stay_in_their_room(rows: list[tuple[str, Decimal, str]], room: int) -> None:
    lines = bars(rows, room)
    assert len(lines) == len(rows)
    assert all(width(line) <= room for line in lines)


def test_the_forecast_knows_months_what_is_late_and_what_is_later(
    empty: Shell, opened: Callable[[Shell], Book]
) -> None:
    for name, close, rest in (
        ("a", "2026-11-19", ""), ("b", "2026-11-20", ""), ("c", "2026-11-30", "probability: 10\n"),
        ("d", "2027-01-05", ""), ("e", "2028-01-05", ""), ("f", "2026-12-01", "archived: 2026-11-01\n"),
    ):  # fmt: skip
        text = f"name: {name}\nstage: proposal\namount: 100 INR\nclose_date: {close}\n{rest}"
        empty.write(f"deals/{name}-aaaaa{name}.yaml", text)
    empty.write("deals/g-aaaaag.yaml", "name: g\nstage: won\namount: 9 INR\nclose_date: 2026-11-28\n")
    rows = [(row[0], row[1], [each["amount"] for each in row[3]]) for row in forecast(opened(empty), 3).rows]
    assert rows == [
        ("late", 1, ["50"]), ("2026-11", 2, ["60"]), ("2026-12", 0, []), ("2027-01", 1, ["50"]), ("later", 1, ["50"]),
    ]  # fmt: skip


def test_the_activity_counts_days_where_the_book_is(empty: Shell, opened: Callable[[Shell], Book]) -> None:
    for number, at in enumerate(
        ["2026-11-20T09:00:00+05:30", "2026-11-19T18:30:00Z", "2026-11-18T18:29:00Z", "2026-11-21", "2026-11-01"]
    ):
        empty.write(f"interactions/2026/11/{at[:10]}-call-aaaaa{number}.yaml", f"at: {at}\nkind: call\n")
    assert list(activity(opened(empty), 3).rows) == [("2026-11-18", 1), ("2026-11-19", 0), ("2026-11-20", 2)]


def test_a_book_without_numbers_has_no_charts(empty: Shell, opened: Callable[[Shell], Book]) -> None:
    assert list(chart_lines(figures(opened(empty)), 40)) == []
