"""`crm doctor` on the command line: its shapes of output, its help, its place among the verbs."""

import json

import pytest

from tests.shell import Shell


@pytest.fixture
def book(empty: Shell) -> Shell:
    """A book with an error and a warning."""
    empty.write("contacts/asha.yaml", "name: Asha\nx: 1\nemails:\n  - none\n")
    return empty


def test_json_has_the_columns_as_keys(book: Shell) -> None:
    found = json.loads(book.crm("doctor", "--json").out)
    assert found[0] == {
        "class": "field",
        "code": "bad-email",
        "path": "contacts/asha.yaml",
        "line": 4,
        "field": "emails",
        "message": found[0]["message"],
    }
    assert [row["code"] for row in found] == ["bad-email", "unknown-key"]


@pytest.mark.parametrize("words", [("-o", "csv"), ("-o", "yaml"), ("-o", "jsonl"), ("-o", "table"), ("-o", "tsv")])
def test_every_format_names_the_code(book: Shell, words: tuple[str, ...]) -> None:
    result = book.crm("doctor", *words)
    assert result.code == 1
    assert "bad-email" in result.out


def test_fields_and_templates_choose_columns(book: Shell) -> None:
    assert book.crm("doctor", "--fields", "code,line").lines == ["bad-email\t4", "unknown-key\t2"]
    assert book.crm("doctor", "--format", "{path}:{line}").lines[0] == "contacts/asha.yaml:4"
    assert book.crm("doctor", "--fields", "nope").code == 2


def test_what_a_record_says_never_reaches_the_terminal_raw(empty: Shell) -> None:
    empty.write("contacts/asha.yaml", 'name: Asha\n"\\e[31m": 1\n')
    assert "\x1b" not in empty.crm("doctor").out


def test_an_unknown_reference_is_not_found(book: Shell) -> None:
    assert book.crm("doctor", "nobody").code == 3


def test_the_help_says_what_the_options_do(empty: Shell) -> None:
    text = empty.ok("doctor --help").out
    assert all(option in text for option in ("--fix", "--phones", "--strict", "--dry-run", "--json"))


def test_a_lock_that_is_held_is_no_matter_for_looking_only(book: Shell) -> None:
    import fcntl

    with open(book.book / ".git" / "crm" / "lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert book.crm("doctor").code == 1
        book.write("deals/site.yaml", "name: Site\nstage: proposal\n")
        assert book.crm("doctor", "--fix", "--lock-timeout", "0").code == 75
