"""Questions on a terminal; scripts are never asked."""

import sys

from crm_cli.base.errors import Ambiguous, AnswerIsNo
from crm_cli.base.text import visible


def pick(error: Ambiguous) -> str:
    """Lets somebody pick one of the candidates by its number; the id of it."""
    for number, candidate in enumerate(error.candidates, 1):
        print(f"{number:>3}  {visible(candidate)}", file=sys.stderr)
    print(f"{visible(error.message)}. Which one? [1-{len(error.candidates)}] ", end="", file=sys.stderr, flush=True)
    answer = _answer()
    if not answer.isdecimal() or not 1 <= int(answer) <= len(error.candidates):
        raise AnswerIsNo("nothing was picked")
    return error.candidates[int(answer) - 1].split("  ")[0]


def ask(question: str, default: str) -> str:
    """A line from the terminal; the default for an empty one."""
    print(f"{visible(question)} [{default}] ", end="", file=sys.stderr, flush=True)
    return _answer() or default


def _answer() -> str:
    """The line that is typed; after Ctrl-C the shell's prompt begins on a line of its own."""
    try:
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise
