"""Full text: words anywhere in a record, and names that sound alike across scripts."""

import re
from collections.abc import Iterable

from crm_cli.base.text import fold
from crm_cli.base.translit import in_devanagari, sound
from crm_cli.store.index.places import Scope

_PHONE = re.compile(r"[+0-9().\-/]*[0-9]{3}[+0-9().\-/]*")
_NOT_DIGIT = re.compile(r"[^0-9]")
GRAM = 3
MOST_GRAMS = 32


def clean(text: str) -> str:
    """Folded, as full text knows it: SQLite's tokenizers end at a NUL."""
    return fold(text).replace("\0", " ")


def initial(word: str) -> str:
    """The first letter of how a word sounds; y and i are one, since which of them it is depends on what follows."""
    heard = sound(word)[:1]
    return "i" if heard == "y" else heard


def words_sql(scope: Scope, alias: str, word: str) -> str:
    """True where a word occurs in the record, as text or as digits of a phone, or its name has one that sounds so."""
    tests = [f"{alias}.rid in ({part})" for part in _occurrences(scope, word, "text")]
    return f"({' or '.join(tests)})" if tests else "1"


def in_name_sql(scope: Scope, alias: str, words: Iterable[str]) -> str:
    """1 where every word occurs in the name, or one of its words sounds so; else 0."""
    every = []
    for word in words:
        tests = [f"{alias}.rid in ({part})" for part in _occurrences(scope, word, "name")]
        every.append(f"({' or '.join(tests) or '1'})")
    return f"({' and '.join(every) or '1'})"


def _occurrences(scope: Scope, word: str, column: str) -> list[str]:
    folded = clean(word).strip()
    if not folded:
        return []
    parts = [_substring(scope, spelling, column) for spelling in spellings(folded)]
    first = initial(folded)
    return [*parts, _other_script(scope, folded, first)] if first else parts


def is_phone(folded: str) -> bool:
    """Whether a word may be a phone number, or a part of one."""
    return _PHONE.fullmatch(folded) is not None


def spellings(folded: str) -> list[str]:
    """What to look for: the word, and for a phone number its digits without what is dialled first."""
    digits = _NOT_DIGIT.sub("", folded).lstrip("0") if is_phone(folded) else ""
    return [folded, digits] if len(digits) >= GRAM and digits != folded else [folded]


def _substring(scope: Scope, folded: str, column: str) -> str:
    found = f"instr(b.{column}, {scope.bind(folded)}) > 0"
    if column == "name" or len(folded) < GRAM or not scope.grams():
        return f"select b.rid from body b where {found}"
    return (
        f"select b.rid from grams g join body b on b.rid = g.rowid where grams match {scope.bind(_grams(folded))} "
        f"and {found}"
    )


def _grams(folded: str) -> str:
    """Quoted terms that the text must have, never a word of FTS's own language."""
    grams = dict.fromkeys(folded[at : at + GRAM] for at in range(len(folded) - GRAM + 1))
    return " ".join('"' + gram.replace('"', '""') + '"' for gram in list(grams)[:MOST_GRAMS])


def _other_script(scope: Scope, folded: str, first: str) -> str:
    script, letter, needle = (scope.bind(value) for value in (int(not in_devanagari(folded)), first, folded))
    # Without the limit SQLite asks about every row first and only then takes each word once.
    return (
        "select w.rid from word w where w.word in (select word from (select distinct word from word "
        f"where script = {script} and initial = {letter} limit -1) where heard(word, {needle}))"
    )


def name_sounds_sql(scope: Scope, alias: str, name: str, within: bool) -> str:
    """True where the record's name sounds like another: word for word, or `within`, each as the beginning of one."""
    parts = clean(name).split()
    if not parts:
        return "0"
    likely = [_likely(scope, part, within) for part in parts]
    candidates = " union ".join(likely)
    return (
        f"({alias}.rid in ({candidates}) and "
        f"alike((select b.name from body b where b.rid = {alias}.rid), {scope.bind(name)}, {int(within)}))"
    )


def _likely(scope: Scope, part: str, within: bool) -> str:
    """Names worth a closer look: they have a word that it begins, or one of the other script and the same initial."""
    script, letter = scope.bind(int(not in_devanagari(part))), scope.bind(initial(part))
    other = f"select rid from word where script = {script} and initial = {letter} and initial <> ''"
    if not within:
        return f"select rid from word where word = {scope.bind(part)} union {other}"
    low, high = scope.bind(part), scope.bind(part + "\U0010ffff")
    return f"select rid from word where word >= {low} and word < {high} union {other}"
