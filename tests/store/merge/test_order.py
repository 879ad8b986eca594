"""In which order the items of two lists stand in one."""

import pytest

from crm_cli.store.merge.case import Three
from crm_cli.store.merge.order import arranged


@pytest.mark.parametrize(
    ("base", "late", "early", "expected"),
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "abc", "cba", "cba"),
        ("abc", "cab", "bca", "cab"),
        ("abc", "abxc", "cab", "cabx"),
        ("abc", "acx", "abcy", "abcyx"),
        ("ab", "xab", "yab", "xyab"),
        ("ab", "abx", "aby", "abyx"),
        ("ab", "x", "yab", "xyab"),
        ("", "xz", "yw", "xzyw"),
        ("a", "", "xya", "xya"),
    ],
)
def test_order(base: str, late: str, early: str, expected: str) -> None:
    assert "".join(arranged(Three(base, late, early), {*late, *early})) == expected


def test_what_is_no_member_is_left_out() -> None:
    assert arranged(Three("abc", "abc", "xabc"), {"x", "c"}) == ["x", "c"]
