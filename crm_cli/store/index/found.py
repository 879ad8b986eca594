"""What `find` shows: which records, in which order, and the piece of text that was hit."""

from collections.abc import Sequence

from crm_cli.base.text import fold
from crm_cli.schema.condition import Words
from crm_cli.schema.keys import phone_key
from crm_cli.schema.settings import Settings
from crm_cli.store.index.conditions import condition_sql
from crm_cli.store.index.jsontext import from_json, leaves
from crm_cli.store.index.layout import KindTable, quoted
from crm_cli.store.index.places import Scope
from crm_cli.store.index.search import clean, in_name_sql, is_phone, spellings

BEFORE, AFTER = 24, 48
_UNSEARCHED = ("id", "record", "problems")
_BEST_FIRST = "order by f.hit desc, f.newest is null, f.newest desc, f.id, f.path"
_TIMES = ("last_contact", "at", "created")


def search_statement(
    scope: Scope, tables: Sequence[KindTable], words: Sequence[str], archived: bool, limit: int | None = None
) -> str:
    """Kind, id, name and JSON of the records that have all words: by name first, then the newest."""
    parts = [_of_kind(scope, table, words, archived) for table in tables]
    source = " union all ".join(parts) or "select null, null, null, null, 0, 0, null where 0"
    hits = f"select '' kind, '' id, '' name, 0 rid, 0 hit, 0 newest, '' path where 0 union all {source}"
    if limit is not None:  # the JSON of what is not wanted is not even read
        hits = f"select * from ({hits}) f {_BEST_FIRST} limit {limit}"
    return f"select f.kind, f.id, f.name, d.stored || d.tail from ({hits}) f join doc d on d.rid = f.rid {_BEST_FIRST}"


def _of_kind(scope: Scope, table: KindTable, words: Sequence[str], archived: bool) -> str:
    where = condition_sql(scope, table, "t", Words(tuple(words)))
    hidden = "" if archived else " and t.archived is null"
    return (
        f"select '{table.kind.name}', t.id, t.name, t.rid, {in_name_sql(scope, 't', words)}, {_newest(table)}, t.path "
        f"from {table.name} t where {where}{hidden}"
    )


def _newest(table: KindTable) -> str:
    """The latest of the times that the kind has: the later of two, whichever is missing."""
    keys = [f"t.{quoted(name + ':k')}" for name in _TIMES if name in table.slots]
    if len(keys) == 1:
        return keys[0]
    present = ", ".join(f"coalesce({key}, -1e18)" for key in keys)
    return f"nullif(max({present}), -1e18)"


class Excerpts:
    """The pieces of text to show for hits of these words; what the words alone decide is worked out once."""

    def __init__(self, words: Sequence[str], settings: Settings) -> None:
        self.wanted = [spellings(clean(word).strip()) for word in words]
        self.spelt = [spelling for word in self.wanted for spelling in word]
        self.dialled = any(map(is_phone, self.spelt))
        self.settings = settings

    def of(self, table: KindTable, doc: str) -> str:
        """`field: text`, of the first field with the most of the words, cut around the first of them."""
        values = from_json(doc)
        for name in _UNSEARCHED:
            values.pop(name, None)
        best, most = ("name", values.get("name") or ""), 0
        for field, text in leaves(values, table.kind):
            hits = self._hits(table, field, text)
            if hits > most:
                best, most = (field, text), hits
                if hits == len(self.wanted):
                    break
        return f"{best[0]}: {excerpt(best[1], self.spelt)}"

    def _hits(self, table: KindTable, field: str, text: str) -> int:
        folded = fold(text)
        if self.dialled and field in table.slots and table.slots[field].item == "phone":
            folded += phone_key(text, self.settings.country)
        hits = 0
        for word in self.wanted:  # loops and not `any` with a generator, which costs more than what it does here
            for spelling in word:
                if spelling in folded:
                    hits += 1
                    break
        return hits


def excerpt(text: str, folded_words: Sequence[str]) -> str:
    """One line of the text around the first of the words that occurs in it."""
    folded = fold(text)
    at = next((place for word in folded_words if (place := folded.find(word)) >= 0), 0)
    start = max(0, _unfolded(text, at) - BEFORE)
    end = min(len(text), start + BEFORE + AFTER)
    shown = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(text) else ''}"


def _unfolded(text: str, place: int) -> int:
    """About where in the text a place of the folded text is."""
    if text.isascii():
        return place
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        if len(fold(text[:middle])) < place:
            low = middle + 1
        else:
            high = middle
    return low
