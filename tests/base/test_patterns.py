"""Patterns that wait for their first use."""

import re

from crm_cli.base.patterns import pattern


def test_a_pattern_is_what_compile_gives() -> None:
    digits = pattern(r"([0-9]+)")
    found = digits.search("a12")
    assert found is not None
    assert found[1] == "12"
    assert digits.fullmatch("12x") is None
    assert digits.sub("", "a1b2") == "ab"
    assert digits.pattern == r"([0-9]+)"


def test_flags_count() -> None:
    assert pattern("a", re.IGNORECASE).fullmatch("A")


def test_it_is_compiled_at_its_first_use_and_never_again() -> None:
    odd = pattern("(")
    try:
        odd.match("x")
    except re.error:
        pass
    else:
        raise AssertionError("an impossible pattern was accepted")
    good = pattern("x")
    assert good.match("x")
    assert vars(good)["match"] == re.compile("x").match
