"""What a git in the middle of something takes in, as its environment and its own files tell."""

from pathlib import Path

import pytest

from crm_cli.store.layout import Layout
from crm_cli.store.sync.sides import incoming

ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def where(tmp_path: Path) -> Layout:
    (tmp_path / ".git").mkdir()
    return Layout(tmp_path, tmp_path / ".git", tmp_path / ".git")


def test_a_merge_names_its_commit_in_the_environment(where: Layout) -> None:
    assert incoming(where, {f"GITHEAD_{ONE}": "origin/main", "GITHEAD_x": "", "HOME": "/"}) == ONE
    assert incoming(where, {f"GITHEAD_{ONE}": "a", f"GITHEAD_{TWO}": "b"}) is None
    assert incoming(where, {}) is None


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD"])
def test_one_that_has_stopped_has_it_in_a_file(where: Layout, name: str) -> None:
    (where.git / name).write_text(f"{ONE}\n")
    assert incoming(where, {}) == ONE
    (where.git / name).write_text(f"{ONE}\n{TWO}\n")
    assert incoming(where, {}) is None
    (where.git / name).write_text("nonsense\n")
    assert incoming(where, {}) is None


@pytest.mark.parametrize(
    ("done", "found"),
    [
        (f"pick {ONE} first\npick {TWO} second\n", TWO),
        (f"fixup -C {ONE} first\n", ONE),
        (f"p {ONE}\n", ONE),
        (f"pick {ONE} first\nexec make\n", None),
        ("", None),
    ],
)
def test_a_rebase_is_at_the_last_line_that_it_has_begun(where: Layout, done: str, found: str | None) -> None:
    (where.git / "rebase-merge").mkdir()
    (where.git / "rebase-merge" / "done").write_text(done)
    assert incoming(where, {}) == found
