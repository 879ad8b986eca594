"""Pictures of numbers in plain blocks: how much was talked, what each stage is worth, what the months may bring."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from textual.content import Content
from textual.widgets import Static

from crm_cli.base.lean import dataclass
from crm_cli.base.money import Money, for_people
from crm_cli.base.text import clip, visible, width
from crm_cli.book import Book
from crm_cli.services.deals.pipeline import board
from crm_cli.services.overview.figures import activity, forecast
from crm_cli.tui.desk import Desk

LEVELS = "▁▂▃▄▅▆▇█"
NOTHING = "·"
EIGHTHS = " ▏▎▍▌▋▊▉"
CURRENCIES = 2
"""So many currencies have bars of their own."""
LABEL = 13
Bar = tuple[str, Decimal, str]
"""Its label, how long it is, what is written behind it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows of the tables that are drawn, the country that says how amounts are written, the book's currency."""

    activity: Sequence[Sequence[Any]]
    stages: Sequence[Sequence[Any]]
    forecast: Sequence[Sequence[Any]]
    country: str
    currency: str
    today: date


def figures(book: Book) -> Figures:
    """The numbers of all charts."""
    stages = board(book, book.parse([], [book.kinds["deal"]]))
    closed = {
        (line.name, stage.name) for line in book.settings.pipelines.values() for stage in line.stages if stage.closed
    }
    return Figures(
        list(activity(book).rows),
        [row for row in stages.rows if (row[0], row[1]) not in closed],
        list(forecast(book).rows),
        book.settings.country,
        book.settings.currency,
        book.context.today,
    )


class Charts(Static):
    """The charts, one below the other."""

    def __init__(self) -> None:
        super().__init__(id="charts", markup=False)
        self._figures: Figures | None = None

    async def draw(self, desk: Desk, shown: bool) -> None:
        """The charts of the book as it is now, or none."""
        self.display = shown
        if shown:
            self.tell(await desk.ask(figures))

    def tell(self, found: Figures) -> None:
        """Other numbers."""
        self._figures = found
        self.refresh(layout=True)

    def render(self) -> Content:
        """As wide as there is room."""
        lines = chart_lines(self._figures, self.size.width) if self._figures else ()
        return Content("\n").join([Content.styled(text, "bold") if bold else Content(text) for text, bold in lines])


def chart_lines(found: Figures, room: int) -> Iterator[tuple[str, bool]]:
    """Every chart under its heading; a line, and whether it is a heading. Charts without numbers are left out."""
    counts = [row[1] for row in found.activity]
    if total := sum(counts):
        yield f"{total} {'talk' if total == 1 else 'talks'} in {len(counts)} days, most {max(counts)} a day", True
        yield sparkline(counts, room), False
        first = date.fromisoformat(found.activity[0][0])
        cells = min(room, len(counts))
        start = f"{first.day} {first:%b}"
        yield start + "today".rjust(max(6, cells - len(start))), False
        yield "", False
    several = len({row[0] for row in found.stages}) > 1
    stages = [(f"{row[0]}: {row[1]}" if several else row[1] or "(no stage)", row[4]) for row in found.stages]
    months = [
        (_month(row[0], found.today), row[3]) for row in found.forecast if row[1] or row[0] not in ("late", "later")
    ]
    codes = _currencies(found)
    for code in codes[:CURRENCIES]:
        behind = f", {code}" if len(codes) > 1 else ""
        for title, rows in (("Pipeline", stages), ("Forecast", months)):
            sums = [(label, _sum(totals, code)) for label, totals in rows]
            if any(sum for _label, sum in sums):
                yield f"{title}, weighted{behind}", True
                shown = [(label, sum, _amount(sum, code, found.country)) for label, sum in sums]
                yield from ((line, False) for line in bars(shown, room))
                yield "", False
    if more := codes[CURRENCIES:]:
        yield f"also in {', '.join(more)}", False


def _currencies(found: Figures) -> list[str]:
    """Those of the open deals, the book's own first, then the most frequent ones."""
    seen = [amount["currency"] for row in found.stages for amount in row[4]]
    return sorted(set(seen), key=lambda code: (code != found.currency, -seen.count(code), code))


def _sum(totals: Sequence[Mapping[str, str]], code: str) -> Decimal:
    return next((Decimal(each["amount"]) for each in totals if each["currency"] == code), Decimal(0))


def _amount(sum: Decimal, code: str, country: str) -> str:
    return for_people(Money(f"{round(sum)}", code), country) if sum else "-"


def _month(name: str, today: date) -> str:
    if name in ("late", "later"):
        return name
    day = date.fromisoformat(f"{name}-01")
    return f"{day:%b}" if day.year == today.year else f"{day:%b %Y}"


def sparkline(values: Sequence[int], room: int) -> str:
    """A block for each value, a dot for none; where there is too little room several values stand in one block."""
    if not values or room < 1:
        return ""
    each = -(-len(values) // room)
    padded = [0] * (-len(values) % each) + list(values)
    piles = [sum(padded[at : at + each]) for at in range(0, len(padded), each)]
    top = max(piles)
    return "".join(LEVELS[(pile * len(LEVELS) - 1) // top] if pile else NOTHING for pile in piles)


def bars(rows: Sequence[Bar], room: int) -> list[str]:
    """A line for each row: its label, a bar in proportion to the longest, what it stands for."""
    label = min(LABEL, max((width(visible(name)) for name, _value, _text in rows), default=0))
    number = max((width(text) for _name, _value, text in rows), default=0)
    cells = max(0, room - label - number - 2)
    top = max((value for _name, value, _text in rows), default=Decimal(0))
    lines = []
    for name, value, text in rows:
        shown = clip(visible(name), label)
        drawn = bar(value / top if top else Decimal(0), cells)
        line = f"{shown}{' ' * (label - width(shown))} {drawn}{' ' * (cells - width(drawn))} {text.rjust(number)}"
        lines.append(clip(line.rstrip(), room))
    return lines


def bar(part: Decimal, cells: int) -> str:
    """A bar of a part of so many cells, to the eighth of one; never nothing for something."""
    eighths = round(max(Decimal(0), min(part, Decimal(1))) * cells * 8)
    eighths = max(eighths, 1) if part > 0 and cells else eighths
    full, rest = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[rest] if rest else "")
