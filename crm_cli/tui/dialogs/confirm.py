"""Asks yes or no, below what it is about."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_cli.base.text import clip, visible
from crm_cli.tui.commands import ENDING
from crm_cli.tui.dialogs.understood import TITLE


class Confirm(ModalScreen[bool]):
    """A question with its answer on two keys; enter is yes, escape is no."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes"),
        Binding("n,escape,ctrl+q", "answer(False)", "No"),
        ENDING,
    ]

    def __init__(self, question: str, about: Sequence[str] = (), *, yes: str = "yes", no: str = "no") -> None:
        super().__init__()
        self.question = question
        self.about = about
        self.words = f"y {yes}   n {no}"

    def compose(self) -> ComposeResult:
        """The question, what it is about, the keys."""
        with Vertical(classes="dialog"):
            yield Static(clip(visible(self.question), TITLE), classes="title", markup=False)
            with VerticalScroll(classes="about"):
                yield Static("\n".join(map(visible, self.about)), markup=False)
            yield Static(self.words, classes="keys", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Gives it back."""
        self.dismiss(answer)
