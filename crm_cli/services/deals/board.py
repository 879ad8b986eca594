"""The pipelines as boards: for each open stage its sums and its deals, for each closed one what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from typing import Any

from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.schema.agenda import local_day
from crm_cli.schema.condition import And, Selection, Sort
from crm_cli.schema.settings import Pipeline
from crm_cli.schema.table import Column, Table
from crm_cli.services.deals.stuck import NEEDED, reasons, stalled

_PATHS = (
    *((name,) for name in (*NEEDED, "name", "amount", "weighted", "closed_at", "id", "days_in_stage")),
    ("organization", "name"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """A deal on the board; `amount` as a map of JSON, `next_task` a day or moment, `why` it is stuck.

    `organization` is a name, `days` are those that it has been in its stage.
    """

    id: str
    name: str
    amount: Mapping[str, str] | None
    next_task: str | None
    why: tuple[str, ...]
    organization: str = ""
    days: int | None = None


@dataclass(slots=True)
class Pile:
    """Some deals: how many, and their sum in each currency."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, amount: Mapping[str, str] | None) -> None:
        """One more."""
        self.count += 1
        self.add_amount(amount)

    def add_amount(self, amount: Mapping[str, str] | None) -> None:
        """What one more is worth."""
        if amount:
            code = amount["currency"]
            self.sums[code] = self.sums.get(code, Decimal(0)) + Decimal(amount["amount"])

    @property
    def totals(self) -> list[dict[str, str]]:
        """The sums in JSON form, sorted by currency."""
        return [{"amount": f"{self.sums[code]:f}", "currency": code} for code in sorted(self.sums)]


@dataclass(slots=True)
class Stack:
    """The deals of a stage; of a closed one `lately` are those of this month, of an open one there are cards.

    One that is not `known` is no stage of its pipeline: only its deals say that there is one.
    """

    stage: str
    closed: bool = False
    known: bool = True
    all: Pile = field(default_factory=Pile)
    weighted: Pile = field(default_factory=Pile)
    lately: Pile = field(default_factory=Pile)
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lane:
    """A pipeline with all of its stages, behind them those that only its deals know."""

    name: str
    stacks: Mapping[str, Stack]

    @property
    def open(self) -> list[Stack]:
        """The stages of deals that are still to be won."""
        return [stack for stack in self.stacks.values() if not stack.closed]

    @property
    def closed(self) -> list[Stack]:
        """The stages of deals that are over."""
        return [stack for stack in self.stacks.values() if stack.closed]

    def sums(self) -> tuple[Pile, Pile]:
        """The deals that are still to be won, and what they are worth by the probability of their stages."""
        whole, weighted = Pile(), Pile()
        for stack in self.open:
            whole.count += stack.all.count
            for totals, pile in ((stack.all.totals, whole), (stack.weighted.totals, weighted)):
                for amount in totals:
                    pile.add_amount(amount)
        return whole, weighted


def lanes(book: Book, selection: Selection, *, only_stalled: bool = False) -> list[Lane]:
    """Every pipeline of the book with the selected deals, the ones that close first on top."""
    made = {line.name: _lane(line) for line in book.settings.pipelines.values()}
    for deal in _deals(book, selection, only_stalled):
        line = book.settings.pipeline(deal["pipeline"]) or book.settings.default_pipeline
        stacks: Any = made[line.name].stacks
        stack = stacks.setdefault(deal["stage"] or "", Stack(deal["stage"] or "", known=False))
        stack.all.add(deal["amount"])
        if not stack.closed:
            stack.weighted.add_amount(deal["weighted"])
            stack.cards.append(_card(book, deal))
        elif deal["closed_at"] and _this_month(deal["closed_at"], book):
            stack.lately.add(deal["amount"])
    return list(made.values())


def _card(book: Book, deal: Mapping[str, Any]) -> Card:
    why = tuple(reasons(book, deal))
    firm = deal["organization.name"] or ""
    name = deal["name"] or deal["id"]
    return Card(deal["id"], name, deal["amount"], deal["next_task"], why, firm, deal["days_in_stage"])


def _lane(line: Pipeline) -> Lane:
    return Lane(line.name, {stage.name: Stack(stage.name, stage.closed) for stage in line.stages})


def _this_month(at: str, book: Book) -> bool:
    day, today = local_day(at, book.context), book.context.today
    return (day.year, day.month) == (today.year, today.month)


def _deals(book: Book, selection: Selection, only_stalled: bool) -> Iterator[dict[str, Any]]:
    if only_stalled:
        selection = replace(selection, condition=And((selection.condition, stalled(book))))
    selection = replace(selection, sort=selection.sort or (Sort(("close_date",)),))
    names = [".".join(path) for path in _PATHS]
    for row in book.index.select([book.kinds["deal"]], selection, _PATHS):
        yield dict(zip(names, row, strict=True))


def stuck_deals(book: Book, selection: Selection) -> tuple[Table, list[str]]:
    """The stalled deals of a selection as rows, and every reason of each."""
    several = len(book.settings.pipelines) > 1
    rows: list[Sequence[Any]] = []
    whys = []
    for deal in _deals(book, selection, only_stalled=True):
        line = book.settings.pipeline(deal["pipeline"])
        stage = f"{line.name}: {deal['stage']}" if several and line else deal["stage"]
        rows.append((stage, deal["name"], deal["amount"], handle(deal["id"])))
        whys.append(", ".join(reasons(book, deal)))
    return Table("stuck", (Column("stage"), Column("name"), Column("amount", "money"), Column("handle")), rows), whys
