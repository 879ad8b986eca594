"""Two edits of one record, made by hypothesis: what the laws of the merge are tried on."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from hypothesis import strategies as st

from crm_cli.kinds import KINDS
from crm_cli.schema.convert import file_tree
from crm_cli.schema.kind import Kind
from crm_cli.schema.record import Record
from crm_cli.store.merge import Merged, Side, records
from tests.generate import SETTINGS, edits
from tests.generate import records as generated


@dataclass(frozen=True, repr=False)
class History:
    """A record and two edits of it, of which one is later."""

    base: Record | None
    x: Record
    y: Record
    later: Side

    def __repr__(self) -> str:
        versions = (self.base, self.x, self.y)
        base, x, y = (file_tree(version, SETTINGS) if version else None for version in versions)
        return f"\n{self.x.kind_.name}, {self.later} is later\n{base=}\n   {x=}\n   {y=}\n"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # hypothesis would show every empty field, and the whole kind

    @cached_property
    def merged(self) -> Merged:
        """The merge of both edits."""
        return merge(self.base, self.x, self.y, self.later)

    @property
    def result(self) -> Record:
        """The merged record."""
        record = self.merged.record
        assert record is not None
        return record

    @property
    def plain(self) -> bool:
        """Whether neither side merged the record away: then all that one side knows is in the result."""
        return not (self.x.merged_into or self.y.merged_into)

    @property
    def late(self) -> Record:
        """The later edit."""
        return self.x if self.later == "x" else self.y


def merge(base: Record | None, x: Record | None, y: Record | None, later: Side) -> Merged:
    """A merge in the book of the tests; looked up anew, so that a bug can be planted in it."""
    return records.merge(base, x, y, later=later, settings=SETTINGS)


@st.composite
def histories(draw: st.DrawFn, among: tuple[str, ...] = ()) -> History:
    """Two edits of one record, of the same few fields (`among`, if given); sometimes without a common base."""
    kind = draw(st.sampled_from([kind for kind in KINDS.all if set(among) <= {*kind.file_order, "extra"}]))
    base = draw(generated(kind))
    if not among:
        present = tuple(name for name in kind.file_order if getattr(base, name))[:3]
        among = draw(_meeting(kind) | st.just(present))
    x, y = draw(edits(base, among)), draw(edits(base, among))
    return History(None if draw(st.integers(0, 7)) == 7 else base, x, y, draw(st.sampled_from(("x", "y"))))


@cache
def _meeting(kind: Kind) -> st.SearchStrategy[tuple[str, ...]]:
    """The few fields that both sides edit."""
    names = (*kind.file_order, "extra")
    groups = [("stage", "closed_at", "lost_reason", "pipeline"), ("due", "every"), ("conflicts",), ("extra",)]
    groups = [group for group in groups if group[0] in names]
    return st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(tuple) | st.sampled_from(groups)
