"""What others of the machine may see of a book: nothing; and what record text may do to a terminal: nothing."""

import csv
import io
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm_cli.base.text import visible
from tests.screen import on_a_terminal
from tests.shell import Shell

EVIL = {
    "markup": "[red]x[/red] [/]",
    "an action": "[@click=app.quit]x[/]",
    "a link": "[link=file:///etc/passwd]x[/link]",
    "a colour": "\x1b[31mred\x1b[0m",
    "the clipboard": "\x1b]52;c;aGFja2Vk\x07",
    "a title": "\x1b]0;root\x07",
    "one byte of control": "\x9b31m",
    "right to left": "\u202egnp.exe\u2066",
    "a line of its own": "x\r\ncrm: all is well",
    "a line separator": "a\u2028b\u2029c",
    "delete": "a\x7f\x08b",
    "a backslash": "C:\\new\\x1b",
}
STEERING = set(
    map(chr, [*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), 0x2066])
)


def _named(shell: Shell, name: str) -> str:
    line = json.dumps({"new": "contact", "set": {"name": f"Eve {name}", "title": name, "emails": ["e@x.example"]}})
    return shell.ok("apply -", stdin=line + "\n").out.strip() or shell.ok("contact list --ids").out.strip()


def _on_a_terminal(shell: Shell, *words: str) -> str:
    """What a command prints on a terminal, with the line ends of one taken off."""
    environ = {**shell.environ, "TERM": "xterm-256color", "PAGER": "cat", "CRM_PAGER": "cat"}
    command = [sys.executable, "-m", "crm_cli", *words]
    return on_a_terminal(command, environ, lines=50, columns=200, directory=shell.book)[1]


@pytest.fixture(scope="module")
def evil(begun: Shell, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, dict[str, str]]:
    """A book with a contact for each of those texts, and their ids."""
    shell = begun.copy(tmp_path_factory.mktemp("evil"))
    records = [
        {"name": f"Eve {text}", "title": text, "emails": [f"e{number}@x.example"]}
        for number, text in enumerate(EVIL.values())
    ]
    shell.ok("apply -", stdin="".join(json.dumps({"new": "contact", "set": record}) + "\n" for record in records))
    listed = json.loads(shell.ok("contact list --json").out)
    return shell, {record["title"]: record["id"] for record in listed}


def test_lists_of_records_show_their_text_and_never_send_it(evil: tuple[Shell, dict[str, str]]) -> None:
    shell, ids = evil
    for words in (
        ("contact", "list", "--fields", "name,title"), ("contact", "list", "-o", "table", "--fields", "name"),
        ("contact", "list", "--format", "{name}"), ("find", "eve"), ("export",),
        ("contact", "list", "-o", "yaml"), ("contact", "list", "--json"), (),
    ):  # fmt: skip
        result = shell.crm(*words)
        assert result.code == 0
        assert not STEERING & set(result.out + result.err), words
    assert sorted(ids) == sorted(EVIL.values()), "JSON holds each as it is"
    fields, formats = (shell.ok(f"contact list {how}").out for how in ("--fields title", "--format {title}"))
    for text in EVIL.values():
        assert visible(text) in fields
        assert visible(text) in formats
    rows = list(csv.reader(io.StringIO(shell.ok("contact list -o csv --fields title").out, newline="")))
    assert sorted(rows[1:]) == sorted([text] for text in EVIL.values())


@pytest.mark.parametrize("name", EVIL)
def test_the_text_of_a_record_is_shown_and_never_sent(evil: tuple[Shell, dict[str, str]], name: str) -> None:
    shell, ids = evil
    text = EVIL[name]
    made = ids[text]
    for words in (("show", made), ("history", made), ("set", made, "nickname=x", "-n")):
        result = shell.crm(*words)
        assert result.code == 0
        assert not STEERING & set(result.out + result.err), words
    for words in (
        ("set", made, "nickname=y"),
        ("rm", made),
        ("show", f"nobody {text}"),
        ("find", text, "--kind", text),
    ):
        result = shell.crm(*words)
        assert not STEERING & set(result.err), words
        assert len(result.err.splitlines()) <= 3
    shell.ok("undo")


@pytest.mark.parametrize("name", ["an action", "the clipboard", "right to left"])
def test_on_a_terminal_too(empty: Shell, name: str) -> None:
    made = _named(empty, EVIL[name])
    for words in (("contact", "list", "--fields", "title"), ("show", made)):
        seen = _on_a_terminal(empty, *words, "--color", "never")
        assert visible(EVIL[name]) in seen
        assert not STEERING & set(seen), words
    colored = _on_a_terminal(empty, "contact", "list", "--fields", "title")
    assert visible(EVIL[name]) in colored
    assert "\x1b]" not in colored
    assert "\x1b[31m" not in colored


def test_file_names_and_settings_are_shown_and_never_sent(empty: Shell) -> None:
    empty.write("contacts/\x1b[31m.yaml", "name: x\n")
    empty.write("crm.yaml", 'name: "book \\e[31m"\n')
    for words in ((), ("contact", "list"), ("doctor",), ("config",), ("export",)):
        result = empty.crm(*words)
        assert not STEERING & set(result.out + result.err), words
    empty.write("crm.yaml", 'timezone: "\\e[31m\\n\\u202e"\n')
    result = empty.crm("contact", "list")
    assert result.code == 5
    assert len(result.err.splitlines()) == 2
    assert not STEERING & set(result.err)


def test_everything_that_crm_writes_is_the_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("name,email\nUsha,none\nRavi,ravi@acme.example\n")
    home = Shell(tmp_path / "home", tmp_path / "deep/er/book")
    commands = (
        f"init {home.book}",
        "cd deep/er/book",
        "crm contact add 'Asha Sharma'",
        "crm find asha",
        "crm log call asha 'a word'",
        "crm config me asha",
        "crm export --to ../out.jsonl",
        "crm import ../../../rows.csv --kind contact --rejects ../rejects.csv",
        "EDITOR=\"sh -c 'echo [ >> \\$0'\" crm edit asha",
        "crm undo",
    )
    line = "; ".join(("umask 000", f"crm {commands[0]}", *commands[1:]))
    done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, env=home.environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    made = [*(tmp_path / "deep").rglob("*"), *home.home.rglob("*"), tmp_path / "deep"]
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in made}
    assert not [f"{mode:o} {path.relative_to(tmp_path)}" for path, mode in modes.items() if mode & 0o077]
    names = {path.name for path in made}
    assert {"index.sqlite", "config.yaml", "rejects.csv", "out.jsonl", "drafts"} <= names, names


def test_commit_messages_hold_no_names(empty: Shell) -> None:
    contact = empty.ok("contact add 'Asha Sharma' --email asha@acme.example").out.strip()
    empty.ok("deal add 'Website for Asha'")
    empty.ok("set asha title='Purchase head'")
    empty.ok("log call asha 'wants a website' --next 'fri Call Asha'")
    empty.write("contacts/usha-verma.yaml", "name: Usha Verma\n")
    empty.ok("tag asha vip-of-acme")
    empty.ok("set usha-verma nickname=Ush")
    empty.ok("undo")
    empty.ok("rm asha")
    empty.ok("import - --kind contact", stdin="name\nRavi Rao\n")
    empty.ok("apply -", stdin='{"new": "contact", "set": {"name": "Chitra"}}\n')
    messages = empty.git("log", "--format=%B").lower()
    for word in (
        "asha",
        "sharma",
        "acme",
        "website",
        "purchase",
        "usha",
        "verma",
        "vip",
        "ravi",
        "chitra",
        "call asha",
    ):
        assert word not in messages, messages
    assert contact[-6:] in messages


STRACE = shutil.which("strace")


def test_no_child_is_told_a_name_in_its_arguments(empty: Shell, tmp_path: Path) -> None:
    if STRACE is None:
        pytest.skip("NOT TESTED that argv holds no personal data: strace is not installed")
    calls = tmp_path / "calls"
    tracer = [STRACE, "-f", "-qq", "-s", "4096", "-e", "trace=execve", "-o", str(calls)]
    for words in (
        ("contact", "add", "Asha Sharma", "--phone", "98765-43210"), ("set", "Asha Sharma", "title=Purchase"),
        ("history", "Asha Sharma"), ("undo",), ("doctor",),
        ("rm", "Asha Sharma", "--purge", "--yes"),
    ):  # fmt: skip
        subprocess.run(
            [*tracer, sys.executable, "-m", "crm_cli", *words],
            cwd=empty.book, env=empty.environ, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        ours, *children = [line for line in calls.read_text().splitlines() if "execve(" in line]
        assert "crm_cli" in ours
        for line in children:
            assert not any(word in line.lower() for word in ("sharma", "98765", "purchase", "website")), line
        assert len(children) >= 1 or words[0] == "doctor"


def test_a_report_of_a_bug_and_the_cache_stay_in_the_home(empty: Shell, tmp_path: Path) -> None:
    empty.ok("contact add 'Asha Sharma'")
    empty.ok("find asha")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for words in (("set", "asha", "title=x"), ("export",), ("contact", "list"), ("undo",)):
        assert empty.crm(*words, TMPDIR=str(temporary)).code == 0
    assert not list(temporary.iterdir())
