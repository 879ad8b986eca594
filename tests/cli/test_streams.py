"""The standard streams: UTF-8 in any locale, silent when nobody reads, talk that cannot steer a terminal."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.cli.streams import finish_streams, hush, is_terminal, prepare_streams, say, use_color
from tests.shell import Shell

ROWS = """
import sys
from crm_cli.cli.output import OutputOptions, write
from crm_cli.cli.streams import finish_streams, prepare_streams
from crm_cli.schema.table import Column, Table
prepare_streams()
try:
    rows = (("आशा \\ud800 " + "x" * 500,) for _ in range(20000))
    write(Table("x", (Column("name"),), rows), OutputOptions("tsv"), sys.stdout)
    finish_streams()
except BrokenPipeError:
    finish_streams()
"""


def _environment(**more: str) -> dict[str, str]:
    """Ours, but for what would make Python write each line at once."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**ours, "PYTHONPATH": os.pathsep.join(sys.path), **more}


def _shell(command: str, code: str, tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Runs a shell command in which `$PROGRAM` is the program."""
    script = tmp_path / "program.py"
    script.write_text(code, encoding="utf-8")
    env = _environment(PROGRAM=f"{sys.executable} {script}", **environ)
    return subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], env=env, capture_output=True, check=False)


def test_a_reader_that_leaves_ends_it_silently(tmp_path: Path) -> None:
    done = _shell("$PROGRAM | head -1", ROWS, tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith("आशा \\ud800 xxx")


def test_a_reader_that_was_never_there_is_no_error(tmp_path: Path) -> None:
    done = _shell(
        "$PROGRAM | true",
        'from crm_cli.cli.streams import *\nprepare_streams()\nprint("x")\nfinish_streams()',
        tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error_and_take_no_file(closing: str, tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom crm_cli.cli.streams import *\nprepare_streams()\n"
        f"file = open({str(tmp_path / 'file')!r}, 'w')\nassert file.fileno() > 2\n"
        "print('to stdout')\nprint('to stderr', file=sys.stderr)\nsys.stdin.read()\nos.system('echo from a child')\n"
        "finish_streams()\nfile.close()\n"
    )
    done = _shell(f"$PROGRAM {closing} < /dev/null" if "<&-" not in closing else f"$PROGRAM {closing}", code, tmp_path)
    assert done.returncode == 0
    assert b"Error" not in done.stderr
    assert (tmp_path / "file").read_text() == ""


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_streams_are_utf8_in_any_locale(locale: str, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom crm_cli.cli.streams import *\nprepare_streams()\n"
        "print('आशा', '\\udc80')\nsay('शर्मा \\udc80')\n"
    )
    done = _shell("$PROGRAM", code, tmp_path, LC_ALL=locale, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.stdout.decode() == "आशा \\udc80\n"
    assert done.stderr.decode() == "शर्मा \\udc80\n"


def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    code = (
        "from crm_cli.cli.streams import *\nprepare_streams()\nprint('x')\n"
        "try:\n    finish_streams()\nexcept OSError as trouble:\n    say(trouble.strerror)\n"
    )
    done = _shell("$PROGRAM > /dev/full", code, tmp_path)
    assert done.stderr == b"No space left on device\n"


def test_streams_of_another_kind_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    prepare_streams()
    hush(sys.stdout)
    sys.stdout.close()
    finish_streams()
    assert not is_terminal(sys.stdout)


class _Broken(io.StringIO):
    """A stream that fails in a certain way."""

    def __init__(self, trouble: OSError) -> None:
        super().__init__()
        self.trouble = trouble

    def flush(self) -> None:
        raise self.trouble

    def write(self, _text: str) -> int:
        raise self.trouble


def test_what_could_not_be_written_is_raised_once_and_a_closed_pipe_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", _Broken(BrokenPipeError()))
    monkeypatch.setattr(sys, "stdout", _Broken(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        finish_streams()
    say("nobody hears this")
    monkeypatch.setattr(sys, "stdout", None)
    finish_streams()


def test_talk_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    say("आशा\x1b[2J\n\tC:\\x\u202e")
    say("hush", quiet=True)
    seen = capsys.readouterr()
    assert (seen.out, seen.err) == ("", "आशा\\x1b[2J\n\tC:\\\\x\\u202e\n")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("flag", "config", "environ", "terminal", "piped"),
    [
        (None, "auto", {}, True, False),
        ("auto", "auto", {}, True, False),
        ("always", "never", {"NO_COLOR": "1"}, True, True),
        ("never", "always", {"FORCE_COLOR": "1"}, False, False),
        (None, "never", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, True),
        (None, "always", {"NO_COLOR": "1"}, False, False),
        (None, "auto", {"NO_COLOR": ""}, True, False),
        (None, "auto", {"FORCE_COLOR": "0"}, True, False),
        (None, "always", {"TERM": "dumb"}, False, False),
        (None, "always", {}, True, True),
        (None, "never", {}, False, False),
    ],
)
def test_who_decides_about_colour(
    flag: str | None, config: str, environ: dict[str, str], terminal: bool, piped: bool
) -> None:
    decided: list[Any] = [use_color(stream, flag, config, environ) for stream in (_Terminal(), io.StringIO())]
    assert decided == [terminal, piped]


def test_an_unknown_colour_is_refused() -> None:
    with pytest.raises(BadRequest, match="not sometimes"):
        use_color(io.StringIO(), "sometimes")


def test_nothing_heavy_is_imported_off_a_terminal() -> None:
    code = (
        "import io, sys\nfrom crm_cli.cli.output import OutputOptions, write\n"
        "from crm_cli.schema.table import Column, Table\n"
        "write(Table('x', (Column('name'),), [('Asha',)]), OutputOptions(), io.StringIO())\n"
        "print(*(name for name in ('rich', 'json', 'csv', 'subprocess', 'ruamel') if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=_environment(), capture_output=True, check=True)
    assert done.stdout == b"\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("command", "code", "talk"),
    [
        ("$PROGRAM --help | true", 0, b""),
        ("$PROGRAM --help | head -1", 0, b""),
        ("$PROGRAM --version >&-", 0, b""),
        ("$PROGRAM nosuch 2>&1 >/dev/null | true", 2, b""),
        ("$PROGRAM --version > /dev/full", 7, b"No space left on device\n"),
    ],
)
def test_the_whole_program_with_nobody_to_read_it(
    command: str, code: int, talk: bytes, unbuffered: str, tmp_path: Path
) -> None:
    done = _shell(command, "from crm_cli.main import main\nmain()\n", tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == code
    assert done.stderr.endswith(talk)
    assert len(done.stderr.splitlines()) == bool(talk)


def test_verbose_says_which_book_it_was_and_how_long_it_took(empty: Shell) -> None:
    added = empty.ok("contact add Asha -v")
    assert re.fullmatch(rf"commit: [0-9a-f]{{40}}\nbook: {empty.book}\ntime: \d+\.\d\d s\n", added.err)
    listed = empty.ok("--verbose contact list")
    book, index, _time = listed.err.splitlines()
    assert book == f"book: {empty.book}"
    assert Path(index.removeprefix("index: ")).is_relative_to(empty.home)
    assert "in memory" in empty.ok("contact list -v", XDG_CACHE_HOME="/dev/null").err
    assert empty.ok("contact list -v -q").err == ""
    assert listed.out == empty.ok("contact list").out


def test_verbose_says_less_where_there_is_no_book(empty: Shell) -> None:
    refused = empty.crm("contact", "list", "-v", "-C", "/")
    assert refused.code == 7
    assert [line.partition(":")[0] for line in refused.err.splitlines()] == ["crm", "  crm init makes one", "time"]
