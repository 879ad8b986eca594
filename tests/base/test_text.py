"""Folding, visible escapes and cell widths."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.text import clip, fold, json_escapes, mixed_script, nearest, visible, visible_block, width


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("José", "jose"),
        ("José", "JOSÉ"),
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("Ωμέγα", "ωμεγα"),
        ("ᾳ", "Α"),
        ("Фёдор", "федор"),
        ("İstanbul", "istanbul"),
        ("ﬁne", "FINE"),
        ("Ａｄａ", "ada"),
        ("क़लम", "क़लम"),
        ("क्‍ष", "क्ष"),
        ("राम\u200c", "राम"),
        ("re\u00adsume", "resume"),
        ("\u200eAsha\u200f", "asha"),
        ("한국", unicodedata.normalize("NFD", "한국")),
    ],
)
def test_these_fold_to_the_same(first: str, second: str) -> None:
    assert fold(first) == fold(second)


@pytest.mark.parametrize(("first", "second"), [("कलम", "क़लम"), ("काम", "कम"), ("कि", "की"), ("संत", "सत"), ("ば", "は")])
def test_signs_of_other_scripts_are_no_accents(first: str, second: str) -> None:
    assert fold(first) != fold(second)


@given(st.text())
def test_folding_knows_no_normal_forms_and_no_case(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Asha", "Asha"),
        ("आशा शर्मा", "आशा शर्मा"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\u202eb", r"a\u202eb"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\u2028\u2029\u061c\u200e\u2066", r"\u2028\u2029\u061c\u200e\u2066"),
        ("\ud800", r"\ud800"),
        (r"C:\new", r"C:\\new"),
        ("क्‍ष 👩‍👩‍👧", "क्‍ष 👩‍👩‍👧"),
        ("a\xa0b", "a\xa0b"),
    ],
)
def test_what_could_steer_a_terminal_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_block_keeps_its_lines() -> None:
    assert visible_block("one\n\ttwo\r\x1b\\") == "one\n\ttwo\\r\\x1b\\\\"
    assert visible_block("one") == "one"


@given(st.text(st.characters()))
def test_nothing_that_steers_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in shown)
    assert not any(
        unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for char in shown
    )
    assert len(shown) >= len(text)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from('\u202e\x9b\x7f\u2028आ\\"\n\x1b')))
def test_json_says_the_same_after_its_escapes(text: str) -> None:
    dumped = json_escapes(json.dumps([text], ensure_ascii=False, indent=1))
    assert json.loads(dumped) == [text]
    assert "\u202e" not in dumped
    assert "\x9b" not in dumped


def test_json_keeps_hindi_and_escapes_lone_surrogates() -> None:
    assert json_escapes('["आशा", "\u202e\x7f"]') == '["आशा", "\\u202e\\u007f"]'
    assert json_escapes('["\ud800"]') == '["\\ud800"]'


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Asha", 4),
        ("आशा", 3),
        ("श्रीमती आशा शर्मा", 15),
        ("日本", 4),
        ("e\u0301", 1),
        ("e" + "\u0301" * 1000, 1),
        ("क्‍ष", 2),
        ("한", 2),
        (unicodedata.normalize("NFD", "한"), 2),
        ("", 0),
    ],
)
def test_width_counts_cells_as_terminals_do(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("Asha Sharma", 11, "Asha Sharma"),
        ("Asha Sharma", 5, "Asha…"),
        ("Asha", 1, "…"),
        ("Asha", 0, ""),
        ("आशा", 3, "आशा"),
        ("आशा", 2, "आ…"),
        ("आशा", 0, ""),
        ("कक्षा", 3, "क…"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("Jose\u0301 Maria", 5, "Jose\u0301…"),
    ],
)
def test_clipping_leaves_whole_syllables(text: str, cells: int, shown: str) -> None:
    assert clip(text, cells) == shown


@given(st.text(st.characters(codec="utf-8")), st.integers(0, 20))
def test_a_clipped_text_fits(text: str, cells: int) -> None:
    if text.isprintable():
        assert width(clip(text, cells)) <= cells


def test_a_tower_of_accents_is_cut_down() -> None:
    assert clip("e" + "\u0301" * 1000 + "x", 5) == "e" + "\u0301" * 8 + "x"


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("Аda", True),
        ("Αsha", True),
        ("Asha Иванов", False),
        ("Иванов", False),
        ("आशा Sharma", False),
        ("Ada", False),
        ("José", False),
        ("5Ω/m Ada", False),
        ("pаypal ok", True),
    ],
)
def test_a_word_of_two_alphabets_is_noticed(text: str, mixed: bool) -> None:
    assert mixed_script(text) is mixed


def test_the_nearest_word_is_found_or_none() -> None:
    stages = ["Prospecting", "proposal", "won"]
    assert nearest("propsal", stages) == "proposal"
    assert nearest("PROSPECTNG", stages) == "Prospecting"
    assert nearest("xyzzy", stages) is None
    assert nearest("x", []) is None
