"""When, by whom and under which settings something is asked: pure functions get this instead of a clock."""

from datetime import date, datetime, tzinfo

from crm_cli.base.dates import Stamp, stamp_of
from crm_cli.base.lean import dataclass
from crm_cli.schema.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is aware, in the book's zone; `user` is a key of `users`, or a name."""

    settings: Settings
    now: datetime
    user: str = ""
    force: bool = False

    @property
    def zone(self) -> tzinfo:
        """The book's zone."""
        assert self.now.tzinfo is not None
        return self.now.tzinfo

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    @property
    def stamp(self) -> Stamp:
        """Now, as a record holds it."""
        return stamp_of(self.now.replace(microsecond=0))

    @property
    def day(self) -> Stamp:
        """Today, as a record holds it."""
        return stamp_of(self.today)
