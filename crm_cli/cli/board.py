"""Draws pipelines as boards on a terminal: a column for each open stage, its deals as cards, closed stages as sums."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.cli.page import BOLD, wrapped
from crm_cli.formats.shown import for_reader
from crm_cli.schema.agenda import local_day
from crm_cli.schema.context import Context
from crm_cli.services.deals.board import Card, Lane, Pile, Stack
from crm_cli.services.overview.ago import day_short

GAP = 2
NARROWEST = 18
WIDEST = 34
FEWEST_CARDS = 2
MARK = "! "
_WARN = "\x1b[33m!\x1b[0m "
_CARD = 2
"""Lines of a card."""


@dataclass(frozen=True, slots=True)
class Wall:
    """Where a board is drawn: cells, lines, colour, and how many cards a column may have (None: as fit)."""

    context: Context
    cells: int
    lines: int
    colored: bool = False
    cards: int | None = None


def draw_board(lanes: Sequence[Lane], wall: Wall) -> Iterator[str]:
    """The lines of all boards, one pipeline below the other."""
    full = [lane for lane in lanes if any(stack.all.count for stack in lane.stacks.values())]
    cards = wall.cards if wall.cards is not None else _room_for_cards(full, wall)
    for place, lane in enumerate(lanes):
        yield from [""] if place else []
        if lane in full:
            yield from _lane(lane, wall, cards)
        else:
            yield _bold(visible(lane.name), wall) + ": no deals"
    if cards and any(card.why for lane in full for stack in lane.open for card in stack.cards):
        yield ""
        yield f"{MARK}is stuck: crm pipeline --stalled says why"


def _room_for_cards(lanes: Sequence[Lane], wall: Wall) -> int:
    """How many cards of each column fit the screen, two lines each, the prompt and a legend below them."""
    bands = [band for lane in lanes for band in _bands(lane.open, wall.cells)]
    taken = sum(_head(band) + 3 for band in bands) + sum(3 + len(lane.closed) for lane in lanes) + 3
    highest = [max((len(stack.cards) for stack in band), default=0) for band in bands]
    cards = FEWEST_CARDS
    # A row of columns with few deals leaves its lines to the others.
    while cards < max(highest, default=0):
        if taken + _CARD * sum(min(cards + 1, most) for most in highest) > wall.lines:
            break
        cards += 1
    return cards


def _bands(stacks: Sequence[Stack], cells: int) -> list[Sequence[Stack]]:
    """The columns, as many side by side as fit, and about as many in each row of them."""
    fit = max(1, (cells + GAP) // (NARROWEST + GAP))
    rows = -(-len(stacks) // fit)
    each = -(-len(stacks) // rows) if rows else 1
    return [stacks[at : at + each] for at in range(0, len(stacks), each)]


def _head(band: Sequence[Stack]) -> int:
    """Lines above the cards: the stage, a line for each sum and each weighted sum, a rule."""
    return 2 + max(len(stack.all.sums) + len(stack.weighted.sums) for stack in band)


def _lane(lane: Lane, wall: Wall, cards: int) -> Iterator[str]:
    whole, weighted = lane.sums()
    country = wall.context.settings.country
    sums = f", {for_reader(whole.totals, country)}" if whole.sums else ""
    sums += f" (≈ {for_reader(weighted.totals, country)} weighted)" if weighted.sums else ""
    first, *rest = wrapped(f"{visible(lane.name)}: {whole.count} open{sums}", wall.cells)
    yield _bold(first, wall)
    yield from rest
    for band in _bands(lane.open, wall.cells):
        yield ""
        yield from _band(band, wall, cards)
    if closed := [stack for stack in lane.closed if stack.all.count]:
        yield ""
        label = max(width(visible(stack.stage)) for stack in closed)
        for stack in closed:
            name = visible(stack.stage)
            yield from [clip(f"{name}{' ' * (label - width(name))}  {_outcome(stack, country)}", wall.cells)]


def _outcome(stack: Stack, country: str) -> str:
    return f"{_pile(stack.lately, country)} this month; {_pile(stack.all, country)} in all"


def _pile(pile: Pile, country: str) -> str:
    sums = f" ({', '.join(for_reader(amount, country) for amount in pile.totals)})" if pile.sums else ""
    return f"{pile.count}{sums}"


def _band(band: Sequence[Stack], wall: Wall, cards: int) -> Iterator[str]:
    cells = min(WIDEST, (wall.cells - GAP * (len(band) - 1)) // len(band))
    columns = [list(_column(stack, _head(band), cells, wall, cards)) for stack in band]
    for number, row in enumerate(zip_longest(*columns, fillvalue="")):
        texts = [text + " " * (cells - width(text)) for text in row]
        if wall.colored:
            texts = [BOLD.format(text) if not number else _warned(text) for text in texts]
        yield (" " * GAP).join(texts).rstrip()


def _column(stack: Stack, head: int, cells: int, wall: Wall, cards: int) -> Iterator[str]:
    country = wall.context.settings.country
    count = str(stack.all.count)
    name = clip(visible(stack.stage or "(no stage)"), cells - len(count) - 1)
    sums = [for_reader(amount, country) for amount in stack.all.totals]
    sums += [f"≈ {for_reader(amount, country)}" for amount in stack.weighted.totals]
    yield name + " " * (cells - width(name) - len(count)) + count
    yield from (clip(text, cells) for text in sums)
    yield from [""] * (head - 2 - len(sums))
    if cards:
        yield "─" * cells
    for card in stack.cards[:cards]:
        yield clip(f"{MARK if card.why else ''}{visible(card.name)}", cells)
        yield _worth(card, cells, country, wall.context)
    more = len(stack.cards) - cards
    if cards and more > 0:
        yield f"… {more} more"


def _worth(card: Card, cells: int, country: str, context: Context) -> str:
    """The amount, and to the right the day of the next step where both fit."""
    amount: Mapping[str, Any] | None = card.amount
    text = f" {clip(for_reader(amount, country), cells - 1)}" if amount else ""
    step = day_short(local_day(card.next_task, context), context.today) if card.next_task else ""
    blank = cells - width(text) - width(step)
    return text + " " * blank + step if step and blank > 0 else text


def _bold(text: str, wall: Wall) -> str:
    return BOLD.format(text) if wall.colored else text


def _warned(text: str) -> str:
    return _WARN + text.removeprefix(MARK) if text.startswith(MARK) else text
