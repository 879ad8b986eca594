"""The driver itself, as git calls it: three files in, the merged one in the place of ours."""

from pathlib import Path

import pytest

from tests.shell import Shell

ASHA = "contacts/asha-sharma-k7m3q9.yaml"
BASE = "name: Asha Sharma\ntitle: Owner\n"


def driven(shell: Shell, base: str, ours: str, theirs: str, path: str = ASHA, code: int = 0) -> str:
    """What stands in the place of ours afterwards."""
    for name, text in ((".o", base), (".a", ours), (".b", theirs)):
        shell.write(name, text)
    result = shell.crm("merge-driver", ".o", ".a", ".b", path)
    assert result.code == code, result.err
    return (shell.book / ".a").read_text()


def test_fields_of_both_sides_come_together(empty: Shell) -> None:
    merged = driven(empty, BASE, f"{BASE}nickname: Ash\n", BASE.replace("Owner", "Head"))
    assert merged == "name: Asha Sharma\ntitle: Head\nnickname: Ash\n"
    assert not list((empty.book / ".git").glob("crm-*"))


@pytest.mark.parametrize("base", ["", "- no record\n", BASE])
def test_without_a_time_the_same_value_is_shown_whichever_side_is_ours(empty: Shell, base: str) -> None:
    one, two = BASE.replace("Owner", "Head"), BASE.replace("Owner", "Chief")
    assert driven(empty, base, one, two) == driven(empty, base, two, one)


def test_of_two_broken_sides_one_stays_and_the_other_is_kept(empty: Shell) -> None:
    left = driven(empty, BASE, "title: [\n", "title: {\n")
    (aside,) = (empty.book / "quarantine").iterdir()
    assert {left, aside.read_text()} == {"title: [\n", "title: {\n"}


def test_settings_are_merged_even_where_those_in_the_work_tree_are_broken(empty: Shell) -> None:
    empty.write("crm.yaml", "currency: [\n")
    merged = driven(empty, "format: 1\n", "format: 1\ncurrency: EUR\n", "format: 1\nlanguage: hi\n", "crm.yaml")
    assert sorted(merged.splitlines()) == ["currency: EUR", "format: 1", "language: hi"]


def test_what_is_no_record_is_left_to_git(empty: Shell) -> None:
    assert driven(empty, "a: 1\n", "a: 2\n", "a: 3\n", "site.yaml", code=1) == "a: 2\n"
    assert driven(empty, "a: 1\n", "a: 2\n", "a: 3\n", "contacts/Bad Name.yaml", code=1) == "a: 2\n"


def test_a_link_or_a_place_outside_is_refused(empty: Shell, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(BASE)
    (empty.book / ".l").symlink_to(tmp_path / "secret")
    empty.write(".o", BASE)
    assert empty.crm("merge-driver", ".o", ".l", ".o", ASHA).code == 7
    assert empty.crm("merge-driver", ".o", "../secret", ".o", ASHA).code == 7
    assert (tmp_path / "secret").read_text() == BASE
