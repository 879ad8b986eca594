"""Pager and editor: which ones are started, how, and what happens where they are missing."""

import os
import signal
import stat
import threading
import time
from pathlib import Path

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.base.programs import (
    editor_command,
    find_program,
    pager_command,
    program_words,
    run_editor,
    run_in,
    run_pager,
    run_piped,
)


def _program(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("config", "environ", "command"),
    [
        ("", {}, ""),
        ("", {"PAGER": "more"}, "more"),
        ("less -R", {"PAGER": "more"}, "less -R"),
        ("less -R", {"CRM_PAGER": "most", "PAGER": "more"}, "most"),
        ("less -R", {"CRM_PAGER": ""}, ""),
        ("", {"PAGER": " cat "}, ""),
    ],
)
def test_which_pager(config: str, environ: dict[str, str], command: str) -> None:
    assert pager_command(config, environ) == command


@pytest.mark.parametrize(
    ("config", "environ", "command"),
    [
        ("nano -w", {"VISUAL": "vim", "EDITOR": "ed"}, "nano -w"),
        ("", {"VISUAL": "vim", "EDITOR": "ed"}, "vim"),
        ("", {"EDITOR": "ed"}, "ed"),
        ("", {}, "vi"),
    ],
)
def test_which_editor(config: str, environ: dict[str, str], command: str) -> None:
    assert editor_command(config, environ) == command


def test_the_pager_gets_the_text_and_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LESS", raising=False)
    pager = _program(tmp_path / "my pager", f'cat > {tmp_path}/seen; echo "$1 $LESS" >> {tmp_path}/seen')
    assert run_pager("आशा \udc80\n", f"'{pager}' -R")
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "आशा \\udc80\n-R FRX\n"


def test_a_pager_may_be_left_early(tmp_path: Path) -> None:
    assert run_pager("x" * 1_000_000, _program(tmp_path / "pager", "exit 0"))


def test_a_missing_pager_shows_nothing() -> None:
    assert not run_pager("text", "no-such-pager-here")
    assert not run_pager("text", "/no/such/pager")


def test_the_editor_changes_the_file_in_place(tmp_path: Path) -> None:
    path = tmp_path / "आशा.yaml"
    path.write_text("name: Asha\n")
    editor = _program(tmp_path / "editor", 'echo "edited: $1" >> "$2"')
    assert run_editor(str(path), f"{editor} --wait")
    assert path.read_text() == "name: Asha\nedited: --wait\n"


def test_an_editor_that_fails_says_so(tmp_path: Path) -> None:
    assert not run_editor("x", _program(tmp_path / "editor", "exit 1"))


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("no-such-editor-here", "the editor no-such-editor-here cannot be started: No such file"),
        ("/etc/passwd", "cannot be started: Permission denied"),
        ("", "no editor is named"),
        ("vi 'x", "cannot be understood"),
    ],
)
def test_an_editor_that_cannot_be_started_is_named(command: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        run_editor("x", command)


def test_the_editor_gets_no_descriptor_of_ours(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(lock, True)
    try:
        editor = _program(tmp_path / "editor", f"if (: >&{lock}) 2>/dev/null; then exit 1; fi")
        assert run_editor("x", editor)
    finally:
        os.close(lock)


def test_ctrl_c_is_the_editors_while_it_is_open(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    # It interrupts us and then itself: we are to go on, and it is to have the usual handling.
    assert not run_editor("x", _program(tmp_path / "editor", "kill -INT $PPID; kill -INT $$; sleep 5"))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_program_can_be_started_from_another_thread(tmp_path: Path) -> None:
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(run_editor("x", _program(tmp_path / "editor", "exit 0"))))
    thread.start()
    thread.join()
    assert ended == [True]


def test_a_program_runs_in_a_directory_and_its_code_comes_back(tmp_path: Path) -> None:
    assert run_in(tmp_path, ["sh", "-c", "pwd > here; exit 3"]) == 3
    assert (tmp_path / "here").read_text() == f"{tmp_path.resolve()}\n"
    assert run_in(tmp_path, ["sh", "-c", "kill -TERM $$"]) == 143
    with pytest.raises(BadRequest, match="no-such-program-here cannot be started"):
        run_in(tmp_path, ["no-such-program-here"])


def test_a_program_that_lies_in_the_book_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path / "tool", f"touch {tmp_path}/planted")
    monkeypatch.setenv("PATH", ".:")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadRequest, match="tool cannot be started"):
        run_in(tmp_path, ["tool"])
    assert not (tmp_path / "planted").exists()


def test_a_piped_program_gets_a_text_and_gives_one(tmp_path: Path) -> None:
    program = _program(tmp_path / "p", 'cat; echo "$1 $EXTRA" >&2; exit 3')
    done = run_piped([program, "a b"], "आशा".encode(), seconds=20, EXTRA="x")
    assert (done.code, done.out.decode(), done.err) == (3, "आशा", b"a b x\n")
    assert run_piped([_program(tmp_path / "deaf", "exit 0")], b"x" * 1_000_000, seconds=20).code == 0


def test_a_piped_program_is_not_waited_for_forever(tmp_path: Path) -> None:
    # Its child keeps the pipes open, as that of a shell does.
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        run_piped([_program(tmp_path / "p", "sleep 60 & wait")], seconds=0.1)
    assert time.monotonic() - begun < 30


def test_a_program_is_looked_for_outside_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside, linked = (tmp_path / name for name in ("book/bin", "bin", "linked"))
    for place in (inside, outside, linked):
        place.mkdir(parents=True)
    _program(inside / "tool", "exit 0")
    (linked / "tool").symlink_to(inside / "tool")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{inside}:book/bin:{linked}:{outside}")
    assert find_program("tool", tmp_path / "book") is None
    (outside / "tool").mkdir()
    assert find_program("tool", tmp_path / "book") is None
    assert find_program("tool", tmp_path / "else") == str(inside / "tool")
    (outside / "tool").rmdir()
    _program(outside / "tool", "exit 0")
    assert find_program("tool", tmp_path / "book") == str(outside / "tool")


def test_a_command_of_the_config_that_is_not_there_is_named_by_its_key() -> None:
    assert program_words("/bin/sh -c 'a b'", "mail.sendmail") == ["/bin/sh", "-c", "a b"]
    with pytest.raises(BadRequest, match=r"mail\.sendmail names a program that is not there"):
        program_words("no-such-program-here", "mail.sendmail")
