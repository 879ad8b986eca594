"""The lines on top: where one is, where one can go, what the book is called and what waits to be synced."""

from textual import events
from textual.content import Content
from textual.widgets import Static

from crm_cli.base.text import clip, visible, width
from crm_cli.tui.places import PLACES, Place

GAP = 2


class Bar(Static):
    """The places that have a key, the present one among them."""

    def __init__(self, here: str) -> None:
        super().__init__(id="bar", markup=False)
        self.here = here
        self._spans: list[tuple[int, int, str]] = []

    def render(self) -> Content:
        """As many places as fit, the present one in any case."""
        parts: list[tuple[str, str]] = []
        self._spans.clear()
        at = 0
        kept = next((GAP + width(_tab(place)) for place in PLACES if place.name == self.here), 0)
        for place in PLACES:
            here = place.name == self.here
            text = _tab(place)
            if here:
                kept = 0
            if here or (place.key and at + width(text) + kept <= self.size.width):
                parts += [(text, "reverse bold" if here else ""), (" " * GAP, "")]
                self._spans.append((at, at + width(text), place.name))
                at += width(text) + GAP
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """To the place that was clicked."""
        for start, end, name in self._spans:
            if start <= event.x < end:
                await self.app.run_action(f"app.go('{name}')")


def _tab(place: Place) -> str:
    return f"{place.key} {place.title}".strip()


class Status(Static):
    """A line about the book: its name and day to the left, what is worth knowing to the right."""

    def __init__(self) -> None:
        super().__init__(id="status", markup=False)
        self._left = ""
        self._right = ""

    def tell(self, left: str, right: str = "") -> None:
        """Other words."""
        self._left, self._right = left, right
        self.refresh()

    def render(self) -> Content:
        """Both ends; the left one gives way."""
        room = self.size.width
        right = clip(visible(self._right), room)
        left = clip(visible(self._left), max(0, room - width(right) - GAP))
        return Content(left + " " * (room - width(left) - width(right)) + right)
