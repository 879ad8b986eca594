"""Kinds that no book has yet: what is computed from what is computed, back and forth across links."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_cli.schema.condition import Condition, Selection, Sort, Test
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kinds, declare
from crm_cli.schema.record import Record, attr, derived, rollup
from crm_cli.store.index import open_index
from tests.store.index.books import at, book, put

Test.__test__ = False  # type: ignore[attr-defined]


def large(_context: Context) -> Condition:
    """Parts of a box that is large."""
    return Test(("box", "heavy"), "equal", (1,))


def heavy(weight: Decimal | None, _context: Context) -> bool:
    """Over ten."""
    return (weight or 0) > 10


def doubled(weight: Decimal | None, _context: Context) -> Decimal | None:
    """Twice the weight."""
    return weight * 2 if weight is not None else None


def joined(names: Sequence[str], heavy: bool | None, _context: Context) -> str:
    """What is in it, and how."""
    return f"{'+'.join(names)} {heavy}"


@declare(folder="boxes", columns="id name", sorted_by="name")
class Box(Record):
    """A box, maybe in another."""

    weight: Decimal | None = attr("number")
    inside: str | None = attr("link", to=("box",))
    heavy = derived("bool", "weight", work=heavy)
    doubled = derived("number", "weight", work=doubled)
    contents = derived("text", "part.name", "inside.heavy", work=joined)
    boxes = rollup("count", "box", "inside", type="integer", where=lambda _c: Test(("contents",), "contains", ("a",)))


@declare(folder="parts", columns="id name", sorted_by="name")
class Part(Record):
    """Something in a box."""

    box: str | None = attr("link", to=("box",))
    also: str | None = attr("link", to=("box",))
    siblings = rollup("count", "part", "also.inside", type="integer", where=large)


KINDS = Kinds((Box.kind_, Part.kind_))
FILES = {
    "boxes/outer.yaml": "name: Outer\nweight: 20.50\n",
    "boxes/inner.yaml": "name: Inner\nweight: 9\ninside: outer\n",
    "parts/p.yaml": "name: Cap\nbox: inner\n",
}


def boxes(index: Any) -> dict[str, tuple[Any, ...]]:
    """What is computed of every box."""
    columns = [(name,) for name in ("id", "heavy", "doubled", "contents", "boxes")]
    return {row[0]: row[1:] for row in index.select([Box.kind_], Selection(), columns)}


def test_what_needs_the_computed_values_of_others_follows_them(tmp_path: Path) -> None:
    root = book(tmp_path, FILES)
    index = open_index(root, KINDS, at(), cache=None, settings_key="")
    assert boxes(index) == {"inner": (False, Decimal(18), "Cap True", 0), "outer": (True, Decimal("41.00"), " None", 1)}
    put(root, "boxes/outer.yaml", "name: Outer\nweight: 1\n")
    put(root, "parts/p.yaml", "name: Nut\nbox: inner\n")
    index.refresh(at())
    assert boxes(index) == {"inner": (False, Decimal(18), "Nut False", 0), "outer": (False, Decimal(2), " None", 1)}
    (root / "parts/p.yaml").unlink()
    index.refresh(at())
    assert boxes(index)["inner"][2] == " False"
    put(root, "boxes/inner.yaml", "name: Inner\n")
    index.refresh(at())
    assert boxes(index) == {"inner": (False, None, " None", 0), "outer": (False, Decimal(2), " None", 0)}


def test_numbers_sort_as_numbers(tmp_path: Path) -> None:
    root = book(tmp_path, FILES)
    index = open_index(root, KINDS, at(), cache=None, settings_key="")
    for name in ("weight", "doubled"):
        found = index.ids([Box.kind_], Selection(sort=(Sort((name,)),)))
        assert [id for _, id, _ in found] == ["inner", "outer"]


def test_values_that_need_each_other_are_refused(tmp_path: Path) -> None:
    @declare(folder="loops", columns="id name", sorted_by="name")
    class Loop(Record):
        """A mistake."""

        one = derived("text", "two", work=lambda two, _c: two)
        two = derived("text", "one", work=lambda one, _c: one)

    with pytest.raises(ValueError, match="need each other"):
        open_index(book(tmp_path, {}), Kinds((Loop.kind_,)), at(), cache=None, settings_key="")
