"""The door to git: every git process of the program is built, started and judged here."""

import contextlib
import functools
import os
import signal
import subprocess  # 5 ms, which no plain read of the book pays: nothing on that path imports this module
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from crm_cli.base.errors import Refused
from crm_cli.base.lean import dataclass
from crm_cli.store import owngit
from crm_cli.store.layout import Layout, layout

EXTRA: dict[str, str] = {}
"""What tests of faults add to the environment of every git process; empty in use."""

# fmt: off
_PASSED = (
    "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE",
    "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
)
# fmt: on
_FIXED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "https:ssh:file",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM": "0",
}
_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.autocrlf=false",
    "core.safecrlf=false",
    "core.eol=lf",
    "core.fileMode=false",
    "core.symlinks=true",
    "core.askPass=",
    "core.untrackedCache=keep",
    "core.splitIndex=false",
    "core.sparseCheckout=false",
    "core.filesRefLockTimeout=5000",  # ms: a commit of the person's holds the branch while the disk is slow
    "core.commitGraph=false",
    "core.multiPackIndex=false",
    "core.quotePath=false",
    "core.fsync=all",
    "core.fsyncMethod=fsync",
    "core.fsyncObjectFiles=true",  # git before 2.36 knows no core.fsync, and says nothing about it
    "core.looseCompression=1",  # ids, of which big trees consist, hardly shrink: half the time for the same size
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "log.showSignature=false",
    "log.mailmap=false",
    "log.follow=false",
    "diff.renames=false",
    "diff.autoRefreshIndex=false",
    "color.ui=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "status.submoduleSummary=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
)
_LONGEST = 600.0  # seconds for one process that works on this machine only
_MOST_WORDS = 300
_MOST_OPEN = 4096  # descriptors
_FITS = 4096  # bytes: the least that a pipe holds anywhere


class GitFailed(Refused):
    """Git ended with an error; the message holds what it said."""


def environment(root: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a git process: a short list of names, and a PATH that leads out of the book."""
    environ = os.environ if environ is None else environ
    kept = {name: environ[name] for name in _PASSED if name in environ}
    kept.update({name: value for name, value in environ.items() if name.startswith("LC_")})
    if "GIT_CONFIG_GLOBAL" in environ:
        named = environ["GIT_CONFIG_GLOBAL"]
        kept["GIT_CONFIG_GLOBAL"] = named and os.path.abspath(named)  # empty means none
    return kept | _FIXED | {"PATH": safe_path(root, environ)} | EXTRA


def safe_path(root: Path, environ: Mapping[str, str]) -> str:
    """The absolute directories of PATH that are not inside the book."""
    return _outside(os.path.realpath(root), environ.get("PATH", os.defpath))


@functools.lru_cache(maxsize=8)
def _outside(inside: str, path: str) -> str:
    outside = (
        entry
        for entry in path.split(os.pathsep)
        if os.path.isabs(entry) and os.path.commonpath((inside, os.path.realpath(entry))) != inside
    )
    return os.pathsep.join(outside)


@functools.lru_cache(maxsize=8)
def executable(path: str) -> str:
    """The absolute path of git on a PATH that `safe_path` made."""
    for folder in filter(None, path.split(os.pathsep)):
        found = os.path.join(folder, "git")
        if os.path.isfile(found) and os.access(found, os.X_OK):
            return found
    raise Refused("git is not installed, and a book lives in git", hint="install git 2.36 or newer")


@dataclass(frozen=True, slots=True)
class Git:
    """Git for one book: `own` is the git directory it runs in, `lock` the descriptor its children keep open.

    `objects` is where it reads and writes objects instead of among the book's.
    """

    where: Layout
    own: Path
    lock: int | None = None
    environ: Mapping[str, str] | None = None
    objects: Path | None = None

    def run(self, *args: str, data: bytes = b"", index: Path | None = None, book: bool = False) -> bytes:
        """What git prints. `book` runs it in the book's own git directory, which `update-ref` alone needs."""
        return self.start(*args, index=index, book=book).finish(data)

    def start(self, *args: str, index: Path | None = None, book: bool = False) -> "Running":
        """The same without waiting: `finish` waits, and has to be called."""
        settings = environment(self.where.root, self.environ)
        if not book:
            settings["GIT_OBJECT_DIRECTORY"] = str(self.objects or self.where.objects)
            settings["GIT_INDEX_FILE"] = str(index or self.where.index)
        place = self.where.git if book else self.own
        words = [f"--git-dir={place}", f"--work-tree={self.where.root}", *args]
        return start(self.where.root, words, settings, lock=self.lock)


@dataclass(frozen=True, slots=True)
class Running:
    """A git process that has been started."""

    process: subprocess.Popen[bytes]
    verb: str
    leash: int | None = None

    def feed(self, data: bytes) -> bytes:
        """Give it its whole input at once, if that surely fits into the pipe; what is left for `finish`."""
        stream = self.process.stdin
        if len(data) > _FITS or stream is None:
            return data
        with contextlib.suppress(BrokenPipeError), stream:
            stream.write(data)
        self.process.stdin = None
        return b""

    def finish(self, data: bytes = b"") -> bytes:
        """Give it its input and wait for its end; what it prints, or `GitFailed`."""
        try:
            out, complaint = self.process.communicate(data, timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            self.stop()
            raise GitFailed(f"git {self.verb} did not end within {_LONGEST:.0f} seconds") from None
        except BaseException:
            self.stop()
            raise
        if self.process.returncode:
            raise GitFailed(_complaint(self.verb, self.process.returncode, complaint))
        return out

    def stop(self) -> None:
        """End it; one that has ended stays as it is."""
        self.process.kill()
        with self.process:
            pass

    def stop_all(self) -> None:
        """End it and whatever it has started: ssh, a pack being read."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.leash is not None:
            os.close(self.leash)


def start(
    cwd: Path,
    words: Sequence[str],
    settings: Mapping[str, str],
    *,
    lock: int | None = None,
    before: Callable[[], None] | None = None,
) -> Running:
    """Start git once with the hardened options; `before` runs in the new process before it becomes git."""
    command = [executable(settings["PATH"])]
    for option in _OPTIONS:
        command += ("-c", option)
    verb = next((word for word in words if not word.startswith("-")), "")
    try:
        process = subprocess.Popen(
            [*command, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=dict(settings),
            pass_fds=() if lock is None else (lock,),
            preexec_fn=before,
            start_new_session=True,  # Ctrl-C is for crm, which then decides; half a transaction helps nobody
        )
    except OSError as error:
        raise GitFailed(f"git {verb} could not be started: {error.strerror}") from error
    return Running(process, verb)


def start_leashed(cwd: Path, words: Sequence[str], settings: Mapping[str, str], before: Callable[[], None]) -> Running:
    """Start git so that it ends with this process, however that ends, and so does what it has started: ssh.

    Whoever starts it calls `stop_all`.
    """
    end, leash = os.pipe()

    def begin() -> None:
        _watch(end)
        before()

    try:
        running = start(cwd, words, settings, before=begin)
    except BaseException:
        os.close(leash)
        raise
    finally:
        os.close(end)
    return Running(running.process, running.verb, leash)


def _watch(end: int) -> None:
    """Runs in what becomes git: leaves a process beside it that ends their group once nobody holds the leash.

    A signal at the parent's death (Linux alone has it) would reach git only, and ssh waits for a network that hangs.
    """
    if os.fork():
        return
    try:
        os.closerange(0, end)  # the leash, git's streams, and the pipe by which Python hears that git was started
        os.closerange(end + 1, _MOST_OPEN)
        os.read(end, 1)
        os.killpg(0, signal.SIGKILL)
    finally:
        os._exit(0)


def _complaint(verb: str, status: int, stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line and not line.startswith("warning")]
    said = lines[0].removeprefix("fatal: ").removeprefix("error: ")[:_MOST_WORDS] if lines else f"status {status}"
    return f"git {verb} failed: {said}"


def open_git(root: Path, environ: Mapping[str, str] | None = None) -> Git:
    """Git for reading a book, also one that may not be written; no lock is taken."""
    where = layout(root)
    if where is None:
        raise Refused(f"{root} is not the root of a git repository", hint="crm init makes one")
    return Git(where, owngit.for_reading(where), environ=environ)
