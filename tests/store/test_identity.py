"""Who is written into a commit, and where that is taken from."""

import os
from pathlib import Path

import pytest

from crm_cli.store.identity import identity
from crm_cli.store.objects import Identity


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    empty = tmp_path / "empty"
    empty.write_text("")
    return {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": str(empty), "LOGNAME": "asha", "HOME": str(tmp_path)}


def test_the_order_of_sources(book: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "desk.example")
    assert identity(book, environ) == Identity("asha", "asha@desk.example")
    with (book / ".git/config").open("a") as config:
        config.write("[user]\n\tname = Book\n\temail = book@acme.example\n")
    assert identity(book, environ) == Identity("Book", "book@acme.example")
    Path(environ["GIT_CONFIG_GLOBAL"]).write_text("[user]\n\tname = Global\n")
    assert identity(book, environ) == Identity("Global", "book@acme.example")
    environ["GIT_AUTHOR_EMAIL"] = "author@acme.example"
    assert identity(book, environ) == Identity("Global", "author@acme.example")
    environ["GIT_AUTHOR_NAME"] = "Author"
    assert identity(book, environ) == Identity("Author", "author@acme.example")
    environ["CRM_USER"] = "Ravi"
    assert identity(book, environ) == Identity("Ravi", "Ravi@desk.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asha Sharma <asha@acme.example>", Identity("Asha Sharma", "asha@acme.example")),
        ("<asha@acme.example>", Identity("asha", "asha@acme.example")),
        ("asha@acme.example", Identity("asha@acme.example", "asha@acme.example")),
        ("A\nB <x@y.example>", Identity("A B", "x@y.example")),
        ("आशा", Identity("आशा", "crm@desk.example")),
        ("<>", Identity("crm", "")),
    ],
)
def test_forms_of_the_user(
    book: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, text: str, expected: Identity
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "desk.example")
    assert identity(book, environ | {"CRM_USER": text}) == expected


def test_a_user_id_without_a_name(book: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise KeyError

    monkeypatch.setattr("socket.gethostname", lambda: "desk")
    monkeypatch.setattr("getpass.getuser", unknown)
    del environ["LOGNAME"]
    assert identity(book, environ) == Identity("crm", "crm@desk")


PLAIN = "[user]\n\tname = Asha Sharma\n\temail = asha@acme.example\n"


def test_settings_that_are_plainly_spelt_need_no_git(
    book: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_cli.store.identity.open_git", lambda *_: pytest.fail("git was asked"))
    Path(environ["GIT_CONFIG_GLOBAL"]).write_text(PLAIN)
    assert identity(book, environ) == Identity("Asha Sharma", "asha@acme.example")
    environ["HOME"] = str(book.parent)
    (book.parent / ".gitconfig").write_text(PLAIN.replace("Asha", "Home"))
    assert identity(book, environ).name == "Asha Sharma"
    del environ["GIT_CONFIG_GLOBAL"]
    assert identity(book, environ).name == "Home Sharma"


def test_an_empty_name_of_the_users_settings_means_none(
    book: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "desk.example")
    (book.parent / ".gitconfig").write_text(PLAIN)
    environ |= {"HOME": str(book.parent), "GIT_CONFIG_GLOBAL": ""}
    assert identity(book, environ) == Identity("asha", "asha@desk.example")


@pytest.mark.parametrize("more", ["[include]\n\tpath = more\n", '[user]\n\tname = "Other" # not plain\n'])
def test_what_is_not_plain_is_read_by_git(book: Path, environ: dict[str, str], more: str) -> None:
    place = Path(environ["GIT_CONFIG_GLOBAL"])
    place.with_name("more").write_text("[user]\n\tname = Other\n")
    place.write_text(PLAIN + more)
    assert identity(book, environ) == Identity("Other", "asha@acme.example")
