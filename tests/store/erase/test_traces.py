"""The texts by which somebody is known, in every spelling in which they are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.store.erase.traces import ERASED, Traces, traces

ASHA = traces(
    names=["आशा शर्मा", "Asha Devi Sharma"],
    words=["Guddi"],
    numbers=["+91 98765 43210", "12"],
    exact=["asha@acme.example", "ab"],
    ids={"asha-sharma-k7m3q9": "contact-x1y2z3", "asha-old": None},
)


@pytest.mark.parametrize(
    "text",
    [
        "Asha Devi Sharma",
        "ASHA  sharma",
        "Sharma, Asha",
        "asha-sharma",
        "Ásha Sharma",
        "A\u0301sha Sharma",
        "आशा शर्मा",
        "asha\n    sharma",
        "asha@acme.example",
        "Asha@Acme.Example",
        "98765 43210",
        "098765-43210",
        "+91-98765 43210",
        "00919876543210",
        "(98765) 43210",
    ],
)
def test_somebody_is_found_however_it_is_written(text: str) -> None:
    assert ASHA.found(f"saw {text} today")
    assert ASHA.replaced(f"saw {text} today") == f"saw {ERASED} today"
    assert ASHA.pieces(f"saw {text} today") == [text]


@pytest.mark.parametrize(
    "text",
    [
        *("asha", "Sharma", "Guddi", "Natasha Sharmaji", "आशा शर्मामे", "asha@acme.examples"),
        *("xasha@acme.example", "1987654321099", "12", "ab", "Asha and Mrs Sharma"),
    ],
)
def test_somebody_else_is_not(text: str) -> None:
    assert not ASHA.found(text)
    assert ASHA.replaced(text) == text


def test_near_them_every_word_of_the_name_counts() -> None:
    assert ASHA.replaced("Asha, called Guddi; Mr Rao", near=True) == "[erased], called [erased]; Mr Rao"


def test_ids_lead_on_or_nowhere() -> None:
    text = "contact:asha-sharma-k7m3q9 or asha-old, not asha-older"
    assert ASHA.ids_in(text) == ["asha-sharma-k7m3q9", "asha-old"]
    assert ASHA.replaced(text) == "contact:contact-x1y2z3 or [erased], not asha-older"
    assert ASHA.replaced("asha-sharma-k7m3q9", keep_ids=True) == "[erased]-k7m3q9"


def test_what_others_bear_counts_only_near() -> None:
    shared = traces(
        names=["Asha Sharma", "Mohan"],
        numbers=["98765 43210"],
        exact=["a@b.example"],
        others=["asha sharma", "Mohan Lal", "9876543210", "A@b.example"],
    )
    for text in ("Asha Sharma", "Mohan"):
        assert not shared.found(text)
        assert shared.found(text, near=True)
    assert not shared.found("9876543210 a@b.example", near=True)


def test_a_script_without_blanks_needs_none() -> None:
    assert traces(names=["田中 太郎"]).replaced("昨日田中太郎さん") == "昨日[erased]さん"


def test_nobody_is_found_nowhere() -> None:
    assert not Traces().found("anything")
    assert Traces().replaced("anything", near=True) == "anything"
    assert traces(names=["a b c d e f g h i j", "", "--"], words=["x"], exact=[" "]) == Traces()


@given(
    st.text(max_size=60), st.sampled_from(["Asha Sharma", "asha@acme.example", "+91 98765 43210"]), st.text(max_size=60)
)
def test_nothing_is_left_and_nothing_else_is_lost(before: str, mention: str, behind: str) -> None:
    text = f"{before} | {mention} | {behind}"
    replaced = ASHA.replaced(text)
    assert not ASHA.found(replaced)
    if not ASHA.found(before) and not ASHA.found(behind):
        assert replaced == f"{before} | {ERASED} | {behind}"
