"""Names across scripts: Devanagari in Latin letters, and whether two spellings sound the same.

The table is frozen: slugs made with it are file names. A consonant carries an `a`, but at the end of a word it does
not, unless the word could then not be spoken (कृष्ण, मिश्र, आदित्य: krishna, mishra, aditya).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from crm_cli.base.patterns import pattern
from crm_cli.base.text import fold


def _table(letters: str, spellings: str) -> dict[str, str]:
    return dict(zip(letters, spellings.split(), strict=True))


_CONSONANTS: Final[dict[str, str]] = {
    **_table("कखगघङचछजझञ", "k kh g gh n ch chh j jh n"),
    **_table("टठडढणतथदधन", "t th d dh n t th d dh n"),
    **_table("पफबभमयरलवशषसहळ", "p ph b bh m y r l v sh sh s h l"),
    **_table("ऩऱऴॻॼॾॿॹॺ", "n r l g j d b zh y"),
}
_NUKTA: Final = {"क": "q", "ख": "kh", "ग": "g", "ज": "z", "झ": "zh", "ड": "r", "ढ": "rh", "फ": "f", "य": "y"}
_VOWELS: Final = {
    **_table("अआइईउऊऋॠऌॡएऐओऔ", "a a i i u u ri ri li li e ai o au"),
    **_table("ऍऎऑऒॲऄॐॳॴॵॶॷ", "e e o o a a om o o au u u"),
}
_SIGNS: Final = {
    **_table("ािीुूृॄॢॣेैोौ", "a i i u u ri ri li li e ai o au"),
    **_table("ॅॆॉॊऺऻॏॖॗ", "a e o o o o au u u"),
}
_MARKS: Final = str.maketrans("०१२३४५६७८९।॥", "0123456789..", "॰")
_VIRAMA: Final = "्"
# ज्ञ is spoken as one letter, which it has no code point for.
_GYA: Final = "\ue000"
_CONSONANTS[_GYA] = "gy"

# Compiled at their first use, for many commands compare no names by sound.
_DEVANAGARI: Final = pattern("[\u0900-\u097f]")
_RUN: Final = pattern("[\u0900-\u0963\u0971-\u097f\u200c\u200d]+")
_FOREIGN: Final = pattern(r"[^\x00-\x7f]+")
_LETTER: Final = pattern(f"([{''.join(_CONSONANTS)}])(़?)([{''.join(_SIGNS)}{_VIRAMA}]?)|([ंँऀ])|(.)")


def in_devanagari(text: str) -> bool:
    """Whether any of the text is in Devanagari."""
    return not text.isascii() and _DEVANAGARI.search(text) is not None


def romanise(text: str) -> str:
    """The text in ASCII, Devanagari by the table, other scripts by a library: आशा शर्मा is `asha sharma`."""
    if text.isascii():
        return text
    text = _RUN.sub(_run, unicodedata.normalize("NFC", text)).translate(_MARKS)
    if text.isascii():
        return text
    from anyascii import anyascii  # late: 10 ms, and most names are done without it

    return _FOREIGN.sub(lambda run: anyascii(run.group()), text)


def _run(found: re.Match[str]) -> str:
    return _spelt(found.group())


@lru_cache(maxsize=16384)
def _spelt(run: str) -> str:
    """One word of Devanagari."""
    run = run.replace("\u200d", "").replace("\u200c", "").replace("ज्ञ", _GYA)
    return "dr" if run == "डॉ" else _LETTER.sub(_letter, run)


def _letter(found: re.Match[str]) -> str:
    consonant, nukta, sign, nasal, other = found.groups()
    if nasal:
        following = found.string[found.end() : found.end() + 1]
        if following == "ह":
            return "ng"
        return "m" if following and following in "पफबभम" else "n"
    if other:
        return _VOWELS.get(other) or _SIGNS.get(other) or ("h" if other == "ः" else "")
    letters = _NUKTA.get(consonant, _CONSONANTS[consonant]) if nukta else _CONSONANTS[consonant]
    if sign:
        return letters + _SIGNS.get(sign, "")
    last = found.end() == len(found.string)
    return letters if last and not _is_voiced(found.string, found.start()) else letters + "a"


def _is_voiced(run: str, at: int) -> bool:
    """Whether the consonant that ends a word is spoken with its `a`: after another one, since the word needs it."""
    letter = run[at]
    if at == 0 or letter == _GYA:
        return True
    if at < 2 or run[at - 1] != _VIRAMA or letter not in "रनणमयवल":
        return False
    before = run[at - 2]
    if before == "र":
        return letter in "यणव"
    return before != letter and (before != "ल" or letter == "य")


_WORD: Final = pattern(r"[a-z0-9]+")
_SAME: Final = str.maketrans("wzfqcC", "vjpkkc")
_ASPIRATE: Final = pattern(r"(?<=[kgjtdpbsc])h")
_DOUBLE: Final = pattern(r"([b-df-hj-np-tv-z])\1+")
# Read from the end of the word, as the rule of Hindi is: an `a` between one consonant and the next is not spoken
# where a vowel stands on either side of them (Kamala is Kamla, Rajakumar is Rajkumar).
_SILENT: Final = pattern(r"([aeiou](?:[^aeiou]|r[kgjtdpbsc]))a(?=[^aeiou][aeiou])")
_GLIDE: Final = pattern(r"y(?![aeiouy])")
_SPOKEN_A: Final = pattern(r"(?<=..)e(?=d$)|e(?=r[b-df-hj-np-qs-xz])")
_VOWELS_AS_SPOKEN: Final = (
    *(("aa", "a"), ("ee", "i"), ("ii", "i"), ("oo", "u"), ("uu", "u"), ("au", "o"), ("ou", "o"), ("ei", "e")),
    *(("iya", "ia"), ("iyo", "io")),
)


def sound(text: str) -> str:
    """How the words of a name sound, the same for its Devanagari and its Latin spellings; a key, not for people.

    Vowels stay, without their length; aspiration, doubled consonants and an unspoken `a` go; sh is s, w is v, z is j,
    f is ph, au is o, x is ks.
    """
    return " ".join([_sound(word) for word in _words(text)])


def _words(text: str) -> list[str]:
    plain = romanise(text).lower()
    return _WORD.findall(plain.replace("'", "") if "'" in plain else plain)


@lru_cache(maxsize=16384)
def _sound(word: str) -> str:
    spoken = _letters(word)
    if "a" in spoken[1:-1]:
        spoken = _SILENT.sub(r"\1", spoken[::-1])[::-1]
    if "y" in spoken:
        spoken = _GLIDE.sub("i", spoken).replace("ii", "i")
    if len(spoken) > 2 and spoken[-1] == "a" and spoken[-2] not in "aeiou":
        return spoken[:-1]
    return spoken


def _letters(word: str) -> str:
    """The word with one letter for each sound, `c` being that of `ch`."""
    word = word.replace("dny", "gy").replace("x", "ks").replace("chh", "C").replace("ch", "C")
    word = word.translate(_SAME)
    if "h" in word:
        word = _ASPIRATE.sub("", word)
    for spelling, spoken in _VOWELS_AS_SPOKEN:
        if spelling in word:
            word = word.replace(spelling, spoken)
    word = _ending(_DOUBLE.sub(r"\1", word))
    return _SPOKEN_A.sub("a", word) if "e" in word else word


def _ending(word: str) -> str:
    """The word with its last vowel as it is spoken: Pandey, Rathore, Reddy, Rao."""
    if word.endswith(("ey", "ore")):
        return word[:-1]
    if word.endswith("y") and word[-2:-1] not in ("", *"aeiou"):
        return word[:-1] + "i"
    return word[:-1] + "v" if word.endswith("ao") else word


def sounds_alike(a: str, b: str) -> bool:
    """Whether two names are the same, word for word: as folded, or by sound where one is Devanagari and one is not."""
    first, second = a.split(), b.split()
    return len(first) == len(second) > 0 and all(map(_alike, first, second))


def _alike(a: str, b: str) -> bool:
    if in_devanagari(a) == in_devanagari(b):
        return fold(a) == fold(b)
    return sound(a) == sound(b) != ""


def sound_within(needle: str, haystack: str) -> bool:
    """Whether each word of `needle` begins a word of `haystack`: as folded, or by sound where the scripts differ."""
    words = haystack.split()
    return bool(needle.split()) and all(any(_begins(part, word) for word in words) for part in needle.split())


def _begins(part: str, word: str) -> bool:
    if in_devanagari(part) == in_devanagari(word):
        return fold(word).startswith(fold(part))
    if (heard := sound(part)) and sound(word).startswith(heard):
        return True
    # What is still being typed has not lost the vowels that the whole word loses: kamal begins कमला.
    typed = "".join(map(_letters, _words(part)))
    return typed != "" and "".join(map(_letters, _words(word))).startswith(typed)
