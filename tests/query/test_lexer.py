"""Words, values and quotes: any text has one reading, or is refused."""

import shlex
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.errors import BadRequest, CrmError
from crm_cli.query import parse, parse_text
from crm_cli.query.lexer import quote, read_word, split_values, split_words, value_of
from crm_cli.query.where import tokens
from tests.query.sample import kinds, world

SIGNS = st.sampled_from(list("\"'\\,.:~@ -()<>=!*\t\n₹ऀ"))
_FIELDS = ["name", "tag", "stage", "amount", "due", "phone", "custom", "archived", "sort", "limit"]
_SMALL = ["has", "no", "not", "and", "or", "in", "@hot", "me", "any", "..", "won", "5", "today"]
SCRAPS = st.sampled_from([*_FIELDS, *_SMALL])
TEXTS = st.lists(SIGNS | SCRAPS | st.characters(), max_size=12).map("".join)


def outcome(words: list[str] | None, text: str | None = None, among: str = "deal") -> object:
    """What a query selects, or the sentence that refuses it."""
    try:
        if text is not None:
            return parse_text(text, world(), kinds(among))
        return parse(words or [], world(), kinds(among))
    except CrmError as error:
        return type(error), error.message, error.hint


@given(st.text())
def test_a_quoted_text_is_one_value_and_comes_back(text: str) -> None:
    (word,) = split_words(quote(text))
    (value,) = split_values(word)
    assert (value.text, value.quoted, value.ends) == (text, True, None)


@given(TEXTS)
def test_any_text_is_read_or_refused_as_a_request(text: str) -> None:
    for read in (split_words, read_word, split_values, value_of, tokens):
        with suppress(BadRequest):
            read(text)


@given(TEXTS, st.sampled_from(["deal", "contact", "all"]))
def test_any_query_is_answered_or_refused(text: str, among: str) -> None:
    assert outcome(None, text, among)
    assert outcome([text], None, among)


@given(TEXTS)
def test_any_expression_is_answered_or_refused(text: str) -> None:
    with suppress(CrmError):
        assert parse([], world(), kinds("deal"), where=text)


@given(st.lists(TEXTS, max_size=4))
def test_a_line_of_a_shell_means_the_words_that_the_shell_would_give(words: list[str]) -> None:
    assert split_words(shlex.join(words)) == words
    assert outcome(None, shlex.join(words)) == outcome(words)


WORDS = [
    ("a  b\tc\nd", ["a", "b", "c", "d"]),
    ('industry:"Food, drinks" x', ['industry:"Food, drinks"', "x"]),
    ("'industry:\"Food, drinks\"' x", ['industry:"Food, drinks"', "x"]),
    ("o'brien 'tis d'", ["o'brien", "tis d"]),
    ("'tis o'clock", ["'tis", "o'clock"]),
    ("'a'\"'\"'b c'", ["a'b c"]),
    ('name:"a \\" b" c', ['name:"a \\" b"', "c"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_a_text_is_split_into_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


VALUES = [
    ("a,b", ["a", "b"]),
    (" a , b ", ["a", "b"]),
    ('"a,b",c', ["a,b", "c"]),
    ('x"a,b"y', ["xa,by"]),
    (' "a" ', ["a"]),
    ('" a "', [" a "]),
    ('"C:\\\\new\\x"', ["C:\\new\\x"]),
    ("a\\b", ["a\\b"]),
    ("a,", ["a", ""]),
    ("", [""]),
]


@pytest.mark.parametrize(("raw", "texts"), VALUES)
def test_values_stand_between_commas(raw: str, texts: list[str]) -> None:
    assert [value.text for value in split_values(raw)] == texts


RANGES = [
    ("a..b", ("a", "b")),
    ("..b", ("", "b")),
    ("a..", ("a", "")),
    ('"a..b"', None),
    ('"a.."..b', ("a..", "b")),
    ('"next mon".."21 nov"', ("next mon", "21 nov")),
    ("a.b", None),
]


@pytest.mark.parametrize(("raw", "ends"), RANGES)
def test_two_dots_outside_of_quotes_make_a_range(raw: str, ends: tuple[str, str] | None) -> None:
    found = value_of(raw).ends
    assert (found and (found[0].text, found[1].text)) == ends


@pytest.mark.parametrize("text", ['"', 'a"b', 'x "y', 'name:"a\\"'])
def test_a_quote_that_is_not_closed_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="a quote is not closed"):
        parse_text(text, world(), kinds("contact"))
    with pytest.raises(BadRequest, match="a quote is not closed"):
        parse([text], world(), kinds("contact"))
