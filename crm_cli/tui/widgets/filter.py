"""The filter line: a query in the same words as on the command line, completed and answered while one types."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from crm_cli.base.errors import CrmError
from crm_cli.base.text import clip, visible, width
from crm_cli.book import Book
from crm_cli.services.suggest import Offer, query_words
from crm_cli.tui.beside import beside
from crm_cli.tui.commands import TYPING

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp

OFFERED = 8
TAKE = "tab takes it, down goes along"
HINT = "tag:vip  owner:me  created:2026-11  @view   tab completes, enter to the list"


class Filter(Vertical):
    """A line for a query over some kinds; it is there while somebody types and as long as it has words."""

    DEFAULT_CSS = """
    Filter { height: auto; display: none; }
    Filter.open { display: block; }
    Filter Horizontal { height: 1; }
    Filter .slash { width: 2; color: $text-primary; text-style: bold; }
    Filter Input { width: 1fr; background: $surface; }
    Filter .told { height: auto; max-height: 2; display: none; color: $text-muted; padding: 0 0 0 2; }
    Filter.typing .told { display: block; }
    Filter .told.wrong { color: $text-error; display: block; }
    Completions { overlay: screen; constrain: inside none; width: auto; height: auto; max-height: 8; display: none;
             background: $panel; color: $foreground; }
    Completions.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*TYPING]

    class Changed(Message):
        """Other words stand in the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Who typed wants to go on to the list."""

    def __init__(self, kinds: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.kinds = kinds
        self._wrong: CrmError | None = None

    def compose(self) -> ComposeResult:
        """The line, the offers over what is below it, what is wrong."""
        with Horizontal():
            yield Static("/", classes="slash")
            yield Input(compact=True, select_on_focus=False)
        yield Completions()
        yield Static(HINT, classes="told", markup=False)

    @property
    def text(self) -> str:
        """The words."""
        return self.query_one(Input).value.strip()

    @property
    def before(self) -> str:
        """The words before the one that is being typed."""
        return self._before().strip()

    def open(self) -> None:
        """Somebody wants to type, behind what stands there."""
        self.add_class("open")
        line = self.query_one(Input)
        if line.value and not line.value.endswith(" "):
            line.value += " "
        line.cursor_position = len(line.value)
        line.focus()

    def put(self, text: str) -> None:
        """Other words, from elsewhere."""
        self.query_one(Input).value = text
        self.query_one(Input).cursor_position = len(text)
        self.set_class(bool(text) or self.query_one(Input).has_focus, "open")

    def tell(self, error: CrmError | None) -> None:
        """What is wrong with the words, and what was meant perhaps."""
        self._wrong = error
        self._say()

    def _say(self) -> None:
        """What is wrong; while something is offered the words are not wrong yet, and the offers lie over the line."""
        room, offered = max((self.size.width or self.app.size.width) - 4, 20), self.query_one(Completions).words
        error = None if offered or self._begun().endswith(":") else self._wrong
        line = self.query_one(".told", Static)
        said = f"{error.message}{f' - {error.hint}' if error.hint else ''}" if error else HINT
        grows = error is not None or line.has_class("wrong")  # what is wrong may take two lines
        line.update(TAKE.rjust(room) if offered else clip(visible(said), 2 * room if error else room), layout=grows)
        line.set_class(error is not None, "wrong")

    def _show_offers(self, words: Sequence[str]) -> None:
        offers = self.query_one(Completions)
        offers.show(words)
        if offers.words:
            offers.styles.offset = (2 + width(self._before()), 0)
        self._say()

    # -- typing

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        """Tells the words on, and asks what could come next."""
        event.stop()
        self.post_message(self.Changed(event.value.strip()))
        if self.query_one(Input).has_focus:
            self.offer()

    @beside("offer")
    async def offer(self) -> None:
        """What could come next."""
        begun = self._begun()

        def ask(book: Book) -> Offer:
            found = query_words(book, begun, self.kinds, OFFERED)
            if begun.startswith("@"):  # a view whose name has blanks is written in quotes, which nobody types first
                found += query_words(book, f'@"{begun[1:]}', self.kinds, OFFERED)
            return found[:OFFERED]

        try:
            found = await cast("CrmApp", self.app).desk.ask(ask) if begun else []
        except CrmError:  # the list says what is wrong
            found = []
        self._show_offers([word for word, _about in found if word != begun])

    def _begun(self) -> str:
        line = self.query_one(Input)
        return line.value[: line.cursor_position][len(self._before()) :]

    def _before(self) -> str:
        """What stands before the word under the cursor; blanks in quotes are part of a word."""
        line = self.query_one(Input)
        start, quoted = 0, False
        for place, char in enumerate(line.value[: line.cursor_position]):
            quoted ^= char == '"'
            if char.isspace() and not quoted:
                start = place + 1
        return line.value[:start]

    def action_complete(self) -> None:
        """Takes the offer under the cursor, else the first."""
        self._take(self.query_one(Completions).taken(first=True))

    def _take(self, word: str | None) -> None:
        if word is None:
            return
        line, before = self.query_one(Input), self._before()
        rest = line.value[line.cursor_position :]
        done = word + ("" if word.endswith((":", ".", "~")) or rest.startswith(" ") else " ")
        line.value = before + done + rest
        line.cursor_position = len(before + done)

    def action_offer(self, by: int) -> None:
        """Along the offers; where there are none, down to the list."""
        offers = self.query_one(Completions)
        if offers.words:
            offers.step(by)
        elif by > 0:
            self.post_message(self.Left())

    @on(Input.Submitted)
    def leave(self, event: Input.Submitted | None = None) -> None:
        """Takes the offer that was gone to, else goes to the list."""
        if event:
            event.stop()
        word = self.query_one(Completions).taken()
        if word is not None:
            self._take(word)
            return
        self.post_message(self.Left())

    def action_close(self) -> None:
        """Closes the offers; without any, takes the filter away."""
        if self.query_one(Completions).words:
            self._show_offers([])
            return
        self.put("")
        self.post_message(self.Left())

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Typing begins."""
        self.add_class("typing")

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Typing ends."""
        self.remove_class("typing")
        self._show_offers([])
        self.set_class(bool(self.text), "open")


class Completions(Static):
    """Words that could come next, over what is below the line."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.words: Sequence[str] = ()
        self.at: int | None = None

    def show(self, words: Sequence[str]) -> None:
        """Other words; where there are none as before, nothing is laid out anew."""
        if not words and not self.words:
            return
        self.words, self.at = words, None
        self.set_class(bool(words), "open")
        self.refresh(layout=True)

    def step(self, by: int) -> None:
        """Up or down; above the first is the line itself."""
        places = [None, *range(len(self.words))]
        self.at = places[(places.index(self.at) + by) % len(places)]
        self.refresh()

    def taken(self, *, first: bool = False) -> str | None:
        """The word under the cursor; the first one if that is wanted and none was gone to."""
        if self.at is None:
            return self.words[0] if first and self.words else None
        return self.words[self.at]

    def render(self) -> Content:
        """One word a line."""
        widest = max(map(width, self.words), default=0)
        lines = []
        for place, word in enumerate(self.words):
            text = f"{'>' if place == self.at else ' '} {visible(word)}"
            text += " " * (widest + 3 - width(text))
            lines.append(Content.styled(text, "reverse") if place == self.at else Content(text))
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """A click takes the word."""
        if event.y < len(self.words) and isinstance(self.parent, Filter):
            self.at = event.y
            self.parent.leave()
