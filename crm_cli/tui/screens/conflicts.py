"""Conflicts: values that a merge kept aside, both sides next to each other; one is picked, or another one typed."""

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_cli.base.errors import CrmError
from crm_cli.base.ids import handle
from crm_cli.base.lean import dataclass
from crm_cli.base.text import clip, counted, visible, width
from crm_cli.book import Book
from crm_cli.formats.sides import both, folded, value_lines
from crm_cli.services.conflicts.choices import Choice, Decision
from crm_cli.services.conflicts.listing import Aside, all_aside, everything
from crm_cli.services.conflicts.resolving import resolve
from crm_cli.services.conflicts.wholes import origin
from crm_cli.tui.commands import SIDES
from crm_cli.tui.dialogs.choose import Choose
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.dialogs.understood import Understood
from crm_cli.tui.page import Page
from crm_cli.tui.widgets.rows import Lines, Picture, Rows

EMPTY = "nothing was kept aside"
BETWEEN = " │ "
INDENT = "  "
FIELD = 24


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that was kept aside, the how-manieth of so many of its field; of a whole file where that would go."""

    aside: Aside
    number: int = 0
    target: str = ""
    of: int = 1

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.aside.path}\n{self.aside.field}\n{self.number}"

    @property
    def whole(self) -> bool:
        """Whether it is a file of the quarantine."""
        return self.aside.field is None


Item = Conflict | str
"""A conflict, or a heading."""


class Conflicts(Page):
    """What was kept aside, and settling it."""

    DEFAULT_CSS = """
    #conflicts { height: 1fr; min-height: 4; }
    #sides { height: auto; max-height: 60%; border-top: solid $surface-lighten-2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*SIDES]
    place: ClassVar[str] = "conflicts"

    def body(self) -> ComposeResult:
        """The list over both sides of the one under the cursor."""
        yield Rows[Item](Picture(_draw, _key), id="conflicts")
        with VerticalScroll(id="sides", can_focus=False):
            yield Sides()

    @property
    def rows(self) -> Rows[Item]:
        """The list."""
        return self.query_one("#conflicts", Rows)

    def chosen(self) -> list[str]:
        """The record of the conflict under the cursor."""
        here = self.rows.current
        return [here.aside.id] if isinstance(here, Conflict) and here.aside.id != here.aside.path else []

    async def load(self) -> None:
        """What is kept aside now."""
        found = await self.crm.desk.ask(_conflicts)
        self.rows.show(list(_items(found)) or [EMPTY])
        self.tell(f"{len(found)} kept aside" if found else EMPTY)
        self.show_sides()

    @on(Rows.Moved)
    def show_sides(self) -> None:
        """Both sides of the conflict under the cursor."""
        here = self.rows.current
        self.query_one("#sides").display = isinstance(here, Conflict)
        if isinstance(here, Conflict):
            self.query_one(Sides).show(here)

    # -- settling

    def action_left_side(self) -> None:
        """To what is shown now."""
        self.query_one(Sides).turn(1)

    def action_right_side(self) -> None:
        """To what lost."""
        self.query_one(Sides).turn(2)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Picks the side that is highlighted, if that is what was meant: everywhere else this key only opens."""
        event.prevent_default()  # what every other page does, which is to open it as a record
        here, first = self.rows.current, self.query_one(Sides).side == 1
        if isinstance(here, Conflict):
            choice = Choice("keep") if first else Choice("other", number=here.number)
            self.crm.hand.begin(lambda: self._sure(here, choice, first), "resolve", here.key)

    async def _sure(self, here: Conflict, choice: Choice, first: bool) -> None:
        value = here.aside.now if first else here.aside.other
        about = value_lines(value) if not here.whole else [here.aside.path]
        about = [*about, f"({counted(here.of - 1, 'other value')} of this field go with it)"] if here.of > 1 else about
        question = f"Settle {here.aside.field or here.aside.path} with what {'is shown now' if first else 'lost'}?"
        if await self.crm.hand.ask(Confirm(question, about, yes="settle it", no="leave it")):
            await self._settle(here, choice)

    def action_keep(self) -> None:
        """What is shown now stays."""
        self._pick(Choice("keep"))

    def action_other(self) -> None:
        """The value that lost takes its place."""
        here = self.rows.current
        if isinstance(here, Conflict):
            self._pick(Choice("other", number=here.number))

    def _pick(self, choice: Choice) -> None:
        here = self.rows.current
        if isinstance(here, Conflict):
            self.crm.hand.begin(lambda: self._settle(here, choice), "resolve", here.key)

    def action_value(self) -> None:
        """A value that is typed."""
        here = self.rows.current
        if isinstance(here, Conflict) and not here.whole:
            self.crm.hand.begin(lambda: self._typed(here), "resolve", here.key)

    async def _typed(self, here: Conflict) -> None:
        async def check(text: str) -> Understood:
            try:
                await self.crm.desk.ask(lambda book: resolve(book, [_decision(here, Choice("value", text))]))
            except CrmError as error:
                return Understood(f"{error.message}{f' - {error.hint}' if error.hint else ''}", fits=False)
            return Understood("")

        title = f"{here.aside.field} of {here.aside.name or here.aside.id}"
        value = here.aside.now
        now = value if isinstance(value, str) and "\n" not in value else ""
        hint = "the value that is to stand there"
        text = await self.crm.hand.ask(Choose(title, [], typed=now, check=check, hint=hint))
        if text is not None:
            await self._settle(here, Choice("value", text))

    async def _settle(self, here: Conflict, choice: Choice) -> None:
        decision = _decision(here, choice)
        plan = await self.crm.desk.ask(lambda book: resolve(book, [decision]))
        gone = [change.record for change in plan.changes if change.after is None]
        if gone:
            about = [f"{record.name or record.id}, which the other side removed" for record in gone]
            if not await self.crm.hand.ask(Confirm("Delete it for good?", about, yes="delete", no="leave")):
                return
        said = f"settled {here.aside.field or here.aside.path} of {here.aside.name or here.aside.id}"
        said += f", {counted(here.of, 'value')} that were kept aside" if here.of > 1 else ""
        await self.crm.hand.write(lambda book: (resolve(book, [decision]), said))


class Sides(Static):
    """Both values of a conflict; one of them is highlighted."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.side = 1
        self.shown: Conflict | None = None

    def show(self, conflict: Conflict) -> None:
        """Another conflict; the side that stays is highlighted first."""
        if self.shown is None or self.shown.key != conflict.key:
            self.side = 1
        self.shown = conflict
        self.refresh(layout=True)

    def turn(self, side: int) -> None:
        """Highlights a side."""
        self.side = side
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Highlights the side that was clicked."""
        self.turn(1 if event.x < self.size.width // 2 else 2)

    def render(self) -> Content:
        """The columns, what it was before both below them."""
        if self.shown is None or self.size.width < 20:
            return Content("")
        one, room = self.shown.aside, self.size.width
        heads = _heads(self.shown)
        half = (room - len(BETWEEN)) // 2
        left, right = both(value_lines(one.now), value_lines(one.other), half)
        if self.shown.whole:
            left = ["the file of the book stays as it is, this one goes"]
            right = [f"in the place of {visible(self.shown.target)}" if self.shown.target else NO_TARGET]
            left, right = folded(left, half), folded(right, half)
        if one.field == REMOVAL and one.other is None:
            left, right = ["the record stays"], ["the record is deleted, as on the other side"]
        lines = [_pair(*(_head(text, half, number == self.side) for number, text in enumerate(heads, 1)))]
        lines += [
            _pair(Content(a + " " * (half - width(a))), Content(b)) for a, b in zip_longest(left, right, fillvalue="")
        ]
        if one.base is not None:
            was = folded(value_lines(one.base), room - len(WAS))
            lines += [Content(f"{WAS if not place else ' ' * len(WAS)}{line}") for place, line in enumerate(was[:4])]
        return Content("\n").join(lines)


WAS = "was: "
HERE = "•"
REMOVAL = "record"
"""The field of a note that the other side removed the record."""
NO_TARGET = "it cannot be told which file it is a version of: copy what you need, then drop it"


def _heads(conflict: Conflict) -> tuple[str, str]:
    if conflict.whole:
        return "< drop this file", "> use this file"
    other = f"other {conflict.number + 1}" if conflict.number else "other"
    return "< stays, is shown now", f"> {other}"


def _head(text: str, cells: int, here: bool) -> Content:
    text = clip(f"{HERE if here else ' '} {text}", cells)
    return Content.styled(text + " " * (cells - width(text)), "bold reverse" if here else "bold")


def _pair(left: Content, right: Content) -> Content:
    return left + Content(BETWEEN) + right


def _decision(conflict: Conflict, choice: Choice) -> Decision:
    return Decision(conflict.aside.path, conflict.aside.field, choice)


def _conflicts(book: Book) -> list[Conflict]:
    found = []
    for _of, group in groupby(all_aside(book, everything(book)), lambda one: (one.path, one.field)):
        same = list(group)
        for number, one in enumerate(same):
            target = origin(book, one.path) if one.field is None else None
            found.append(Conflict(one, number, target or "", len(same)))
    return found


def _items(found: Sequence[Conflict]) -> Iterator[Item]:
    before = None
    for one in found:
        aside = one.aside
        if aside.path != before:
            before = aside.path
            about = f"{aside.name}  {aside.record} {handle(aside.id)}" if aside.name else aside.id
            yield "files that could not be merged" if one.whole else about
        yield one


def _key(item: Item) -> str:
    return item.key if isinstance(item, Conflict) else ""


def _draw(item: Item, room: int) -> Lines:
    if isinstance(item, str):
        return [[(visible(item), "heading")]]
    one = item.aside
    if item.whole:
        return [[(clip(visible(one.path), room), "")]]
    field = clip(visible(one.field or ""), FIELD)
    values = [" ".join(value_lines(value)[:3]) for value in (one.now, one.other)]
    if one.field == REMOVAL and one.other is None:
        values = ["stays", "is deleted"]
    half = (room - FIELD - len(BETWEEN) - 2) // 2
    left, right = (clip(text, half) for text in values)
    return [
        [
            (field + " " * (FIELD - width(field) + 2), "strong"),
            (left + " " * (half - width(left)) + BETWEEN, ""),
            (right, ""),
        ]
    ]
