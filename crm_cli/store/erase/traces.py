"""The texts by which a person is known, found and replaced in any text, however it is spelt or wrapped."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import field
from functools import cached_property

from crm_cli.base.lean import dataclass
from crm_cli.base.text import fold
from crm_cli.base.translit import romanise

ERASED = "[erased]"
"""What stands where somebody was mentioned."""

_BEFORE = r"(?<![^\W_])"
_BEHIND = r"(?![^\W_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0962\u0963])"
_GAP = r"[\W_]{1,12}"
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0962\u0963])+")
_SEPARATORS = r"[\s().\-/]{0,3}"
_SHORTEST = 3
_SHORTEST_DIGITS = 6
_LONGEST_CORE = 9
_MOST_WORDS = 8  # of a name: what is longer is a sentence in the wrong field


@dataclass(frozen=True)
class Traces:
    """What to look for: `names` and `words` folded, `numbers` as digits, `exact` texts (mail addresses, pages).

    `words` count only `near` the person: in what links to them, since many are called Asha. `ids` are old ids with
    what takes their place, None where nothing does.
    """

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    ids: dict[str, str | None] = field(default_factory=dict)

    def found(self, text: str, *, near: bool = False) -> bool:
        """Whether anything of it occurs in a text."""
        pattern = self._near if near else self._far
        return bool(self.ids_in(text) or (pattern and pattern.search(_folded(text)[0])))

    def ids_in(self, text: str) -> list[str]:
        """The old ids that occur in a text."""
        return self._ids.findall(text) if self._ids else []

    def pieces(self, text: str, *, near: bool = False) -> list[str]:
        """The parts of a text that would be replaced, in their order."""
        return [text[start:end] for start, end in self._spans(text, near=near)]

    def replaced(self, text: str, *, near: bool = False, keep_ids: bool = False) -> str:
        """The text with every mention replaced; old ids become new ones."""
        if self._ids and not keep_ids:
            text = self._ids.sub(lambda found: self.ids[found[0]] or ERASED, text)
        out: list[str] = []
        at = 0
        for start, end in self._spans(text, near=near):
            out += (text[at:start], ERASED)
            at = end
        return "".join((*out, text[at:]))

    def _spans(self, text: str, *, near: bool) -> Iterator[tuple[int, int]]:
        pattern = self._near if near else self._far
        if pattern is None:
            return
        folded, places = _folded(text)
        for found in pattern.finditer(folded):
            if places is None:
                yield found.span()
                continue
            end = places[found.end() - 1] + 1
            while end < len(text) and not fold(text[end]):  # an accent that stands behind its letter
                end += 1
            yield places[found.start()], end

    @cached_property
    def _ids(self) -> re.Pattern[str] | None:
        longest = sorted(self.ids, key=len, reverse=True)
        return re.compile(rf"(?<![a-z0-9-])(?:{'|'.join(map(re.escape, longest))})(?![a-z0-9-])") if longest else None

    @cached_property
    def _far(self) -> re.Pattern[str] | None:
        return _compiled(map(_exact, self.exact), map(_number, self.numbers), map(_name, self.names))

    @cached_property
    def _near(self) -> re.Pattern[str] | None:
        names = map(_name, (*self.names, *self.words))
        return _compiled(map(_exact, self.exact), map(_number, self.numbers), names)


def _compiled(*groups: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern: an address before the name in it, the longest of each group first."""
    ordered = [one for group in groups for one in sorted(set(group), key=lambda pattern: (-len(pattern), pattern))]
    return re.compile("|".join(ordered)) if ordered else None


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The text as it is compared, and where each of its characters stands in the original."""
    if text.isascii():
        return text.lower(), None
    parts: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        folded = fold(char)
        parts.append(folded)
        places += [at] * len(folded)
    return "".join(parts), places


def _pieced(text: str) -> str:
    """Folded letter by letter, as texts are in which it is looked for."""
    return _folded(text)[0]


def _name(text: str) -> str:
    words = _WORD.findall(_pieced(text))
    if _UNSPACED.search(text):
        return _GAP.replace("1,", "0,").join(map(re.escape, words))
    orders = [words, [words[-1], *words[:-1]]] if len(words) > 1 else [words]
    parts = [_GAP.join(map(re.escape, order)) for order in orders]
    return f"{_BEFORE}(?:{'|'.join(dict.fromkeys(parts))}){_BEHIND}"


def _number(digits: str) -> str:
    core = digits[-_LONGEST_CORE:]
    return rf"(?<![0-9])[(+]{{0,2}}(?:[0-9]{_SEPARATORS}){{0,7}}{_SEPARATORS.join(core)}(?![0-9])"


def _exact(text: str) -> str:
    return rf"(?<![\w.+-]){re.escape(_pieced(text))}(?![\w-])"


def traces(
    *,
    names: Iterable[str] = (),
    words: Iterable[str] = (),
    numbers: Iterable[str] = (),
    exact: Iterable[str] = (),
    others: Iterable[str] = (),
    ids: dict[str, str | None] | None = None,
) -> Traces:
    """The traces of these spellings; those that `others` bear as well count only near the person.

    A name is also looked for in Latin letters and without its middle words; its single words count only near.
    """
    borne = list(others)
    taken = {" ".join(_words(other)) for other in borne}
    taken_exact = {_pieced(other.strip()) for other in borne}
    whole, single = _names(names, taken)
    single |= {" ".join(_words(text)): None for text in words if len(_pieced(text)) >= _SHORTEST and _words(text)}
    digits = dict.fromkeys(re.sub(r"[^0-9]", "", text).lstrip("0") for text in numbers)
    addresses = dict.fromkeys(text.strip() for text in exact if len(text.strip()) > _SHORTEST)
    return Traces(
        tuple(whole),
        tuple(single),
        tuple(number for number in digits if len(number) >= _SHORTEST_DIGITS and number not in taken),
        tuple(text for text in addresses if _pieced(text) not in taken_exact),
        dict(ids or {}),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(_pieced(text))


def _names(names: Iterable[str], taken: Collection[str]) -> tuple[dict[str, None], dict[str, None]]:
    """What counts everywhere, and what counts only near: words, and names that others bear too."""
    taken_words = {word for other in taken for word in other.split()}
    whole: dict[str, None] = {}
    single: dict[str, None] = {}
    for split in (_words(text) for spelling in names for text in (spelling, romanise(spelling))):
        if not 0 < len(split) <= _MOST_WORDS:
            continue
        single.update(dict.fromkeys(word for word in split if len(word) >= _SHORTEST))
        for form in (" ".join(split), *([f"{split[0]} {split[-1]}"] if len(split) > 2 else [])):
            common = form in taken or (" " not in form and (form in taken_words or len(form) < _SHORTEST))
            (single if common else whole)[form] = None
    return whole, single
