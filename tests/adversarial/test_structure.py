"""Files that are no record: damaged, hostile or of another sort. Each is told in one line and left as it is."""

import json
import random
import subprocess
import time

import pytest

from tests.adversarial.hand import PATH, check_unreadable, record, shown
from tests.shell import Shell

SOON = 3.0
"""Seconds of work for a command that what is in a file must not slow down; a guard against minutes, no benchmark."""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{this}: &{this} [{','.join([f'*{before}'] * 9)}]\n" for before, this in zip("abcdefgh", "bcdefghi", strict=True)
)
UNREADABLE: dict[str, tuple[bytes, int, str]] = {
    "one key twice": (record("title: a\ntitle: b"), 3, "stands in line 2 and again in line 3"),
    "one key twice, once in quotes": (record("a: 1\n'a': 2"), 3, "stands in line 2 and again in line 3"),
    "a billion laughs": (record(BOMB), 2, "anchor"),
    "an anchor and its alias": (record("title: &x a\nnickname: *x"), 2, "anchor"),
    "a merge key": (record("<<: {title: x}"), 2, "<<"),
    "a tag that would run a program": (record("title: !!python/object/apply:os.system ['touch ran']"), 2, "tag"),
    "a binary tag": (record("title: !!binary aGk="), 2, "tag"),
    "a set": (record("tags: !!set {a}"), 2, "tag"),
    "an ordered map": (record("custom: !!omap [a: 1]"), 2, "tag"),
    "a tag of somebody's own": (record("title: !foo x"), 2, "tag"),
    "100,000 flow lists": (record("title: " + "[" * 100_000), 2, "16 levels"),
    "100,000 lists": (record("title:\n" + "- " * 100_000), 3, "16 levels"),
    "100,000 flow maps": (record("title: " + "{" * 100_000), 2, "key"),
    "100,000 question marks": (record("? " * 100_000), 2, "key"),
    "20,001 keys": (record("\n".join(f"k{number}: x" for number in range(20_001))), 10_000, "20,000"),
    "a second document": (record("---\nname: b"), 2, "second document"),
    "a directive": (b"%YAML 1.2\n---\nname: x\n", 1, "%"),
    "a key that is a list": (record("[a]: b"), 2, "keys are text"),
    "conflict markers": (record("<<<<<<< ours\ntitle: a\n=======\ntitle: b\n>>>>>>> theirs"), 2, "markers"),
    "nothing": (b"", 1, "empty"),
    "only comments": (b"# Asha\n# Sharma\n", 1, "empty"),
    "a word": (b"Asha\n", 1, "only text"),
    "a list": (b"- Asha\n- Ravi\n", 1, "a list"),
    "UTF-16": ("name: Asha\n".encode("utf-16"), 1, "UTF-16"),
    "4 KiB of NUL": (b"\0" * 4096, 1, "control character"),
    "random bytes": (random.Random(55).randbytes(4096), 1, ""),
    "a quote that is never closed": (b'name: "Asha\n', 1, "never closed"),
    "a JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", 1, "not UTF-8"),
    "a page of the web": (b"<!DOCTYPE html>\n<html><body>404: not found</body></html>\n", 2, ""),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_record_is_told_at_once_and_left_alone(book: Shell, name: str) -> None:
    data, line, said = UNREADABLE[name]
    book.write(PATH, data)
    started = time.process_time()
    assert book.crm("contact", "list").code == 9
    assert time.process_time() - started < SOON
    check_unreadable(book, data, line, said)
    assert not (book.book / "ran").exists()


def test_doctor_names_all_of_them_and_offers_what_was_committed(book: Shell) -> None:
    ravi = next((book.book / "contacts").glob("ravi*.yaml"))
    for number, (data, _line, _said) in enumerate(UNREADABLE.values()):
        book.write(f"contacts/file-{number:02}.yaml", data)
    whole = ravi.read_bytes()
    ravi.write_bytes(b"\0" * 100)
    result = book.crm("doctor", "--fields", "class,path,line,message")
    assert result.code == 1
    rows = [line.split("\t") for line in result.lines]
    expected = [
        (f"contacts/file-{number:02}.yaml", str(line)) for number, (_, line, _) in enumerate(UNREADABLE.values())
    ]
    assert [(row[1], row[2]) for row in rows[:-1]] == expected
    assert {row[0] for row in rows} == {"structural"}
    assert "--fix brings back the version of the last commit" in rows[-1][3]
    book.crm("doctor", "--fix")
    assert ravi.read_bytes() == whole


@pytest.mark.parametrize("shape", ["[", "{", "? "])
def test_a_real_process_survives_the_deepest_nesting(book: Shell, shape: str) -> None:
    book.write(PATH, record(f"title: {shape * 100_000}"))
    done = book.process("contact", "list", "--fields", "name")
    assert (done.returncode, done.stdout) == (9, b"Ravi Rao\n")


def test_a_record_cut_off_anywhere_is_either_read_or_told(book: Shell) -> None:
    whole = record('title: "Buyer, head"\nphones:\n  - mobile: +91 98765 43210\nnotes: |\n  Met at\n  the fair.')
    place = book.write(PATH, whole)
    for length in range(0, len(whole), 3):
        place.write_bytes(whole[:length])
        result = book.crm("contact", "list", "--fields", "name")
        assert result.code in (0, 9), length
        assert "Ravi Rao" in result.lines
        assert len(result.lines) == 2 or result.err.startswith(f"crm: {PATH}:")
        assert place.read_bytes() == whole[:length]


def test_bytes_flipped_at_random_never_break_more_than_their_record(book: Shell) -> None:
    chance = random.Random(7)
    whole = record("tags: [a, b]\nbirthday: 1984-03-14\naddresses:\n  - office:\n      city: Surat\ncustom: {a: b}")
    place = book.write(PATH, whole)
    for _ in range(20):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.choice(b"\0\t\n\r:-[]{}#&*!|>'\"%@`?, \xff\xc2\x85a0")
        place.write_bytes(data)
        result = book.crm("contact", "list", "--json")
        assert result.code in (0, 9), bytes(data)
        assert [one["name"] for one in json.loads(result.out)].count("Ravi Rao") == 1
        for line in result.err.splitlines()[:-1]:
            assert line.startswith(f"crm: {PATH}:")
        written = book.crm("set", "contacts/asha", "nickname=Ash")
        assert written.code in (0, 5), written.err
        if written.code == 5:
            assert place.read_bytes() == bytes(data)


def test_an_unknown_key_keeps_its_type(book: Shell) -> None:
    for text in ("a: 1", "a: '1'", "a: 01"):
        place = book.write(PATH, record(text))
        book.ok("set asha nickname=Ash")
        assert text in place.read_text().splitlines()
        assert shown(book, "asha")["extra"] == {"a": text.partition(": ")[2].strip("'")}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- a\n", 1),
        ("name: A\npipelines: 3\n", 2),
        ("name: A\ntimezone: Mars/Phobos\n", 2),
        ("name: A\ntimezone: ../../etc/passwd\n", 2),
        ("name: A\nname: B\n", 2),
        ("name: &a b\n", 1),
        ("format: x\n", 1),
        ("pipelines: {a: {stages: [{name: x, probability: 1e99999}]}}\n", 1),
        ("fields: {contact: {vip: {type: boolean}}}\n", 1),
        ("\0", 1),
    ],
)
def test_settings_that_cannot_be_understood_stop_all_but_what_mends_them(book: Shell, text: str, line: int) -> None:
    place = book.write("crm.yaml", text)
    for words in (("contact", "list"), ("contact", "add", "Asha"), ("export",), ("due",), ()):
        result = book.crm(*words)
        assert (result.code, result.out) == (5, "")
        assert result.err.startswith(f"crm: crm.yaml:{line}: ")
        assert len(result.err.splitlines()) <= 3
    assert place.read_text() == text
    assert book.crm("config").code == 0
    assert book.crm("doctor").code == 1
    assert book.crm("edit", "crm.yaml", EDITOR=f"cp {book.write('good.txt', '')}").code == 0
    assert book.crm("contact", "list").code == 0


def test_empty_settings_are_a_valid_book_and_newer_ones_are_read(book: Shell) -> None:
    book.write("crm.yaml", "")
    book.ok("contact add Asha")
    book.write("crm.yaml", "format: 99\n")
    assert len(book.ok("contact list").lines) == 2
    refused = book.crm("contact", "add", "Usha")
    assert refused.code == 7
    assert "format 99" in refused.err


def test_a_parser_crash_would_be_seen(book: Shell) -> None:
    """The deepest file again, with the limits of a small machine."""
    book.write(PATH, record("title:\n" + "- " * 100_000))
    done = subprocess.run(
        ["sh", "-c", 'ulimit -v 1500000; exec crm contact list --fields name'],
        cwd=book.book, env=book.environ, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (9, b"Ravi Rao\n")
