"""The standard streams: UTF-8 whatever the locale says, silent when nobody reads any more, talk on stderr."""

import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from crm_cli.base.config import COLORS
from crm_cli.base.errors import BadRequest
from crm_cli.base.text import visible_block


def prepare_streams() -> None:
    """Makes stdout and stderr UTF-8 that never fails on a character; opens what the caller has closed.

    A closed standard descriptor would be given to the next file that is opened, and output would go into it.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        _make_utf8(stream)


def _make_utf8(stream: Any) -> None:
    # What stands in for a stream in a test or in another program's process may have no encoding.
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def finish_streams() -> None:
    """Writes out what is left, before the interpreter does; whoever closed the pipe is not told.

    Another failure, a full disk above all, is an OSError for the caller, once.
    """
    failure: OSError | None = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            hush(stream)
        except OSError as trouble:
            hush(stream)
            failure = failure or trouble
        except (AttributeError, ValueError):  # there never was one, or it was closed within this process
            continue
    if failure:
        raise failure


def hush(stream: TextIO) -> None:
    """Turns a stream whose reader is gone to nowhere, so that the interpreter can close it without a word."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
    except (OSError, ValueError):  # not a real file: nothing will be written at the end either
        return


def say(text: str, *, quiet: bool = False) -> None:
    """A line on stderr, if it is not to be quiet; nothing in it can steer the terminal."""
    if quiet:
        return
    try:
        print(visible_block(text), file=sys.stderr)
    except (OSError, ValueError):  # nobody listens, which is no reason to fail
        return


def use_color(stream: TextIO, flag: str | None, config: str = "auto", environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: --color, then FORCE_COLOR, NO_COLOR, TERM=dumb, the config, and whether it is a terminal."""
    if flag is not None and flag not in COLORS:
        raise BadRequest(f"--color wants auto, always or never, not {flag}")
    if flag in ("always", "never"):
        return flag == "always"
    if environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return config == "always" or (config == "auto" and is_terminal(stream))


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody looks at what is written."""
    try:
        return stream.isatty()
    except ValueError:
        return False
