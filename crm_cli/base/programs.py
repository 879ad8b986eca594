"""Starts other programs: the user's pager and editor, git on a terminal, and those that take or give a text."""

import errno
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from crm_cli.base.errors import BadRequest
from crm_cli.base.lean import dataclass


@dataclass(frozen=True, slots=True)
class Piped:
    """How a program without a terminal ended, and what it wrote."""

    code: int
    out: bytes
    err: bytes


def pager_command(config: str, environ: Mapping[str, str] = os.environ) -> str:
    """The pager to use: CRM_PAGER, then the config, then PAGER; empty for none, which `cat` means too."""
    named = environ.get("CRM_PAGER")
    command = named if named is not None else config or environ.get("PAGER", "")
    return "" if command.strip() == "cat" else command.strip()


def editor_command(config: str, environ: Mapping[str, str] = os.environ) -> str:
    """The editor to use: the config's, then VISUAL, then EDITOR, then `vi`."""
    return config or environ.get("VISUAL", "") or environ.get("EDITOR", "") or "vi"


def run_pager(text: str, command: str) -> bool:
    """Shows the text in the pager and waits until it is closed; False, and nothing shown, if it cannot be started."""
    import subprocess  # late: 5 ms, and most output needs no pager

    # What git tells `less` too: colours pass, a text of one screen is just printed, the screen is not cleared.
    environ = {"LESS": "FRX", "LV": "-c", **os.environ}
    with _their_interrupts():
        try:
            process = subprocess.Popen(_words(command, "pager"), stdin=subprocess.PIPE, env=environ)
        except OSError:
            return False
        process.communicate(text.encode("utf-8", "backslashreplace"))
    return True


def run_manual(page: str) -> bool:
    """Shows a manual page, given as roff, in `man` and waits until it is closed; False where that is not possible."""
    import subprocess  # late: 5 ms

    with _their_interrupts():
        try:
            process = subprocess.Popen([_absolute("man"), "-l", "-"], stdin=subprocess.PIPE)
        except OSError:
            return False
        process.communicate(page.encode())
    return process.returncode == 0


def run_editor(path: str, command: str) -> bool:
    """Opens the file in the editor and waits; whether it ended well. `BadRequest` if there is no such editor.

    It gets no descriptor of ours but the terminal's: a lock would be held for as long as it is open.
    """
    try:
        return _run([*_words(command, "editor"), path]) == 0
    except OSError as trouble:
        raise BadRequest(
            f"the editor {command} cannot be started: {trouble.strerror}",
            hint="set EDITOR, or say `crm config editor nano`",
        ) from None


def run_in(directory: Path, words: Sequence[str]) -> int:
    """Runs a program in a directory, on our own terminal, and waits; its exit code. `BadRequest` if there is none."""
    try:
        code = _run([_absolute(words[0]), *words[1:]], directory)
    except OSError as trouble:
        raise BadRequest(f"{words[0]} cannot be started: {trouble.strerror}", hint=f"install {words[0]}") from None
    return code if code >= 0 else 128 - code


def run_piped(words: Sequence[str], data: bytes = b"", *, seconds: float, **environ: str) -> Piped:
    """Runs a program that gets `data` and no terminal; OSError if it cannot start, TimeoutError after `seconds`."""
    import subprocess  # late: 5 ms

    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **environ})
    try:
        out, err = process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        # What it has started itself may hold the pipes open: nobody waits for that.
        for stream in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), words[0]) from None
    return Piped(process.returncode, out, err)


def program_words(command: str, key: str) -> list[str]:
    """The words of a command out of the user's config, which names its program by an absolute path or by PATH."""
    try:
        return [*_words(command, key)]
    except OSError:
        raise BadRequest(f"{key} names a program that is not there", hint="name it by its whole path") from None


def find_program(name: str, outside: Path) -> str | None:
    """Where PATH has a program that does not lie in the directory `outside`; None if nowhere."""
    closed = os.path.realpath(outside)
    for place in os.get_exec_path():
        found = os.path.join(place, name)
        if not os.path.isabs(place) or not os.access(found, os.X_OK) or not os.path.isfile(found):
            continue
        if not any(_within(path, closed) for path in (os.path.realpath(place), os.path.realpath(found))):
            return found
    return None


def _within(path: str, directory: str) -> bool:
    return os.path.commonpath((path, directory)) == directory


def _run(words: Sequence[str], directory: Path | None = None) -> int:
    import subprocess  # late: 5 ms

    with _their_interrupts():
        # Not subprocess.run: if we are ended meanwhile, that would kill an editor with text in it.
        return subprocess.Popen(words, cwd=directory, close_fds=True).wait()


def _absolute(program: str) -> str:
    """Where the program is by PATH; a relative entry of it could lead into a book that somebody else has filled."""
    if os.sep in program:
        return program
    places = (os.path.join(place, program) for place in os.get_exec_path() if os.path.isabs(place))
    for place in places:
        if os.access(place, os.X_OK) and os.path.isfile(place):
            return place
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)


def _words(command: str, what: str) -> Sequence[str]:
    try:
        words = shlex.split(command)
    except ValueError as trouble:
        raise BadRequest(f"the {what} {command!r} cannot be understood: {trouble}") from None
    if not words:
        raise BadRequest(f"no {what} is named", hint=f"set {what.upper()}, or say `crm config {what} NAME`")
    return [_absolute(os.path.expanduser(words[0])), *words[1:]]


@contextmanager
def _their_interrupts() -> Iterator[None]:
    """Ctrl-C is the other program's while it has the terminal.

    We hear it and do nothing. To ignore it instead would be inherited, and nobody could interrupt the other one.
    """
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(name, lambda *_: None) for name in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
