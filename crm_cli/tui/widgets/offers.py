"""The list below a line of what it could become."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from crm_cli.base.text import visible, width
from crm_cli.services.offering import Offer, is_closed
from crm_cli.services.underway import kind_promised
from crm_cli.tui.widgets.line import LABEL, Line

if TYPE_CHECKING:
    from crm_cli.tui.widgets.blanks import Row

TALLEST = 6


class Offers(OptionList, can_focus=False):
    """One list for all lines of a form: it stands where the keyboard is, and never takes it."""

    def __init__(self) -> None:
        super().__init__(compact=True, markup=False)
        self.offered: Sequence[Offer] = ()
        self._row: Row | None = None
        self._line: Line | None = None
        self.display = False

    def offer(self, row: "Row", line: Line, offered: Sequence[Offer]) -> None:
        """Shows what the line could become; where only that fits, the first one that exists is ready to be taken."""
        self._row, self._line, self.offered = row, line, offered
        self.clear_options()
        texts = [visible(f"{each.shown}  {each.about}".rstrip()) for each in offered]
        self.add_options([Option(text) for text in texts])
        ready = offered and line.value.strip() and is_closed(row.blank.field) and not kind_promised(offered[0].id)
        self.highlighted = 0 if ready else None  # what would be made is gone to first: it may be a slip of the hand
        self.display = bool(offered)
        if offered:
            region = line.region
            tall = min(len(texts), TALLEST)
            below = region.bottom + tall <= self.screen.size.height
            self.styles.width = min(max(map(width, texts)) + 4, max(region.width - LABEL, 12))
            self.styles.height = tall
            self.styles.offset = Offset(region.x + LABEL, region.y + 1 if below else region.y - tall)

    def hide(self) -> bool:
        """Without offers; whether there were any."""
        had = bool(self.offered)
        self.offered = ()
        self.display = False
        return had

    def step(self, by: int) -> bool:
        """Along the offers; whether there are any to go to."""
        at = self.highlighted
        if not self.offered or (at is None and by < 0):
            return False
        self.highlighted = 0 if at is None else min(max(at + by, 0), len(self.offered) - 1)
        return True

    def take(self) -> bool:
        """Puts the offer under the cursor into the line; whether there was one."""
        if not self.offered or self.highlighted is None or self._row is None or self._line is None:
            return False
        taken = self.offered[self.highlighted]
        if taken.name:
            self._row.names[taken.name] = taken.id
        self._line.put(taken.line)
        return self.hide()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes the offer."""
        event.stop()
        self.highlighted = event.option_index
        self.take()
