"""Ids: slugs that read well in ASCII, and their random parts."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.base.ids import dated_id, is_id, new_id, random_part, slug


def first_of(choices: str) -> str:
    return choices[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Asha Sharma", "asha-sharma"),
        ("आशा शर्मा", "asha-sharma"),
        ("  José  O'Brien & Søn ", "jose-obrien-son"),
        ("Иван", "ivan"),
        ("-rf", "rf"),
        ("../../etc", "etc"),
        ("aux.txt", "aux-txt"),
        (".git", "git"),
        ("GIT~1", "git-1"),
        ("a:b", "a-b"),
        ("!!!", "contact"),
        ("", "contact"),
        ("🙂🙂", "slight-smile-slight-smile"),
        ("2026", "2026"),
        ("x" * 300, "x" * 57),
        ("word " * 50, "word-" * 10 + "word"),
    ],
)
def test_a_slug_is_what_can_be_read_of_a_name(name: str, expected: str) -> None:
    assert slug(name, "contact") == expected


def test_an_id_is_a_slug_and_six_random_characters_the_first_a_letter() -> None:
    assert new_id("Asha Sharma", "contact", first_of) == "asha-sharma-a00000"
    assert new_id("con", "contact", first_of) == "con-a00000"
    one, other = new_id("Asha", "contact"), new_id("Asha", "contact")
    assert one != other
    assert random_part(one) == one[-6:]


def test_an_interaction_begins_with_its_day_and_kind() -> None:
    assert dated_id("2026-11-21", "call", "आशा शर्मा", first_of) == "2026-11-21-call-asha-sharma-a00000"
    assert dated_id("2026-11-21", "call", "…", first_of) == "2026-11-21-call-a00000"
    assert len(dated_id("2026-11-21", "whatsapp", "x" * 300, first_of)) == 64


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_whatever_the_name_the_id_is_one(name: str) -> None:
    for made in (new_id(name, "contact"), dated_id("2026-11-21", name, name)):
        assert is_id(made)
        assert "--" not in made
        assert random_part(made) is not None


@pytest.mark.parametrize(
    "text", ["bob", "asha-sharma-k7m3q9", "0", "a" * 64, "con-k7m3q9", "2026-11-21-call-asha-t8n4c6"]
)
def test_ids_made_by_hand_are_ids_too(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "-bob", "Bob", "a" * 65, "bob.yml", "a b", "आशा", "con", "nul", "com1", "lpt0", "../x", "bob\n", "a_b"]
)
def test_other_names_are_no_ids(text: str) -> None:
    assert not is_id(text)


@pytest.mark.parametrize(
    ("record_id", "part"),
    [
        ("asha-sharma-k7m3q9", "k7m3q9"),
        ("bob", None),
        ("k7m3q9", None),
        ("asha-77m3q9", None),
        ("asha-klm3q9", None),
        ("asha-k7m3q", None),
        ("asha-k7m3q9\n", None),
    ],
)
def test_the_random_part_is_known_by_its_form(record_id: str, part: str | None) -> None:
    assert random_part(record_id) == part


def test_bytes_that_would_make_some_letters_likelier_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    # 242 is 11 times the 22 letters: what is above begins a round that is not full. 256 is 8 times the 32 characters.
    given = iter([255, 242, 0, 255, 1, 2, 3, 4])
    monkeypatch.setattr(os, "urandom", lambda _count: bytes([next(given)]))
    assert new_id("Asha", "x") == "asha-az1234"
