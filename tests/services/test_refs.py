"""An id is found by its file alone, without the index, and only where the index would say the same."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import pytest

from crm_cli.base.errors import Ambiguous, CrmError, Invalid, NotFound
from crm_cli.book import Book, open_book
from crm_cli.services.refs import resolve
from tests.shell import Shell

ASHA, RAVI = "asha-sharma-k7m3q9", "ravi-rao-b2c4d6"


@pytest.fixture
def root(empty: Shell) -> Path:
    """A book with two people and a call on the disk."""
    for id, name in ((ASHA, "Asha Sharma"), (RAVI, "Ravi Rao")):
        write(empty.book, f"contacts/{id}.yaml", f"name: {name}\n")
    write(empty.book, f"interactions/2026/11/call-{ASHA}.yaml", f"type: call\ncontacts: [{ASHA}]\n")
    return empty.book


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


class Blind(Book):
    """A book without an index."""

    @cached_property
    def index(self) -> None:
        raise AssertionError("the index was asked")


def blind(root: Path) -> Book:
    book = open_book(root, cache=False)
    book.__class__ = Blind
    return book


@pytest.mark.parametrize(
    "text",
    [
        *(ASHA, f" {ASHA} ", f"contacts/{ASHA}", f"contacts/{ASHA}.yaml", f"call-{ASHA}", f"interactions/call-{ASHA}"),
        *(f"interactions/2026/11/call-{ASHA}", f"interactions/2026/11/call-{ASHA}.yaml"),
    ],
)
def test_an_id_needs_no_index(root: Path, text: str) -> None:
    found = resolve(blind(root), text)
    assert found == resolve(open_book(root, cache=False), text)
    assert (root / found.path).is_file()


def in_two_kinds(root: Path) -> None:
    write(root, f"deals/{ASHA}.yaml", "name: A deal\n")


def merged(root: Path) -> None:
    write(root, f"contacts/{ASHA}.yaml", f"name: Asha Sharma\nmerged_into: {RAVI}\n")


def broken(root: Path) -> None:
    write(root, f"contacts/{ASHA}.yaml", "name: [\n")


def a_link(root: Path) -> None:
    (root / f"contacts/{ASHA}.yaml").unlink()
    (root / f"contacts/{ASHA}.yaml").symlink_to(root / f"contacts/{RAVI}.yaml")


def gone(root: Path) -> None:
    (root / f"contacts/{ASHA}.yaml").unlink()


def folder_is_a_link(root: Path) -> None:
    (root / "contacts").rename(root / "elsewhere")
    (root / "contacts").symlink_to(root / "elsewhere")


def settings_broken(root: Path) -> None:
    write(root, "crm.yaml", "format: [\n")


def archived(root: Path) -> None:
    write(root, f"contacts/{ASHA}.yaml", "name: Asha Sharma\narchived: 2026-11-01\n")


def answer(book: Book, text: str) -> str:
    try:
        return repr(resolve(book, text))
    except CrmError as error:
        return f"{type(error).__name__}: {error.message}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (in_two_kinds, Ambiguous), (merged, RAVI), (broken, Invalid), (a_link, Invalid), (gone, NotFound),
        (folder_is_a_link, CrmError), (settings_broken, Invalid), (archived, ASHA),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)  # fmt: skip
def test_what_is_not_plain_is_answered_as_the_index_does(
    root: Path, change: Callable[[Path], None], expected: type[CrmError] | str
) -> None:
    change(root)
    asked = open_book(root, cache=False)
    if change is not settings_broken and change is not folder_is_a_link:
        assert asked.index  # from here on it is asked
    said = answer(open_book(root, cache=False), ASHA)
    assert said == answer(asked, ASHA)
    if isinstance(expected, str):
        assert expected in said
    else:
        with pytest.raises(expected):
            resolve(open_book(root, cache=False), ASHA)


def test_of_one_id_in_two_kinds_each_is_listed_by_its_own_name(root: Path) -> None:
    in_two_kinds(root)
    with pytest.raises(Ambiguous) as raised:
        resolve(open_book(root, cache=False), ASHA)
    assert sorted(raised.value.candidates) == [f"contacts/{ASHA}  Asha Sharma", f"deals/{ASHA}  A deal"]


def test_of_two_files_with_one_id_the_path_names_one(root: Path) -> None:
    other = f"interactions/2020/01/call-{ASHA}.yaml"
    write(root, other, f"type: call\ncontacts: [{RAVI}]\n")
    book = open_book(root, cache=False)
    with pytest.raises(Ambiguous) as many:
        resolve(book, f"call-{ASHA}")
    assert "by its file" in (many.value.hint or "")
    named = [line.split()[0] for line in many.value.candidates]
    assert {resolve(book, name).path for name in named} == {f"{name}.yaml" for name in named}
    assert resolve(blind(root), other).path == other


@pytest.mark.parametrize(
    "text", ["contacts/nobody.yaml", f"contacts/2026/{ASHA}.yaml", "contacts/.yaml", f"deals/{ASHA}.yaml"]
)
def test_a_path_that_is_no_record_is_nothing_else(root: Path, text: str) -> None:
    with pytest.raises(NotFound):
        resolve(open_book(root, cache=False), text)


@pytest.mark.parametrize("text", ["Ramesh", "Ramesh Patel", "ramesh-k7m3q9", "ramesh@x.example", "रमेश", "Ram Rao"])
def test_a_name_that_begins_what_was_typed_is_not_meant_by_it(root: Path, text: str) -> None:
    write(root, "contacts/ram-b4x8w2.yaml", "name: Ram\n")
    write(root, "contacts/om-c5y9x3.yaml", "name: राम\n")
    write(root, "deals/r-d6z2y4.yaml", "name: R\n")
    with pytest.raises(NotFound):
        resolve(open_book(root, cache=False), text)
    assert resolve(open_book(root, cache=False), "Ram").id == "ram-b4x8w2"
    assert resolve(open_book(root, cache=False), "राम").id == "om-c5y9x3"
