"""How soon the screens are there, and how soon a key is seen: a real terminal for the first, a pilot for the second."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

from benchmarks.cases import Bench
from benchmarks.measure import Command, Cost, middle
from benchmarks.table import Row

FRAME_LIMIT = 2.5
PAINT_SECONDS = 0.05
ROWS, COLUMNS = 40, 120
PATIENCE = 60.0
USEFUL = (b"Overdue", b"Due today", b"Soon")
"""What the first useful frame shows: what is due."""


def screens(bench: Bench) -> Iterator[Row]:
    """The first frame beside the import of Textual, then keys in a list, on the board and in the search."""
    machine = bench.machine
    library = Command([machine.python, "-c", "import textual.app"], bench.root)
    first_frame(bench)  # the index is made
    frames, imports = [], []
    for _ in range(machine.runs):
        frames.append(first_frame(bench))
        imports.append(machine.run(library))
    what = "crm tui, first frame with what is due"
    yield Row(bench.size, what, middle(frames), "import textual.app", middle(imports), bench.limit(FRAME_LIMIT))
    words = [machine.python, "-m", "benchmarks.keys", bench.root]
    done = subprocess.run([*map(str, words)], env=machine.environ, capture_output=True, text=True, check=True)
    for what, seconds in json.loads(done.stdout).items():
        limit = bench.limit(PAINT_SECONDS) if what.endswith("key to paint") else None
        yield Row(bench.size, f"crm tui, {what}", Cost(seconds, 0, 0), limit=limit)


def first_frame(bench: Bench) -> Cost:
    """Starts the screens on a terminal and ends them as soon as something useful is on it."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (ROWS, COLUMNS))
    environ = {**bench.machine.environ, "TERM": "xterm-256color"}
    began = time.perf_counter()
    words = [str(word) for word in bench.crm("tui").words]
    process = subprocess.Popen(
        words, cwd=bench.root, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        _read_until_useful(ours, began)
        wall = time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGKILL)
        _, _status, used = os.wait4(process.pid, 0)
        os.close(ours)
        process.returncode = 0
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10)))


def _read_until_useful(terminal: int, began: float) -> None:
    seen = b""
    while not any(word in seen for word in USEFUL):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"the screens showed nothing useful within {PATIENCE:.0f} s")
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 1 << 16)
