"""Which records: a condition over any kind, without words of the query language and without SQL.

`query` makes these trees, `store.index` answers them. A path names a field; with more than one part it
crosses links (`("organization", "industry")`), enters a mapping (`("custom", "allergy")`, or
`("addresses", "city")`, with a label `("addresses", "office", "city")`), or follows the links that lead
here by the name of the kind they come from (`("deal",)`). Values are comparison keys, made by
`schema.keys`.
"""

from typing import Literal

from crm_cli.base.lean import dataclass

Path = tuple[str, ...]
Key = str | int | float
Op = Literal["equal", "begins", "contains", "between", "has", "sounds"]


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not this."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Test:
    """One field against values.

    equal, begins, contains: any key of the field equals, begins with, contains any of `values`. between:
    low <= key <= high, either end may be None. has: there is a value. sounds: any key's sound is that of
    any of `values` (whole names), or with `within` begins a word of it or the other way round. `currency`
    limits a test of money. Besides the fields there are the paths `id`, `slug` (the id without its random
    part), `random` (that part), `record` (the kind's name).
    """

    path: Path
    op: Op
    values: tuple[Key, ...] = ()
    low: Key | None = None
    high: Key | None = None
    currency: str = ""
    within: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Full text: every folded word occurs somewhere in the record, or its name sounds like it."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ids:
    """One of these records."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfKind:
    """A record of one of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasProblem:
    """A record with a problem: of one of these codes, or any for none."""

    codes: tuple[str, ...] = ()


Condition = And | Or | Not | Test | Words | Ids | OfKind | HasProblem

EVERYTHING: Condition = And(())
NOTHING: Condition = Or(())


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order: nulls last, whichever way."""

    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """A parsed query: which records, in which order, how many; `columns` only where a view names some."""

    condition: Condition = EVERYTHING
    sort: tuple[Sort, ...] = ()
    limit: int | None = None
    columns: tuple[Path, ...] = ()
