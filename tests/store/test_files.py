"""Finding and reading files: plain ones only, and every odd one is named."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_cli.base.errors import Refused
from crm_cli.schema.problem import Problem
from crm_cli.store import files
from crm_cli.store.files import find_root, is_record_name, read, scan


@pytest.mark.parametrize("name", ["a.yaml", "asha-k7m3q9.yaml", "0.yaml", f"{'a' * 64}.yaml", "console.yaml"])
def test_names_of_records(name: str) -> None:
    assert is_record_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Asha.yaml",
        "a.yml",
        "-a.yaml",
        "a b.yaml",
        "आशा.yaml",
        "con.yaml",
        "lpt1.yaml",
        f"{'a' * 65}.yaml",
        ".yaml",
        "a",
    ],
)
def test_names_of_no_record(name: str) -> None:
    assert not is_record_name(name)


def test_a_scan_finds_records_and_names_what_is_odd(tmp_path: Path) -> None:
    contacts, interactions = tmp_path / "contacts", tmp_path / "interactions"
    (interactions / "2026/11").mkdir(parents=True)
    contacts.mkdir()
    for path in (contacts / "bob.yaml", interactions / "2026/11/call.yaml", interactions / "loose.yaml"):
        path.write_text("name: x\n")
    for name in ("Asha Sharma.yaml", "bob.yml", "notes.txt", ".hidden.yaml", "bob.yaml~", "#bob.yaml#"):
        (contacts / name).write_text("x")
    (contacts / "link.yaml").symlink_to("bob.yaml")
    (contacts / "folder.yaml").mkdir()
    (contacts / "old").mkdir()
    os.mkfifo(contacts / "pipe.yaml")
    (interactions / "2026/11/12").mkdir()
    (interactions / "drafts").mkdir()
    (tmp_path / "deals").write_text("no folder")
    found = scan(tmp_path, ["contacts", "interactions", "deals", "tasks"], ["interactions"])
    assert sorted(path for path, *_ in found.files) == [
        *("contacts/bob.yaml", "interactions/2026/11/call.yaml", "interactions/loose.yaml"),
    ]
    stat = (contacts / "bob.yaml").stat()
    assert ("contacts/bob.yaml", stat.st_size, stat.st_mtime_ns, stat.st_ino) in found.files
    assert sorted((problem.path, problem.code) for problem in found.odd) == [
        ("contacts/Asha Sharma.yaml", "file-name"),
        ("contacts/bob.yml", "file-name"),
        ("contacts/folder.yaml", "not-a-file"),
        ("contacts/link.yaml", "not-a-file"),
        ("contacts/old", "file-name"),
        ("contacts/pipe.yaml", "not-a-file"),
        ("deals", "not-a-file"),
        ("interactions/2026/11/12", "file-name"),
        ("interactions/drafts", "file-name"),
    ]


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deals").symlink_to("/tmp")
    with pytest.raises(Refused, match="symbolic link"):
        scan(tmp_path, ["deals"])


def test_a_file_that_goes_away_while_it_is_looked_at_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / "deals").mkdir(exist_ok=True)
        (tmp_path / "deals" / name).write_text("name: x\n")

    @contextmanager
    def racing(folder: int) -> Iterator[list[os.DirEntry[str]]]:
        with listed(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
        (tmp_path / "deals/b.yaml").unlink(missing_ok=True)
        yield entries

    listed = os.scandir
    monkeypatch.setattr(os, "scandir", racing)
    assert [path for path, *_ in scan(tmp_path, ["deals"]).files] == ["deals/a.yaml"]


def test_reading_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"x" * 100)
    assert read(tmp_path, "a.yaml") == b"x" * 100
    assert read(tmp_path, "a.yaml", limit=100) == b"x" * 100
    with pytest.raises(FileNotFoundError):
        read(tmp_path, "none.yaml")
    with pytest.raises(FileNotFoundError):
        read(tmp_path, "a.yaml/b.yaml")


def _problem(tmp_path: Path, name: str, limit: int = files.RECORD_LIMIT) -> tuple[str, str]:
    found = read(tmp_path, name, limit)
    assert isinstance(found, Problem)
    return found.code, found.message


def test_reading_what_is_no_plain_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "large").write_bytes(b"x" * ((1 << 20) + 1))
    (tmp_path / "zero").symlink_to("/dev/zero")
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    assert _problem(tmp_path, "pipe") == ("not-a-file", "is a named pipe")
    assert _problem(tmp_path, "folder") == ("not-a-file", "is a folder")
    assert _problem(tmp_path, "link") == ("not-a-file", "is a symbolic link")
    assert _problem(tmp_path, "socket") == ("not-a-file", "is a socket or a device")
    assert _problem(tmp_path, "large") == ("too-large", "is larger than 1 MiB")
    assert _problem(Path("/dev"), "zero") == ("not-a-file", "is a device")


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"xxxx")
    (tmp_path / "b").write_bytes(b"x")
    small = os.stat(tmp_path / "b")
    monkeypatch.setattr(os, "fstat", lambda _: small)
    assert _problem(tmp_path, "a", limit=2)[0] == "too-large"
    assert read(tmp_path, "a", limit=100) == (tmp_path / "a").read_bytes()


def test_a_file_that_may_not_be_read_and_a_system_out_of_descriptors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(code: int) -> None:
        def refuse(*_: object) -> int:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "open", refuse)

    fail(13)
    assert _problem(tmp_path, "x") == ("not-a-file", "cannot be read: Permission denied")
    fail(24)
    with pytest.raises(OSError, match="Too many open files"):
        read(tmp_path, "x")


def test_the_nearest_book_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "book" / "contacts"
    inner.mkdir(parents=True)
    assert find_root(inner) is None
    (tmp_path / "book/crm.yaml").write_text("")
    assert find_root(inner) == tmp_path / "book"
    monkeypatch.chdir(inner)
    assert find_root(Path()) == tmp_path / "book"
