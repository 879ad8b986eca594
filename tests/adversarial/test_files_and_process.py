"""What lies in the place of files, odd names, a damaged index, searches in the syntax of the index."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adversarial.hand import PATH, record
from tests.shell import Shell

SECRET = "name: From outside\n"


def _fifo(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # a socket's path may have 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
    finally:
        os.chdir(here)


def _link(place: Path) -> None:
    outside = place.parents[2] / "outside.yaml"
    outside.write_text(SECRET)
    place.symlink_to(outside)


def _device(place: Path) -> None:
    place.symlink_to("/dev/zero")


NO_FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "named pipe": (_fifo, "a named pipe"),
    "socket": (_socket, "a socket"),
    "folder": (Path.mkdir, "a folder"),
    "link to a file outside": (_link, "a symbolic link"),
    "link to a device": (_device, "a symbolic link"),
    "link to nothing": (lambda place: place.symlink_to("nowhere"), "a symbolic link"),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_is_not_opened(book: Shell, name: str) -> None:
    make, said = NO_FILES[name]
    make(book.book / PATH)
    listed = book.crm("contact", "list", "--fields", "name")
    assert (listed.code, listed.out) == (9, "Ravi Rao\n")
    assert listed.err.startswith(f"crm: {PATH}: is {said}")
    for words in (("show", "contacts/asha"), ("set", "contacts/asha", "nickname=Ash")):
        refused = book.crm(*words)
        assert (refused.code, refused.out) == (5, "")
        assert refused.err.startswith(f"crm: {PATH}: ")
    book.ok("set ravi nickname=Rav")
    assert os.path.lexists(book.book / PATH)
    assert "From outside" not in book.crm("export").out
    rows = [line.split("\t") for line in book.crm("doctor", "--fields", "class,code,path").lines]
    assert ["structural", "not-a-file", PATH] in rows


def test_a_folder_that_leads_outside_is_refused(book: Shell, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "web.yaml").write_text("name: Website\n")
    (book.book / "deals").symlink_to(outside)
    for words in (("deal", "list"), ("deal", "add", "Other"), ("set", "ravi", "nickname=Rav"), ("export",)):
        result = book.crm(*words)
        assert (result.code, result.out) == (7, ""), words
        assert "symbolic link" in result.err or "not a plain folder" in result.err
    assert sorted(path.name for path in outside.iterdir()) == ["web.yaml"]


@pytest.mark.parametrize(
    "name",
    ["con", "aux.txt", "nul", "dots...", "space ", "a:b", "x" * 300, "-rf", "..", ".git", "GIT~1", "../../etc/passwd",
     "a/b", "a\\b", "é" * 200, "\u202eevil", "a\nb", "​", "*?", "$(touch ran)", "com1", "आशा", "漢字", "👩"],
)  # fmt: skip
def test_any_name_gives_a_file_name_that_every_system_can_hold(book: Shell, name: str) -> None:
    result = book.crm("contact", "add", "--", name)
    if result.code:
        assert (result.code, len(result.err.splitlines())) == (5, 1), result.err
        return
    (made,) = result.lines
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", made)
    assert not re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)", made)
    assert (book.book / f"contacts/{made}.yaml").is_file()
    assert book.crm("show", made).code == 0
    assert not (book.book / "ran").exists()


@pytest.mark.parametrize("length", [260, 4096, 70_000])
def test_paths_that_are_too_long_are_one_clear_line(book: Shell, length: int) -> None:
    long = "/".join(["x" * 200] * (length // 201 + 1))
    for words in (("-C", long, "contact", "list"), ("init", f"{long}/{'y' * 300}"), ("import", long), ("show", long)):
        result = book.crm(*words)
        assert result.code in (2, 3, 7), result.err
        assert len(result.err.splitlines()) <= 3


def _cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[: place.stat().st_size // 2])


def _newer(place: Path) -> None:
    with sqlite3.connect(place) as db:
        db.execute("pragma user_version = 999999")


def _foreign(place: Path) -> None:
    place.unlink()
    with sqlite3.connect(place) as db:
        db.execute("create table contact (id)")


def _folder_there(place: Path) -> None:
    place.unlink()
    place.mkdir()


DAMAGE: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "cut in two": _cut,
    "zeros": lambda place: place.write_bytes(bytes(place.stat().st_size)) and None,
    "text": lambda place: place.write_text("hello") and None,
    "of a newer program": _newer,
    "of another program": _foreign,
    "a folder": _folder_there,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_whatever_happens_to_the_index_the_answers_are_the_same(book: Shell, name: str) -> None:
    book.ok("contact add 'Asha Sharma' --tag vip")
    questions = (("export",), ("contact", "list", "tag:vip"), ("find", "shar"), ("show", "asha", "--json"), ())
    expected = [book.crm(*words) for words in questions]
    for place in (book.home / ".cache").rglob("*.sqlite"):
        for beside in place.parent.glob(f"{place.name}-*"):
            beside.unlink()
        DAMAGE[name](place)
    assert [book.crm(*words) for words in questions] == expected
    book.ok("set asha nickname=Ash")
    assert book.crm("find", "ash", "--ids").out == expected[3].out.split('"id": "')[1].split('"')[0] + "\n"


def test_a_locked_index_and_none_at_all_give_the_same_answers(book: Shell) -> None:
    expected = book.ok("export").out
    (place,) = (book.home / ".cache").rglob("*.sqlite")
    db = sqlite3.connect(place, isolation_level=None)
    db.execute("begin exclusive")
    try:
        book.write(PATH, record(""))
        assert len(book.ok("export").lines) == 2
    finally:
        db.close()
    (book.book / PATH).unlink()
    shutil.rmtree(book.home / ".cache")
    (book.home / ".cache").write_text("in the way")
    assert book.ok("export").out == expected
    book.ok("set ravi nickname=Rav")


@pytest.mark.parametrize(
    "text",
    ['"', "o'brien", "NEAR(", "-x", "col:x", "*", "ada OR", "AND", 'a"b', "^a", "{a b}", "name:ada", "%", "_", "\\",
     "''", "a*", "(", "NOT ada", "x" * 5000],
)  # fmt: skip
def test_a_search_is_words_and_never_the_syntax_of_the_index(book: Shell, text: str) -> None:
    book.ok("contact add 'Ada Lovelace'")
    book.crm("contact", "add", f"Zed {text[:80]}")
    result = book.crm("find", "--ids", "--", text)
    assert result.code == 0, result.err
    assert any(line.startswith("zed") for line in result.lines) or len(text) > 80
    assert not any(line.startswith("ada") for line in result.lines)
    assert book.crm("contact", "list", f'name~"{text}"').code in (0, 2)


@pytest.mark.parametrize("text", ["", " ", "\u0300", "\u200d", "\u202e\u2069"])
def test_what_nobody_can_see_names_nobody(book: Shell, text: str) -> None:
    before = book.files()
    for words, code in ((("show", text), 3), (("rm", text), 3), (("find", "--", text), 2)):
        assert book.crm(*words).code == code, words
    assert book.crm("contact", "list", f"name~{text}").code == 2
    assert book.files() == before


def test_a_commit_from_the_future_is_warned_of_and_never_overtaken_backwards(book: Shell) -> None:
    future = "2036-11-20T10:00:00+05:30"
    subprocess.run(
        ["git", "commit", "-q", "--allow-empty", "-m", "later", "--date", future],
        cwd=book.book, env={**book.environ, "GIT_COMMITTER_DATE": future}, check=True,
    )  # fmt: skip
    assert "future-commit" in book.ok("doctor").out
    book.ok("set ravi nickname=Rav")
    now, before = book.git("log", "-2", "--format=%ct").split()
    assert int(now) >= int(before)
    assert book.ok("history ravi --fields field,after").lines[0] == "nickname\tRav"
    book.ok("undo")
    assert "nickname" not in book.ok("show ravi").out


def test_crm_now_does_not_date_commits(book: Shell) -> None:
    book.ok("set ravi nickname=Rav", CRM_NOW="1999-01-01T00:00:00+00:00")
    assert not book.git("log", "-1", "--format=%cI").startswith("1999")


def test_files_of_other_sorts_beside_the_records_are_left_alone(book: Shell) -> None:
    others = {
        "README.md": b"# ours\n", "Makefile": b"all:\n\ttrue\n", "contacts/.hidden.yaml": b"\0",
        "contacts/asha.yaml~": b"\0",
        "contacts/.asha.yaml.swp": b"\0", "contacts/asha.yaml.orig": b"\0", "invoices/one.yaml": b"number: 1\n",
    }  # fmt: skip
    for path, data in others.items():
        book.write(path, data)
    assert book.ok("contact list --fields name").out == "Ravi Rao\n"
    book.ok("set ravi nickname=Rav")
    assert {path: (book.book / path).read_bytes() for path in others} == others
    assert not set(others) & set(book.git("ls-files").splitlines())


@pytest.mark.parametrize(
    "name", ["Asha Sharma.yaml", "bob.yml", "आशा.yaml", "con.yaml", "BOB.yaml", "-bob.yaml", "a_b.yaml"]
)
def test_a_record_under_a_name_that_is_none_is_loud(book: Shell, name: str) -> None:
    book.write(f"contacts/{name}", "name: Bob\n")
    result = book.crm("contact", "list", "--fields", "name")
    assert result.out == "Ravi Rao\n"
    assert f"contacts/{name}" in result.err
    assert book.crm("doctor").code == 1
    book.ok("doctor --fix")
    assert sorted(book.ok("contact list --fields name").lines) == ["Bob", "Ravi Rao"]
