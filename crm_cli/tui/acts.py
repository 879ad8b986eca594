"""The acts of a page on the records that are chosen: each begins a conversation that ends in one commit."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from crm_cli.tui.acting import Hand

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp


def _doing(what: str) -> ModuleType:
    """What does it, imported with the first act: forms, dialogs and all that writes are 60 ms of the first frame."""
    return import_module(f"crm_cli.tui.doing.{what}")


class Acts:
    """The commands of a page, for the records that its `chosen` names."""

    @property
    def crm(self) -> "CrmApp":
        """The application."""
        raise NotImplementedError

    def chosen(self) -> list[str]:
        """References of the records that a command is for."""
        raise NotImplementedError

    @property
    def adds(self) -> str:
        """The kind of record that `add` makes here; empty where it has to be asked."""
        return ""

    @property
    def about(self) -> str:
        """The record that is shown, to which a new one is linked; empty where many are."""
        return ""

    @property
    def _hand(self) -> Hand:
        return self.crm.hand

    def _begin(self, name: str, act: Callable[[list[str]], Awaitable[None]]) -> None:
        """Begins an act on what is chosen; a second one on the same waits for nothing and does nothing."""
        refs = self.chosen()
        if refs:
            self._hand.begin(lambda: act(refs), name, *refs)
        else:
            self.crm.say("nothing is chosen here")

    def action_log(self, kind: str = "") -> None:
        """Writes down what happened."""
        refs = self.chosen()
        self._hand.begin(lambda: _doing("tasks").log(self.crm, refs, kind), "log", kind, *refs)

    def action_done(self) -> None:
        """Finishes tasks."""
        self._begin("done", lambda refs: _doing("tasks").done(self.crm, refs))

    def action_snooze(self) -> None:
        """Puts tasks off."""
        self._begin("snooze", lambda refs: _doing("tasks").snooze(self.crm, refs))

    def action_move(self) -> None:
        """Moves deals to a stage that is asked for."""
        self._begin("move", lambda refs: _doing("deals").move(self.crm, refs, ""))

    async def move_to(self, refs: Sequence[str], stage: str) -> bool:
        """Moves deals to a stage that was shown, by a key or by dragging; to be begun by the hand."""
        return bool(await _doing("deals").move(self.crm, refs, stage))

    def action_tag(self) -> None:
        """Adds tags, and takes some away."""
        self._begin("tag", lambda refs: _doing("records").tag(self.crm, refs))

    def action_edit(self) -> None:
        """The fields of the record in a form."""
        if len(refs := self.chosen()) > 1:
            self.crm.say(f"a form is for one record, and {len(refs)} are marked; e opens them in your editor")
        else:
            self._begin("edit", lambda refs: _doing("records").edit(self.crm, refs[0]))

    def edit_fields(self, ref: str, names: Sequence[str]) -> None:
        """Some fields of a record in a form."""
        self._hand.begin(lambda: _doing("records").edit(self.crm, ref, names), "edit", ref, *names)

    def action_editor(self) -> None:
        """The files in the user's editor."""
        self._begin("editor", lambda refs: _doing("records").editor(self.crm, refs))

    def action_add(self) -> None:
        """A new record."""
        kind, about = self.adds, self.about
        self._hand.begin(lambda: _doing("records").add(self.crm, kind, about), "add")

    def action_archive(self) -> None:
        """Puts records out of sight."""
        self._begin("archive", lambda refs: _doing("records").archive(self.crm, refs))
