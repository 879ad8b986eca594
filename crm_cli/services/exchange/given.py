"""What one row says: for which record, and which values for which places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from crm_cli.schema.kind import Kind
from crm_cli.schema.record import Consent
from crm_cli.services.exchange.links import Links, Pending
from crm_cli.services.exchange.lookup import ID, Path
from crm_cli.services.exchange.source import Row
from crm_cli.services.exchange.targets import Target, Values


class Put(Protocol):
    """A value for one place of a record."""

    @property
    def field(self) -> str:
        """The name of the field."""

    @property
    def waits(self) -> bool:
        """Whether it holds links, which can be looked up only when all rows are known."""

    def same(self, now: Mapping[str, Any], links: Links) -> bool:
        """Whether the record, in JSON form, says so already; a False may be wrong, a True never is."""

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether anything stands in its place; `values` are typed, or in JSON form."""

    def into(self, values: Values, links: Links) -> None:
        """Puts it there."""


@dataclass(slots=True)
class Given:
    """A row that could be read. `fresh` are values for a new record where the row has none."""

    kind: Kind
    row: Row
    puts: Sequence[Put]
    id: str = ""
    match: Sequence[Path] = ()
    fresh: Sequence[Put] = ()
    _known: dict[Path, tuple[Any, ...]] = field(default_factory=dict)
    _plain: Values | None = None

    def plain(self, links: Links) -> Values:
        """All values of a new record but those that need other rows."""
        if self._plain is None:
            self._plain = {}
            for put in self.puts:
                if not put.waits:
                    put.into(self._plain, links)
        return dict(self._plain)

    def value(self, path: Path, links: Links) -> tuple[Any, ...]:
        """The values for a natural key, without those that need other rows."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._values(path, links)
        return found

    def _values(self, path: Path, links: Links) -> tuple[Any, ...]:
        own = self.kind.by_name[path[0]].own if path != ID else None
        values = self.plain(links) if own or not self.id else self._part(path[0], links)
        found = own(values) if own else values.get(path[0])
        if len(path) > 1:
            found = (found or {}).get(path[1])
        return found if isinstance(found, tuple) else () if found is None else (found,)

    def _part(self, name: str, links: Links) -> Values:
        """Only one field: most rows with an id change nothing, and need not be understood whole."""
        values: Values = {}
        for put in self.puts:
            if put.field == name and not put.waits:
                put.into(values, links)
        return values


@dataclass(slots=True)
class TargetPut:
    """Typed values, or links still to be looked up, for a target."""

    field: str
    target: Target
    new: Sequence[Any]
    waits: bool = False

    def same(self, now: Mapping[str, Any], links: Links) -> bool:
        """Whether the record says so already."""
        new = [links.peek(one) if isinstance(one, Pending) else one for one in self.new] if self.waits else self.new
        return self.target.same(now.get(self.field), new, links.book.settings)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether anything stands there."""
        return self.target.holds(values.get(self.field))

    def into(self, values: Values, links: Links) -> None:
        """Puts it there; links are looked up now."""
        new = [links.resolve(one) if isinstance(one, Pending) else one for one in self.new] if self.waits else self.new
        self.target.put(values, new, links.book.settings)


class ConsentPut(TargetPut):
    """A consent. One without a day is of today, unless the record has the same answer already."""

    def same(self, now: Mapping[str, Any], links: Links) -> bool:
        """Whether the record says so already."""
        del links
        said, old = self.new[-1], (now.get(self.field) or {}).get(self.target.key)
        return old is not None and old["value"] is said.value and said.date in (None, old["date"])

    def into(self, values: Values, links: Links) -> None:
        """Puts it there."""
        said, old = self.new[-1], (values.get(self.field) or {}).get(self.target.key)
        if said.date is None and not (old and old.value is said.value):
            said = Consent(said.value, links.book.context.today.isoformat())
        if not (said.date is None and old):
            self.target.put(values, [said], links.book.settings)
