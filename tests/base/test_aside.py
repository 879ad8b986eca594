"""What a second process does comes back in order, and what it does not do is done here."""

import marshal
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from crm_cli.base import aside as module
from crm_cli.base.aside import aside

# In a process of its own: the test runner has threads, and beside threads nothing is forked.
SCRIPT = """
    import os, sys
    from crm_cli.base import aside as module
    module._is_possible = lambda: True
    first = os.getpid()

    def work(number):
        there = os.getpid() != first
        if there and number == {breaks_at}:
            {breaking}
        return [number * number, there]

    try:
        with module.aside(work, range(2000)) as results:
            found = list(results) if {listens} else [next(results)]
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        os.waitpid(-1, os.WNOHANG)
        print("a process is left")
    except ChildProcessError:
        pass
    print([square for square, _ in found] == [number * number for number in range(len(found))])
    print(sum(there for _, there in found))
"""


def told(result: object) -> bytes:
    data = marshal.dumps(result, 2)
    return len(data).to_bytes(8) + data


def run(breaks_at: int = -1, breaking: str = "pass", *, listens: bool = True) -> list[str]:
    script = textwrap.dedent(SCRIPT).format(breaks_at=breaks_at, breaking=breaking, listens=listens)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return [*done.stdout.split(), *done.stderr.splitlines()[-1:]]


def test_all_of_it_is_done_there() -> None:
    assert run() == ["True", "2000"]


@pytest.mark.parametrize(
    "breaking",
    ["os.kill(os.getpid(), 9)", "raise MemoryError", "return object()", "sys.exit(3)", "os._exit(4)"],
)
def test_where_the_other_process_breaks_it_is_done_here(breaking: str) -> None:
    said = run(1500, breaking)
    assert said[:2] == ["True", "0"]


def test_nobody_has_to_listen_to_the_end() -> None:
    assert run(listens=False) == ["True", "1"]


def test_cut_off_while_it_tells_the_rest_is_done_here() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"".join(told(number) for number in range(10))[:-3])
    os.close(writing)
    ended = subprocess.Popen(["true"])
    other = module.Other(ended.pid, reading)
    assert list(module._results(other, int, [str(number) for number in range(12)])) == list(range(12))
    other.end()
    ended.returncode = 0  # waited for


@pytest.mark.parametrize("why", ["threads", "one core", "no more processes", "nobody is told of ended processes"])
def test_where_it_cannot_be_it_is_done_here(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    def fails() -> int:
        raise BlockingIOError

    if why == "no more processes":
        monkeypatch.setattr(module, "_is_possible", lambda: True)
        monkeypatch.setattr(os, "fork", fails)
    monkeypatch.setattr("threading.active_count", lambda: 2 if why == "threads" else 1)
    if why == "one core":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    if why == "nobody is told of ended processes":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
        monkeypatch.setattr("signal.getsignal", lambda _: signal.SIG_IGN)
    mine = os.getpid()
    with aside(lambda _: os.getpid(), range(3)) as results:
        assert list(results) == [mine] * 3


def test_an_interrupt_ends_both() -> None:
    script = """
        import os, signal, time
        from crm_cli.base import aside as module
        module._is_possible = lambda: True
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a script runs this in the background
        with module.aside(lambda _: time.sleep(60), [1]) as results:
            os.write(1, b"begun\\n")
            next(results)
    """
    words = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=20)  # ends only when nobody holds the pipes any more
    assert process.returncode == -signal.SIGINT
