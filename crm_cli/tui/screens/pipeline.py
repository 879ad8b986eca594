"""The deals by stage: what each stage is worth, what is stuck; a key or the mouse moves a deal along."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from crm_cli.base.text import clip, visible, width
from crm_cli.book import Book
from crm_cli.formats.shown import for_reader
from crm_cli.schema.context import Context
from crm_cli.services.deals.board import Lane, lanes
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import BOARD
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.board import Board, Column
from crm_cli.tui.widgets.cards import Cards
from crm_cli.tui.widgets.charts import Charts
from crm_cli.tui.widgets.rows import Rows

WIDE = 160
"""From so many cells on the charts stand beside the board."""


class About(Static):
    """The name of the pipeline and what it is worth; to the right what is out of sight."""

    def __init__(self) -> None:
        super().__init__(id="about", markup=False)
        self.left = ""
        self.right = ""

    def render(self) -> Content:
        """Both ends; the left one gives way."""
        right = clip(self.right, self.size.width)
        left = clip(self.left, max(0, self.size.width - width(right) - 2))
        return Content.assemble((left, "bold"), " " * (self.size.width - width(left) - width(right)), right)


class Pipeline(Page):
    """A column for each open stage."""

    place: ClassVar[str] = "pipeline"
    BINDINGS: ClassVar[list[BindingType]] = [*BOARD]

    def __init__(self) -> None:
        super().__init__()
        self.lanes: Sequence[Lane] = ()
        self._shown = 0
        self._stalled = False
        self._charts: bool | None = None
        self._at = ""
        """The deal under the cursor: it is followed into whichever column it goes."""
        self._going: dict[str, str] = {}
        """Where deals are on their way to: a second key goes on from there, also before the board shows it."""
        self._moving = 0

    def body(self) -> ComposeResult:
        """The name of the pipeline above its board; the charts where there is much room, or when asked for."""
        yield About()
        with Horizontal(id="deals"):
            yield Board()
            yield Charts()

    @property
    def board(self) -> Board:
        """The columns."""
        return self.query_one(Board)

    @property
    def lane(self) -> Lane:
        """The pipeline that is shown."""
        return self.lanes[self._shown]

    @property
    def _cards(self) -> Cards | None:
        return self.board.columns[self.board.here].cards if self.board.columns else None

    def chosen(self) -> list[str]:
        """The deals that are marked, in any column, else the one under the cursor."""
        marked = [key for column in self.board.columns if column.cards.marked for key in column.cards.chosen]
        return marked or (self._cards.chosen if self._cards else [])

    # -- what is shown

    async def load(self) -> None:
        """Every pipeline, in one question."""
        stalled = self._stalled

        def answer(book: Book) -> tuple[list[Lane], Context]:
            selection = book.parse([], [book.kinds["deal"]])
            return lanes(book, selection, only_stalled=stalled), book.context

        self.lanes, self._asked = await self.crm.desk.ask(answer)
        if not self._moving:
            self._going.clear()
        self._shown = min(self._shown, len(self.lanes) - 1)
        await self._show()
        self._draw_charts()

    def on_resize(self) -> None:
        """The charts are seen where there is room for them."""
        self._draw_charts()

    @beside("charts")
    async def _draw_charts(self) -> None:
        shown = self.size.width >= WIDE if self._charts is None else self._charts
        await self.query_one(Charts).draw(self.crm.desk, shown)

    async def _show(self) -> None:
        at, first = self._at, self.focused is None
        await self.board.show(self.lane, self._asked)
        found = self.board.place_of(at) if at else None
        if found is not None:
            self.board.go(found, at)
        elif first or self.focused not in [column.cards for column in self.board.columns]:
            filled = (place for place, column in enumerate(self.board.columns) if column.cards.items)
            self.board.go(next(filled, 0))
        self._tell()

    def _tell(self) -> None:
        lane, country = self.lane, self._asked.settings.country
        whole, weighted = lane.sums()
        sums = f", {for_reader(whole.totals, country)}" if whole.sums else ""
        sums += f" (≈ {for_reader(weighted.totals, country)})" if weighted.sums else ""
        which = f" {self._shown + 1}/{len(self.lanes)}" if len(self.lanes) > 1 else ""
        what = "stuck" if self._stalled else "open"
        nothing = "" if whole.count else "nothing is stuck: ! shows all" if self._stalled else "a adds a deal"
        about = self.query_one(About)
        about.left = f"{visible(lane.name)}{which}: {whole.count} {what}{sums}" + (f", {nothing}" if nothing else "")
        left, right = self.board.hidden
        about.right = "  ".join(text for text in (_aside("◀", left), _aside("▶", right)) if text)
        about.refresh()
        self.tell("! is stuck" if any(card.why for stack in lane.open for card in stack.cards) else "")

    def on_board_seen(self) -> None:
        """Says which columns are out of sight now."""
        if self.lanes:
            self._tell()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Remembers the deal that is followed."""
        if event.rows is self.focused:
            self._at = event.rows.key

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Another column has the cursor."""
        if isinstance(event.widget, Cards):
            self._at = event.widget.key
            self.board.reveal()

    # -- commands

    def action_stage_on(self) -> None:
        """The deal goes to the next stage."""
        self._along(1)

    def action_stage_back(self) -> None:
        """The deal goes to the stage before."""
        self._along(-1)

    def _along(self, by: int) -> None:
        """Moves the marked deals of this column, or the one under the cursor."""
        if self._cards is None or not self._cards.chosen:
            return
        refs = self._cards.chosen
        here = self._going.get(refs[0], self.board.columns[self.board.here].stage)
        stage = next_stage(self.lane, here, by)
        if stage is not None:
            self._move(refs, stage)

    def on_board_dropped(self, event: Board.Dropped) -> None:
        """Moves the deal that was dropped, and those that are marked with it."""
        chosen = self.chosen()
        self._at = event.key
        self._move(chosen if event.key in chosen else [event.key], event.stage)

    def _move(self, refs: Sequence[str], stage: str) -> None:
        async def move() -> None:
            self._going |= dict.fromkeys(refs, stage)
            self._moving += 1
            moved = False
            try:
                moved = await self.move_to(refs, stage)
            finally:
                self._moving -= 1
                if not moved:
                    self._going.clear()

        self._hand.begin(move, "move", stage, *refs)

    async def action_next_pipeline(self) -> None:
        """The next pipeline."""
        await self._turn(1)

    async def action_previous_pipeline(self) -> None:
        """The pipeline before."""
        await self._turn(-1)

    async def _turn(self, by: int) -> None:
        if len(self.lanes) > 1:
            self._shown = (self._shown + by) % len(self.lanes)
            self._at = ""
            self.set_focus(None)
            await self._show()

    def action_stalled(self) -> None:
        """Only the deals that nobody moves, or all again."""
        self._stalled = not self._stalled
        self.reload()

    def action_charts(self) -> None:
        """Shows the charts, or hides them."""
        self._charts = not self.query_one(Charts).display
        self._draw_charts()


def next_stage(lane: Lane, here: str, by: int) -> str | None:
    """The stage behind or before one; beside a stage that is unknown the last open one and the first closed one."""
    names = [stack.stage for stack in lane.stacks.values() if stack.known]
    opened = len([stack for stack in lane.open if stack.known])
    place = names.index(here) + by if here in names else opened - (by < 0)
    return names[place] if 0 <= place < len(names) else None


def _aside(arrow: str, columns: Sequence[Column]) -> str:
    names = [f"{visible(column.stage or '(no stage)')} ({len(column.cards.items)})" for column in columns]
    return f"{arrow} {', '.join(clip(name, 20) for name in names)}" if names else ""
