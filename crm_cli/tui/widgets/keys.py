"""The line of keys at the bottom, drawn anew only when they are others: a step to another list costs no layout."""

from textual.screen import Screen
from textual.widgets import Footer


class Keys(Footer):
    """The most used commands of the screen with their keys."""

    _shown: object = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Looks whether any of the keys has changed."""
        if screen is self.screen and screen.app.app_focus:
            found = screen.active_bindings.values()
            shown = [(each.binding.key, each.binding.description, each.enabled) for each in found if each.binding.show]
            if shown == self._shown:
                return
            self._shown = shown
        super().bindings_changed(screen)
