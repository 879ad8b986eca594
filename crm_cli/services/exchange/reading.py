"""How the cells of a foreign file are read: dates by letters, numbers by a sample, the rest as it is typed.

m/d/Y            10/20/2016        the letters are those of strftime: d m Y y b H M S
1,23,456.78      ₹ 1,00,000.00     the sample shows which sign groups and which one is decimal
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from crm_cli.base.dates import Stamp, parse_partial, stamp_of
from crm_cli.base.errors import BadValue, Invalid
from crm_cli.base.money import understand_money
from crm_cli.schema.field import Field
from crm_cli.schema.values import PARSE
from crm_cli.services.entry import Entry, scalar

Read = Callable[[str], Any]

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LETTERS: Final = {
    "d": "(?P<d>[0-9]{1,2})",
    "m": "(?P<m>[0-9]{1,2})",
    "Y": "(?P<Y>[0-9]{4})",
    "y": "(?P<y>[0-9]{2})",
    "b": r"(?P<b>[A-Za-z]{3,9})\.?",
    "H": "(?P<H>[0-9]{1,2})",
    "M": "(?P<M>[0-9]{1,2})",
    "S": "(?P<S>[0-9]{1,2})",
}
_DATES: Final = frozenset(("date", "moment", "partial"))
_NUMBERS: Final = frozenset(("number", "integer"))
_PLAIN: Final = frozenset(("text", "long", "phone", "url"))
_DIGITS: Final = re.compile(r"[0-9](?:.*[0-9])?", re.DOTALL)
_BLANKS: Final = str.maketrans("\u00a0\u202f\u2009", "   ")
_OURS: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|--[0-9]{2}-[0-9]{2}")
_CENTURY: Final = 69
"""Years of two digits from here on are of the last century, as strptime has it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which sign groups digits and which one is decimal; either may be none."""

    group: str
    point: str

    def plain(self, text: str) -> str:
        """The text with its number as a file writes it; `BadValue` where it is written in another way."""
        found = _DIGITS.search(text)
        if not found:
            return text
        if not _shape(self.group, self.point).fullmatch(found[0].translate(_BLANKS)):
            raise BadValue("bad-number", f"{text[:40]!r} is not written as the sample under `numbers`")
        digits = found[0].translate(_BLANKS)
        digits = digits.replace(self.group, "") if self.group else digits
        return text[: found.start()] + (digits.replace(self.point, ".") if self.point else digits) + text[found.end() :]


@lru_cache(maxsize=8)
def _shape(group: str, point: str) -> re.Pattern[str]:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{2,3}})*{re.escape(group)}[0-9]{{3}}|" if group else ""
    return re.compile(rf"(?:{grouped}[0-9]+)" + (rf"(?:{re.escape(point)}[0-9]+)?" if point else ""))


def numbers_of(sample: str) -> Numbers:
    """The signs that a sample shows: `1,234.56`, `1.234,56`, `1 234,5`, `1234.56`, `1,234`; else `Invalid`."""
    text = sample.strip().translate(_BLANKS)
    signs = [char for char in text.removeprefix("-") if not char.isdigit()]
    refused = Invalid(f"`numbers: {sample}` is no sample of a number", hint='write it as the file does: "1,234.56"')
    if len(set(signs)) > 2 or not text[-1:].isdigit() or not text.isprintable() or any(c.isalpha() for c in signs):
        raise refused
    if not signs:
        return Numbers("", "")
    last = signs[-1]
    if len(set(signs)) == 2:
        if signs.count(last) > 1 or len(set(signs[:-1])) > 1:
            raise refused
        return Numbers(signs[0], last)
    groups = signs.count(last) > 1 or len(text.rpartition(last)[2]) == 3
    return Numbers(last, "") if groups else Numbers("", last)


@lru_cache(maxsize=32)
def _pattern(form: str) -> re.Pattern[str]:
    parts = []
    for char in form.strip():
        if char in _LETTERS:
            parts.append(_LETTERS[char])
        elif char.isalpha():
            raise Invalid(f"`dates: {form}` has the letter {char}", hint="d m Y y b H M S are known: d/m/Y")
        else:
            parts.append(r"\s+" if char.isspace() else re.escape(char))
    try:
        made = re.compile("".join(parts))
    except re.error:
        raise Invalid(f"`dates: {form}` has a letter twice") from None
    if not {"d"} <= set(made.groupindex) or not {"m", "b"} & set(made.groupindex):
        raise Invalid(f"`dates: {form}` lacks the day or the month", hint="dates: d/m/Y")
    return made


def check_dates(form: str) -> None:
    """Refuses a form of dates that cannot be understood."""
    _pattern(form)


def read_date(text: str, form: str, entry: Entry, *, partial: bool = False) -> Stamp | str:
    """The day or moment in that form; of a birthday without a year its text. `BadValue` where it does not fit."""
    found = _pattern(form).fullmatch(text)
    if not found:
        raise BadValue("bad-date", f"{text[:40]!r} is not a date as {form} writes it")
    said = found.groupdict()
    month = _month(said.get("b"), text) if said.get("b") else int(said["m"])
    day = int(said["d"])
    if said.get("Y") is None and said.get("y") is None:
        if partial:
            return f"--{month:02}-{day:02}"
        raise BadValue("bad-date", f"{text[:40]!r} has no year")
    year = int(said["Y"]) if said.get("Y") else _full_year(int(said["y"]), entry, partial)
    try:
        if said.get("H") is None or partial:
            return stamp_of(date(year, month, day))
        clock = (int(said["H"]), int(said.get("M") or 0), int(said.get("S") or 0))
        return stamp_of(datetime(year, month, day, *clock, tzinfo=entry.context.now.tzinfo))
    except (ValueError, OverflowError):
        raise BadValue("no-such-day", f"there is no day or hour {text[:40]}") from None


def _month(name: str | None, text: str) -> int:
    short = (name or "")[:3].lower()
    if short not in MONTHS:
        raise BadValue("bad-date", f"{text[:40]!r} names no month: Jan, Feb, ...")
    return MONTHS.index(short) + 1


def _full_year(year: int, entry: Entry, birthday: bool) -> int:
    full = year + (1900 if year >= _CENTURY else 2000)
    return full - 100 if birthday and full > entry.context.now.year else full


def reader(inner: Field, entry: Entry, *, dates: str = "", numbers: str = "", currency: str = "") -> Read:
    """The function that reads the cells of one column for a field; it raises `Invalid` for what does not fit."""
    if inner.type in _PLAIN:
        return lambda text: text
    if inner.type in _DATES:
        return _remembered(lambda text: _dated(text, inner, dates, entry))
    if inner.type == "money":
        sample = numbers_of(numbers) if numbers else None
        default = currency or entry.context.settings.currency
        return _remembered(lambda text: understand_money(sample.plain(text) if sample else text, default))
    if inner.type in _NUMBERS and numbers:
        sample = numbers_of(numbers)
        settings = entry.context.settings
        return _remembered(lambda text: PARSE[inner.type](sample.plain(text), inner, settings))
    return lambda text: scalar(text, inner, entry)


def _dated(text: str, inner: Field, form: str, entry: Entry) -> Any:
    """The form of our own files is understood as well; words like "tomorrow" never, for they move from day to day."""
    try:
        found = read_date(text, form, entry, partial=inner.type == "partial") if form else None
    except BadValue:
        if not _OURS.match(text):
            raise
        found = None
    if found is None:
        return _our_date(text, inner, form, entry)
    if inner.type == "partial":
        return parse_partial(found if isinstance(found, str) else found.text)
    assert isinstance(found, Stamp)
    if inner.type == "date" and isinstance(found.when, datetime):
        return stamp_of(found.when.date())
    return found


def _our_date(text: str, inner: Field, form: str, entry: Entry) -> Any:
    try:
        return PARSE[inner.type](text, inner, entry.context.settings)
    except BadValue as bad:
        hint = bad.hint if form else "say how the file writes dates: `dates: d/m/Y`"
        raise BadValue(bad.code, bad.message, hint=hint) from None


def strict(read: Read) -> Read:
    """The same with `Invalid` for what does not fit."""

    def look(text: str) -> Any:
        try:
            return read(text)
        except BadValue as bad:
            raise Invalid(bad.message, hint=bad.hint) from None

    return look


def _remembered(read: Read) -> Read:
    """The same, for columns in which values come again and again."""
    known: dict[str, Any] = {}
    read = strict(read)

    def look(text: str) -> Any:
        if text not in known:
            known[text] = read(text)
        return known[text]

    return look


@dataclass(frozen=True, slots=True)
class Template:
    """`{product}[ for {account}]`: texts and columns; a part in brackets goes when a column in it is empty."""

    parts: tuple[tuple[bool, tuple[tuple[bool, str], ...]], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it uses."""
        return tuple(text for _optional, pieces in self.parts for column, text in pieces if column)

    def fill(self, cells: Mapping[str, str]) -> str:
        """The text for a row, blanks drawn together."""
        out = []
        for optional, pieces in self.parts:
            if not (optional and any(column and not cells.get(text) for column, text in pieces)):
                out += [cells.get(text, "") if column else text for column, text in pieces]
        return " ".join("".join(out).split())


_PART: Final = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_PIECE: Final = re.compile(r"\{([^{}]*)\}|([^{}]+)")


def parse_template(text: str) -> Template:
    """The template that a text is; `Invalid` for brackets that do not close."""
    parts = []
    for found in _whole(_PART, text, text):
        inner = found[1] if found[1] is not None else found[2]
        pieces = tuple((piece[1] is not None, (piece[1] or piece[2] or "")) for piece in _whole(_PIECE, inner, text))
        parts.append((found[1] is not None, pieces))
    return Template(tuple(parts))


def _whole(pattern: re.Pattern[str], text: str, shown: str) -> list[re.Match[str]]:
    found = list(pattern.finditer(text))
    if sum(len(one[0]) for one in found) != len(text):
        raise Invalid(f"`name: {shown}` has brackets that do not close", hint='name: "{First name}[ {Last name}]"')
    return found
