"""Records as a table of all fields; files that are written whole, once, and for their owner alone."""

import os
import resource
import stat
from pathlib import Path

import pytest

from crm_cli.base.errors import BadRequest, Refused
from crm_cli.schema.condition import Selection
from crm_cli.services.exchange.export import check_target, choose, full_table, json_texts, place_once, writing
from tests.services.exchange.books import Books


def test_a_full_table_has_every_field_and_the_keys_that_occur(books: Books) -> None:
    books.write(
        "contacts/asha-k7m3q9.yaml", "name: Asha\ncustom:\n  b: 1\nconsent:\n  sms: no 2026-01-01\n  email: yes\n"
    )
    books.write("contacts/ravi-k7m3q9.yaml", "name: Ravi\ncustom:\n  a: 2\nfacts:\n  likes: tea\nshoe: 42\n")
    book = books.open()
    table = full_table(book, book.kinds["contact"], Selection())
    names = [column.name for column in table.columns]
    assert names[:3] == ["id", "record", "name"]
    assert [name for name in names if "." in name] == [
        "consent.email",
        "consent.sms",
        "facts.likes",
        "custom.a",
        "custom.b",
    ]
    assert {"touch", "open_amount", "last_contact", "conflicts"} <= set(names)
    assert not {"extra", "problems", "custom", "_direction"} & set(names)
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert (rows[0]["custom.b"], rows[0]["custom.a"], rows[1]["facts.likes"]) == ("1", None, "tea")


def test_an_amount_has_columns_that_a_spreadsheet_can_add_up(books: Books) -> None:
    books.write("deals/one-k7m3q9.yaml", "name: One\namount: 75000 INR\n")
    books.write("deals/two-k7m3q9.yaml", "name: Two\n")
    book = books.open()
    table = full_table(book, book.kinds["deal"], Selection())
    names = [column.name for column in table.columns]
    place = names.index("amount")
    assert names[place : place + 3] == ["amount", "amount.amount", "amount.currency"]
    assert [row[place + 1 : place + 3] for row in table.rows] == [["75000", "INR"], [None, None]]


def test_a_kind_without_records_has_its_fields_all_the_same(books: Books) -> None:
    book = books.open()
    table = full_table(book, book.kinds["task"], Selection())
    assert list(table.rows) == []
    assert "due" in [column.name for column in table.columns]


def test_archived_records_are_given_out_only_when_asked_for(books: Books) -> None:
    books.write("contacts/asha-k7m3q9.yaml", "name: Asha\narchived: 2026-01-01\n")
    books.write("contacts/ravi-k7m3q9.yaml", "name: Ravi\n")
    book = books.open()
    kinds = [book.kinds["contact"]]
    assert [id for _, id, _ in book.index.ids(kinds, choose(book, [], kinds, None, every=False))] == ["ravi-k7m3q9"]
    assert len(book.index.ids(kinds, choose(book, [], kinds, None, every=True))) == 2


def test_records_go_out_kind_by_kind_and_by_id(books: Books) -> None:
    for path in ("organizations/a-a1b2c3", "contacts/b-a1b2c3", "contacts/c-a1b2c3"):
        books.write(f"{path}.yaml", f"name: {9 - ord(path[-8]) % 9}\n")
    book = books.open()
    kinds = book.kinds.all
    ids = [text.split('"')[3] for text in json_texts(book, kinds, choose(book, [], kinds, None, every=False))]
    assert ids == ["b-a1b2c3", "c-a1b2c3", "a-a1b2c3"]
    some = choose(book, ["limit:2"], kinds, None, every=False)
    assert len(list(json_texts(book, kinds, some))) == 2


def test_where_an_export_may_be_written(books: Books, tmp_path: Path) -> None:
    book = books.open()
    assert check_target(book, "-", force=False) is None
    assert check_target(book, "/dev/stdout", force=False) is None
    there = tmp_path / "there.csv"
    assert check_target(book, str(there), force=False) == there
    there.write_text("old")
    with pytest.raises(BadRequest, match="is there already"):
        check_target(book, str(there), force=False)
    assert check_target(book, str(there), force=True) == there
    (tmp_path / "link").symlink_to(there)
    with pytest.raises(BadRequest, match="is a symbolic link"):
        check_target(book, str(tmp_path / "link"), force=True)
    with pytest.raises(BadRequest, match="no plain file"):
        check_target(book, str(tmp_path), force=True)
    with pytest.raises(Refused, match="cannot be written"):
        check_target(book, str(there / "below"), force=False)


def test_an_export_is_no_directory_and_nobodys_home(books: Books) -> None:
    with pytest.raises(BadRequest, match="no plain file"):
        check_target(books.open(), str(books.root), force=True)
    assert check_target(books.open(), "~nosuchuser/out.csv", force=False) == Path.cwd() / "~nosuchuser" / "out.csv"


@pytest.mark.parametrize("place", ["contacts/x.yaml", ".git/x", "crm.yaml", "attachments/x", "views/new/../x.csv"])
def test_an_export_never_lands_among_the_records(books: Books, place: str) -> None:
    with pytest.raises(BadRequest, match="among the records"):
        check_target(books.open(), str(books.root / place), force=True)


def test_beside_the_records_an_export_is_welcome(books: Books) -> None:
    assert check_target(books.open(), str(books.root / "backup.jsonl"), force=False) == books.root / "backup.jsonl"


def test_a_file_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"
    mask = os.umask(0)
    try:
        with writing(place) as stream:
            stream.write("क\n")
            assert not place.exists()
    finally:
        os.umask(mask)
    assert place.read_text(encoding="utf-8") == "क\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with pytest.raises(ZeroDivisionError), writing(place) as stream:
        stream.write("half" * (1 // 0))
    assert place.read_text(encoding="utf-8") == "क\n"
    assert os.listdir(tmp_path) == ["out.csv"]
    with pytest.raises(Refused, match="cannot be written"), writing(tmp_path / "no" / "such.csv"):
        pass


def test_a_file_that_is_there_is_left_unless_it_says_the_same(tmp_path: Path) -> None:
    place = tmp_path / "rejects.csv"
    assert place_once(place, "one\n")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert place_once(place, "one\n")
    assert not place_once(place, "two\n")
    assert place.read_text() == "one\n"
    (tmp_path / "link").symlink_to(place)
    assert not place_once(tmp_path / "link", "one\n")
    with pytest.raises(Refused):
        place_once(tmp_path / "no" / "such", "x")


def test_a_file_that_has_no_room_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(Refused, match="cannot be written: File too large"):
            place_once(tmp_path / "rejects.csv", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == []


def test_half_a_character_does_not_keep_a_file_from_being_written(tmp_path: Path) -> None:
    assert place_once(tmp_path / "rejects.csv", "a\ud83d,b\udcff\n")
    assert (tmp_path / "rejects.csv").read_bytes() == "a\ufffd,b".encode() + b"\xff\n"
    assert place_once(tmp_path / "rejects.csv", "a\ud83d,b\udcff\n")
