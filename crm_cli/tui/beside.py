"""What a widget does beside the keyboard: its trouble is told, and what ends behind its widget has no one to tell."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from textual import work
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.worker import Worker

from crm_cli.base.errors import CrmError

if TYPE_CHECKING:
    from crm_cli.tui.app import CrmApp

W = TypeVar("W", bound=DOMNode)
P = ParamSpec("P")
Work = Callable[Concatenate[W, P], Awaitable[None]]


def beside(group: str, *, exclusive: bool = True) -> Callable[[Work[W, P]], Callable[Concatenate[W, P], Worker[None]]]:
    """Makes a method a worker of Textual's; of an exclusive group the newest goes on, and the others end."""

    def make(method: Work[W, P]) -> Callable[Concatenate[W, P], Worker[None]]:
        @wraps(method)
        async def run(widget: W, *args: P.args, **more: P.kwargs) -> None:
            try:
                await method(widget, *args, **more)
            except CrmError as error:
                cast("CrmApp", widget.app).complain(error)
            except NoMatches:
                if not _gone(widget):
                    raise

        worker: Any = work(exclusive=exclusive, group=group)(run)
        return cast("Callable[Concatenate[W, P], Worker[None]]", worker)

    return make


def _gone(widget: DOMNode) -> bool:
    """Whether it is being taken off the screen, or the application ends: its parts may be gone before it."""
    return widget._pruning or widget._closing or not widget.app._running
