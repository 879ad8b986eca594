"""Lets somebody choose one of a list, which narrows as they type."""

from collections.abc import Awaitable, Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from crm_cli.base.text import clip, fold, visible
from crm_cli.tui.beside import beside
from crm_cli.tui.dialogs.along import Along
from crm_cli.tui.dialogs.understood import TITLE, Understood

Check = Callable[[str], Awaitable[Understood]]
Choice = tuple[str, str]
"""What is given back, and what is said of it beside."""


class Choose(Along[str]):
    """A list under a line to type in. With `check` other words than those of the list may be typed too.

    `typed` stands in the line at first, chosen as a whole: the first key replaces it, an arrow key keeps it.
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        at: str = "",
        typed: str = "",
        check: Check | None = None,
        hint: str = "",
    ) -> None:
        super().__init__()
        self.heading = title
        self.choices = choices
        self.at = at
        self.typed = typed
        self.check = check
        self.hint = hint
        self.shown: list[Choice] = []

    def compose(self) -> ComposeResult:
        """Title, line, list, what is understood."""
        with Vertical(classes="dialog"):
            yield Static(clip(visible(self.heading), TITLE), classes="title", markup=False)
            yield Input(self.typed, compact=True, placeholder=self.hint or "type to narrow")
            yield OptionList(compact=True, markup=False)
            yield Static("", classes="told", markup=False)
            yield Static("enter takes it   esc leaves", classes="keys", markup=False)

    def on_mount(self) -> None:
        """The whole list, at what stands now."""
        self._narrow(self.typed)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Fewer choices, and what the words mean by themselves."""
        self._narrow(event.value)
        if self.check:
            self.look(event.value)

    def _narrow(self, typed: str) -> None:
        wanted = fold(typed.strip())
        self.shown = [each for each in self.choices if wanted in fold(each[0]) or (wanted and wanted in fold(each[1]))]
        self.shown.sort(key=lambda each: not fold(each[0]).startswith(wanted))
        options = self.query_one(OptionList)
        options.clear_options()
        widest = max((len(word) for word, _about in self.shown), default=0)
        options.add_options(
            [Option(Content(f"{visible(word):<{widest}}  {visible(about)}".rstrip())) for word, about in self.shown]
        )
        words = [word for word, _about in self.shown]
        options.highlighted = words.index(self.at) if self.at in words and not wanted else 0 if words else None
        options.display = bool(words)

    @beside("look")
    async def look(self, typed: str) -> None:
        """Says what the typed words mean."""
        assert self.check
        told = await self.check(typed) if typed.strip() else Understood("")
        line = self.query_one(".told", Static)
        line.update(visible(told.text))
        line.set_class(not told.fits, "wrong")

    @on(Input.Submitted)
    async def take(self, event: Input.Submitted) -> None:
        """What the cursor of the list stands on, or what was typed."""
        event.stop()
        typed = event.value.strip()
        at = self.query_one(OptionList).highlighted
        if self.shown and at is not None:
            self.dismiss(self.shown[at][0])
        elif self.check and typed and (await self.check(typed)).fits:
            self.dismiss(typed)

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        self.dismiss(self.shown[event.option_index][0])
