"""Objects that are a file each are those of git, and a damaged one is never taken for whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_cli.store import loose
from crm_cli.store.commits import Change, make_commit
from crm_cli.store.git import open_git
from crm_cli.store.objects import Identity, blob_id

Git = Callable[..., str]
ME = Identity("Asha Sharma", "asha@acme.example")
DATA = b"name: Nobody Else\n"


@given(st.binary(max_size=300))
def test_an_id_is_that_of_git(data: bytes) -> None:
    assert loose.object_id(b"blob", data).hex() == blob_id(data)


def test_git_reads_what_is_written_and_the_other_way_round(book: Path, git: Git) -> None:
    objects, oid = book / ".git/objects", blob_id(DATA)
    loose.write(objects, [(bytes.fromhex(oid), loose.compressed((b"blob", DATA)))])
    assert git("cat-file", "-p", oid) == DATA.decode()
    assert git("fsck", "--strict", "--unreachable").split() == ["unreachable", "blob", oid]
    for name in git("rev-list", "--objects", "--all").split():
        if len(name) == 40:
            kind, content = loose.read(objects, name) or pytest.fail(name)
            assert kind.decode() == git("cat-file", "-t", name).strip()
            assert loose.object_id(kind, content).hex() == name


@pytest.mark.parametrize("damage", [b"", DATA, None], ids=["empty", "no object", "cut"])
def test_a_damaged_object_is_written_again(book: Path, git: Git, damage: bytes | None) -> None:
    objects, oid = book / ".git/objects", blob_id(DATA)
    loose.write(objects, [(bytes.fromhex(oid), loose.compressed((b"blob", DATA)))])
    place = objects / oid[:2] / oid[2:]
    whole = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(whole[:-3] if damage is None else damage)
    assert loose.read(objects, oid) is None
    loose.write(objects, [(bytes.fromhex(oid), loose.compressed((b"blob", DATA)))])
    assert git("cat-file", "-p", oid) == DATA.decode()


def test_an_object_under_the_name_of_another_is_none(book: Path) -> None:
    objects, other = book / ".git/objects", blob_id(b"another")
    loose.write(objects, [(bytes.fromhex(other), loose.compressed((b"blob", DATA)))])
    assert loose.read(objects, other) is None


def test_a_commit_on_top_of_packed_ones(book: Path, git: Git) -> None:
    git("gc", "-q")
    head = git("rev-parse", "HEAD").strip()
    assert loose.read(book / ".git/objects", head) is None
    made = make_commit(open_git(book), [head], [Change("contacts/new.yaml", DATA)], "ours", ME)
    assert git("diff", "--name-status", head, made).split() == ["A", "contacts/new.yaml"]
    git("gc", "-q")  # the trees below are packed now, and the commit is not
    last = make_commit(open_git(book), [made], [Change("contacts/new.yaml")], "gone", ME)
    assert git("diff", "--name-status", head, last) == ""
