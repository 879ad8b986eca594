"""Telling broken files from mistyped ones, and taking a file with conflict markers apart."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.kinds import KINDS
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.damage import committed, is_broken
from crm_cli.services.doctor.markers import rebuild, rebuilt, versions


@pytest.mark.parametrize("data", [b"", b" \n", b"\0", b"name: a\0", b"\xff\x00\x01", b"\x93\x01\xfe\x88"])
def test_nobody_typed_this(data: bytes) -> None:
    assert is_broken(data)


@pytest.mark.parametrize("data", [b"name: [", "é".encode("latin-1"), "name: a".encode("utf-16"), b"name: \x1b[31m"])
def test_somebody_may_have_typed_this(data: bytes) -> None:
    assert not is_broken(data)


def test_the_versions_between_markers_share_what_stands_around_them() -> None:
    text = b"a: 1\n<<<<<<< HEAD\r\nb: 2\n||||||| base\nb: 1\n=======\nb: 3\n>>>>>>>\nc: 4\n"
    assert versions(text) == ("a: 1\nb: 1\nc: 4\n", "a: 1\nb: 2\nc: 4\n", "a: 1\nb: 3\nc: 4\n")


@pytest.mark.parametrize(
    "text", [b"<<<<<<< a\n", b"<<<<<<< a\n>>>>>>> b\n", b"<<<<<<< a\n=======\n=======\n>>>>>>> b\n", b"\xff<<<<<<< a\n"]
)
def test_markers_that_do_not_match_give_no_versions(text: bytes) -> None:
    assert versions(text) is None


def test_a_line_of_equals_signs_outside_markers_is_text() -> None:
    assert versions(b"notes: |\n  x\n=======\n") == (("notes: |\n  x\n=======\n",) * 3)


WORD = st.text("abc", min_size=1, max_size=4)


@given(ours=st.dictionaries(st.sampled_from(["title", "nickname", "language"]), WORD), theirs=WORD)
def test_no_value_between_the_markers_is_lost(ours: dict[str, str], theirs: str) -> None:
    mine = "".join(f"{key}: m{value}\n" for key, value in ours.items())
    text = f"name: Asha\n<<<<<<< a\n{mine}=======\ntitle: t{theirs}\n>>>>>>> b\n"
    made = rebuild(text.encode(), "contacts/asha.yaml", KINDS, Settings())
    assert made is not None
    words = made.data.decode().split()
    assert {f"m{value}" for value in ours.values()} | {f"t{theirs}"} <= set(words)
    assert made.kept_aside == ("title" in ours)


def test_what_is_no_record_is_not_rebuilt() -> None:
    assert rebuilt(Path("/nowhere"), "README.md", b"<<<<<<< a\n=======\n>>>>>>> b\n", KINDS, Settings()) is None
    assert rebuild(b"<<<<<<< a\n=======\n>>>>>>> b\n", "crm.yaml", KINDS, Settings()) is None


def test_without_a_history_nothing_was_committed(tmp_path: Path) -> None:
    assert committed(tmp_path, ["crm.yaml"]) == {}
