"""Help: every command with its key and what it does, from where they are declared; the user's own keys count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding

from crm_cli.base.config import config_dir
from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, visible, width
from crm_cli.tui import commands
from crm_cli.tui.page import Page
from crm_cli.tui.places import GOING
from crm_cli.tui.widgets.rows import Lines, Picture, Rows

GROUPS: Sequence[tuple[str, Sequence[Binding]]] = (
    ("Everywhere", commands.EVERYWHERE),
    ("Places", GOING),
    ("With the records that are chosen", commands.RECORD),
    ("In every list", commands.MOVING),
    ("In the list of a kind", commands.LIST),
    ("In the filter line", commands.TYPING),
    ("On the pipeline", (*commands.BOARD, *commands.ASIDE)),
    ("On the page of a record", commands.SHEET),
    ("In the search", commands.FIND),
    ("In the conflicts", commands.SIDES),
    ("At the doctor", commands.DOCTOR),
)
KEY, TITLE, NAME = 14, 16, 18


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its keys, what it is called, what it does, its name in the config. A heading has only a title.

    A `note` is a sentence that the cursor can go to, so that it can be read.
    """

    title: str
    keys: str = ""
    about: str = ""
    name: str = ""
    note: bool = False

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return self.title if self.note else f"{self.name} {self.keys}".strip()


class Help(Page):
    """Every command."""

    place: ClassVar[str] = "help"

    def body(self) -> ComposeResult:
        """One list; enter on a place goes there."""
        yield Rows[Entry](Picture(_draw, lambda entry: entry.key), id="help")

    async def load(self) -> None:
        """The commands by where they are known."""
        self.query_one(Rows).show(list(self._entries(self.crm.desk.config.ui.keys)))
        self.tell("ctrl+p finds everything by its name")

    def _entries(self, own: Mapping[str, str]) -> Iterator[Entry]:
        for heading, group in GROUPS:
            yield Entry(heading)
            for binding in group:
                yield Entry(binding.description, self._keys(binding, own), binding.tooltip, binding.id or "")
            yield Entry("")
        yield Entry("Your own keys")
        place = config_dir()
        yield Entry(f"in {place / 'config.yaml' if place else 'config.yaml'}, by the name of the command:", note=True)
        yield Entry("ui: {keys: {log-call: C}}", note=True)
        yield Entry("")
        yield Entry("To read")
        yield Entry("crm man, crm COMMAND --help; docs/tui.md where the program came from", note=True)

    def _keys(self, binding: Binding, own: Mapping[str, str]) -> str:
        keys = own.get(binding.id or "", binding.key)
        return "  ".join(self.app.get_key_display(replace(binding, key=key.strip())) for key in keys.split(","))

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Goes to the place that was chosen."""
        event.prevent_default()  # what every other page does, which is to open it as a record
        found = next((each for each in GOING if each.id == event.item.name), None)
        if found:
            self.call_later(self.app.run_action, f"app.{found.action}")


def _draw(entry: Entry, room: int) -> Lines:
    if not entry.name:
        return [[(visible(entry.title), "" if entry.note else "heading")]]
    about = entry.about if entry.about != entry.title else ""
    rest = max(room - KEY - TITLE, 10)
    named = rest >= NAME * 3
    cells = rest - NAME if named else rest
    parts = [(_laid(entry.keys, KEY), "strong"), (_laid(entry.title, TITLE), ""), (_laid(about, cells), "dim")]
    return [[*parts, (clip(entry.name, NAME), "dim")] if named else parts]


def _laid(text: str, cells: int) -> str:
    text = clip(visible(text), cells - 1)
    return text + " " * (cells - width(text))
