"""What the screens begin with when a view or a record is asked for."""

import contextlib

from crm_cli.base.config import state_dir
from crm_cli.base.lean import dataclass
from crm_cli.book import Book
from crm_cli.services.refs import resolve


@dataclass(frozen=True, slots=True)
class Opening:
    """The list of a kind with a query, or a record; empty for what was not asked for."""

    place: str = ""
    filter: str = ""
    record: str = ""


def opening(book: Book, view: str | None, record: str | None) -> Opening:
    """Looks for them in the book; `NotFound` and `Ambiguous` as everywhere."""
    id = resolve(book, record).id if record else ""
    if not view:
        return Opening(record=id)
    name = view.removeprefix("@")
    kind = book.world.view(name).kind or book.kinds.all[0].name
    return Opening(kind, f'@"{name}"' if any(char.isspace() for char in name) else f"@{name}", id)


def first_time() -> bool:
    """Whether this user has never seen the screens; from now on they have."""
    place = state_dir()
    if place is None or (place / "screens").exists():
        return False
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        (place / "screens").touch()
    return True
