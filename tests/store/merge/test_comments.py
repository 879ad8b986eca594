"""What both sides did to the comments of a file is in the merged one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.store.codec import Document, parse
from crm_cli.store.merge import merge, merged_file
from crm_cli.store.merge.comments import MOST, comments, with_comments
from tests.effort import sample
from tests.store.merge.files import BOOK, document, record

BASE = """\
# from the fair
name: Asha  # as she says it
title: Buyer

# at work
phones:
  # the best one
  - mobile: "+91 98765 43210"  # evenings
  - {work: "+91 22 2778 0000"}
tags: [a,  # first
       b]
notes: |  # long
  # not a comment
  Hello
# the end
"""


def merged(base: str | None, late: str, early: str) -> str:
    """The file of the later side with the edits of the earlier one."""
    versions = [None if text is None else record("contact", text) for text in (base, late, early)]
    both = merge(versions[0], versions[1], versions[2], later="x", settings=BOOK).record
    assert both is not None
    files = None if base is None else document(base)
    return merged_file(files, document(late), document(early), both, BOOK).decode()


def edited(*changes: tuple[str, str]) -> str:
    """The base with texts replaced."""
    text = BASE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def test_every_comment_is_found_and_no_text_is_taken_for_one() -> None:
    found = [(comment.text, comment.path[:1], comment.own) for comment in comments(document(BASE))]
    assert found == [
        ("# from the fair", ("name",), True),
        ("# as she says it", ("name",), False),
        ("# at work", ("phones",), True),
        ("# the best one", ("phones",), True),
        ("# evenings", ("phones",), False),
        ("# first", ("tags",), False),
        ("# long", ("notes",), False),
        ("# the end", (), True),
    ]


ROWS = {
    "a value here, the comment behind it there": (
        (("Asha  #", "Asha S  #"),),
        (("# as she says it", "# from her card"),),
        (("Asha  # as she says it", "Asha S  # from her card"),),
    ),
    "two comments: both lines": (
        (("# at work", "# in the office"),),
        (("# at work", "# nine to five"),),
        (("# at work", "# in the office\n# nine to five"),),
    ),
    "two comments behind one value": (
        (("# evenings", "# after six"),),
        (("# evenings", "# not on Sundays"),),
        (("  - mobile", "  # not on Sundays\n  - mobile"), ("# evenings", "# after six")),
    ),
    "the same comment on both sides": (
        (("# evenings", "# after six"), ("Buyer", "Head")),
        (("# evenings", "# after six"),),
        (("# evenings", "# after six"), ("Buyer", "Head")),
    ),
    "comments taken out there": (
        (("Buyer", "Head"),),
        (("# from the fair\n", ""), ("  # evenings", ""), ("  # the best one\n", ""), ("# the end\n", "")),
        (
            ("# from the fair\n", ""),
            ("  # evenings", ""),
            ("  # the best one\n", ""),
            ("# the end\n", ""),
            ("Buyer", "Head"),
        ),
    ),
    "new comments there, at places that changed here": (
        (("title: Buyer\n", ""), ("98765 43210", "98765 99999")),
        (("title: Buyer", "title: Buyer  # since May"), ("# evenings", "# evenings only")),
        (
            ("title: Buyer\n", ""),
            ("phones:", "phones:  # evenings only"),
            ('43210"  # evenings', '99999"'),
            ("# the end\n", "# the end\n# since May\n"),
        ),
    ),
    "a comment behind a text of several lines": (
        (("Buyer", "Head"),),
        (("|  # long", "|  # very long"),),
        (("notes: |  # long", "# very long\nnotes: |"), ("Buyer", "Head")),
    ),
    "a comment within a flow": (
        (("Buyer", "Head"),),
        (("# first", "# one"),),
        (("# first", "# one"), ("Buyer", "Head")),
    ),
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_of_both_sides(row: str, newline: str) -> None:
    late, early, expected = (edited(*changes).replace("\n", newline) for changes in ROWS[row])
    assert sorted(merged(BASE.replace("\n", newline), late, early).splitlines()) == sorted(expected.splitlines())
    assert document(merged(BASE.replace("\n", newline), late, early)).newline == newline


def test_files_made_on_both_sides_have_the_comments_of_both() -> None:
    assert merged(None, "name: Asha # a\n", "name: Asha # a\ntitle: Head # b") == "name: Asha # a\ntitle: Head  # b\n"


def test_a_file_without_a_last_line_end_and_with_a_mark_keeps_them() -> None:
    base, early = "\ufeffname: Asha\ntitle: a", "\ufeffname: Asha  # hm\ntitle: a"
    result = with_comments(document(base), document(base), document(early), base.encode())
    assert result.decode() == early
    ended = with_comments(document(base), document(base), document(base + "\n# end"), base.encode())
    assert ended.decode() == base + "\n# end\n"


def test_very_many_comments_go_to_the_end_together() -> None:
    early = "".join(f"# {number}\nk{number}: 1\n" for number in range(MOST + 1))
    late = early.replace("# ", "# late ")
    result = with_comments(None, document(late), document(early), late.encode()).decode()
    assert result == late + "".join(f"# {number}\n" for number in range(MOST + 1))


def test_a_file_that_cannot_be_read_is_left_alone() -> None:
    data = b"a: [\n"
    assert with_comments(None, document("a: 1"), document("a: 1 # x"), data) == data


LINES = st.sampled_from(
    [
        "# one",
        "  # two",
        "k: v # x",
        "a: 'b # c'",
        "m:",
        "  n: 1",
        "  o: |",
        "    text # in",
        "- x",
        "",
        "f: [1, # y",
        "  2]",
    ]
)
TEXTS = st.lists(LINES, max_size=8, unique=True).map("\n".join)


@settings(max_examples=sample(70, 200), deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(base=TEXTS, late=TEXTS, early=TEXTS)
def test_comments_never_change_what_a_file_says_and_none_is_lost(base: str, late: str, early: str) -> None:
    files = [parse(text.encode(), "a.yaml") for text in (base, late, early)]
    found = [file for file in files if isinstance(file, Document)]
    if len(found) < 3:
        return
    result = parse(with_comments(found[0], found[1], found[2], late.encode()), "a.yaml")
    assert isinstance(result, Document)
    before, ours, theirs, both = ({comment.text for comment in comments(file)} for file in (*found, result))
    assert (ours | theirs) - before <= both
    assert not (before - theirs) & both - (ours - before)
