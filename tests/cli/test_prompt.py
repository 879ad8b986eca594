"""crm prompt: a few characters about what is due, and silence in every other case."""

import pytest

from tests.shell import Shell


def task(shell: Shell, name: str, due: str, more: str = "") -> None:
    """A task in a file of its own."""
    shell.write(f"tasks/{name}.yaml", f"name: {name}\ndue: {due}\nstatus: open\n{more}")


@pytest.fixture
def busy(empty: Shell) -> Shell:
    """A book with two tasks overdue and three more due today, and others that do not count."""
    task(empty, "day-before", "2026-11-19")
    task(empty, "an-hour-ago", "2026-11-20T09:00+05:30")
    task(empty, "in-an-hour", "2026-11-20T11:00+05:30")
    task(empty, "last-second", "2026-11-20T18:29:59Z")
    task(empty, "some-time-today", "2026-11-20")
    task(empty, "tomorrow", "2026-11-21")
    task(empty, "midnight", "2026-11-20T18:30:00Z")
    task(empty, "archived", "2026-11-20", "archived: 2026-11-20\n")
    task(empty, "finished-cycle", "2026-11-13", "every: 1w\ndone: [2026-11-13, 2026-11-20]\n")
    empty.write("tasks/done.yaml", "name: x\ndue: 2026-11-20\nstatus: done\n")
    empty.write("tasks/someday.yaml", "name: x\nstatus: open\n")
    empty.write("contacts/asha.yaml", "name: Asha\ncadence: 1w\ncreated: 2026-01-01\n")  # people do not count
    return empty


def test_overdue_and_what_more_is_due_today(busy: Shell) -> None:
    assert busy.ok("prompt").out == "!2 3\n"


def test_a_number_that_is_zero_is_left_out(busy: Shell) -> None:
    assert busy.ok("prompt", CRM_NOW="2026-11-19T01:00+05:30").out == "1\n"
    assert busy.ok("prompt", CRM_NOW="2026-11-25T12:00+05:30").out == "!7\n"


def test_nothing_is_printed_when_nothing_is_due(busy: Shell) -> None:
    result = busy.ok("prompt", CRM_NOW="2026-11-01T10:00+05:30")
    assert (result.out, result.err) == ("", "")


def test_a_recurring_task_counts_with_its_next_occurrence(busy: Shell) -> None:
    assert busy.ok("prompt", CRM_NOW="2026-11-27T10:00+05:30").out == "!7 1\n"


def test_days_are_those_of_the_book(busy: Shell) -> None:
    busy.write("crm.yaml", "format: 1\nname: Far\ntimezone: Pacific/Auckland\n")  # seven and a half hours ahead
    assert busy.ok("prompt").out == "!2 2\n"  # what is due in the evening of India is tomorrow there


def test_a_process_says_the_same(busy: Shell) -> None:
    for words in (["-C", str(busy.book), "prompt"], ["prompt", "--records", str(busy.book), "--no-input"]):
        done = busy.process(*words)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"!2 3\n", b"")


def test_broken_files_do_not_disturb_it(busy: Shell) -> None:
    busy.write("contacts/broken.yaml", "[")
    result = busy.crm("prompt")
    assert (result.code, result.out, result.err) == (9, "!2 3\n", "")


def test_an_unknown_key_is_no_broken_file(busy: Shell) -> None:
    busy.write("contacts/odd.yaml", "name: Odd\nzodiac: ram\n")
    assert busy.crm("prompt").code == 0


@pytest.mark.parametrize("early_on", [True, False])
def test_without_a_book_it_is_silent_unless_one_was_named(busy: Shell, early_on: bool) -> None:
    for path in busy.book.iterdir():
        path.rename(busy.home / path.name)
    more = () if early_on else ("--no-input",)
    busy.write("config/crm/config.yaml", "book: ''\n")
    alone = busy.process("prompt", *more, XDG_CONFIG_HOME=str(busy.book / "config"))
    assert (alone.returncode, alone.stdout, alone.stderr) == (7, b"", b"")
    named = busy.process("prompt", "-C", "/no/such/place", *more)
    assert (named.returncode, named.stdout, b"no such directory" in named.stderr) == (7, b"", True)
    assert len(named.stderr.splitlines()) == 2


def test_a_crm_yaml_that_is_broken_is_only_said_to_who_asks_for_it(busy: Shell) -> None:
    busy.write("crm.yaml", "timezone: Nowhere/At-All\n")
    silent = busy.crm("prompt")
    assert (silent.code, silent.out, silent.err) == (5, "", "")
    said = busy.crm("prompt", "-C", str(busy.book))
    assert (said.code, "timezone" in said.err) == (5, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nosuch"], "--nosuch"),
        (["--json"], "--json"),
        (["-o", "json"], "-o"),
        (["-C"], "-C"),
        (["more"], "more"),
        (["prompt"], "prompt"),
        (["--color", "sometimes"], "--color wants auto, always or never"),
    ],
)
def test_what_it_does_not_take_is_a_sentence(looking: Shell, words: list[str], said: str) -> None:
    result = looking.crm("prompt", *words)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert len(result.err.splitlines()) <= 2


def test_help_and_the_manual_know_it(busy: Shell) -> None:
    done = busy.process("prompt", "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "!2 3" in done.stdout.decode()
    assert "prompt" in busy.ok("--help").out
    assert ".TH" in busy.ok("man prompt").out


def test_a_bug_is_not_shouted_into_every_line(busy: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(trouble: BaseException) -> None:
        def raise_it(_book: object) -> None:
            raise trouble

        monkeypatch.setattr("crm_cli.services.followups.tally.due_tally", raise_it)

    for trouble, code in ((ZeroDivisionError(), 70), (PermissionError(), 7), (BrokenPipeError(), 0)):
        fail(trouble)
        done = busy.crm("prompt", CRM_DEBUG="")
        assert (done.code, done.out, done.err) == (code, "", "")
    assert not list(busy.home.rglob("*report*"))
    fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        busy.crm("prompt", CRM_DEBUG="1")
