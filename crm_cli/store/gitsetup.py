"""What the book's own `.git` is given once on each machine, for people who use git themselves.

git then merges records through crm; where crm cannot be started, it writes its usual conflict markers.
"""

import contextlib
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.base.errors import CrmError
from crm_cli.store import place, staging
from crm_cli.store.git import Git
from crm_cli.store.layout import Layout

DRIVER = "merge.crm.driver"
_ATTRIBUTES = ("* -text", "*.yaml merge=crm")  # the first: bytes stay as they are, whatever autocrlf says
_EXCLUDE = ("*~", ".#*", "#*#", ".*.sw?")
_NAME = "records are merged field by field"
# A rename that git guesses puts an edit into a record that looks alike. In many versions of git the usual strategy,
# ort, takes no heed of the first key (2.39 is one of them), but the older strategy does.
_UNGUESSED = {"merge.renames": "false", "pull.twohead": "recursive"}
# Whatever goes wrong with crm: markers, and never our version alone as if there had been no other.
_ELSE = "git merge-file -L ours -L base -L theirs %A %O %B"


def ensure(git: Git, config: Mapping[str, str]) -> None:
    """Set up what is missing; `config` has been read already, so that a book that has it all costs no process.

    A book that cannot be set up is written all the same: only git itself would miss it.
    """
    known = config.get(DRIVER)
    if known is not None and _can_start(known):
        return
    with contextlib.suppress(CrmError, OSError):
        furnish(git.where)
        wanted = {key: value for key, value in _UNGUESSED.items() if key not in config}
        wanted["merge.crm.name"] = _NAME
        wanted[DRIVER] = driver(_program(git.where.root))
        staging.unlock_own(git.where)
        staging.configure(git, wanted)


def furnish(where: Layout) -> None:
    """Give a clone the attributes and excludes that a book needs; both stay on this machine."""
    folder = where.common / "info"
    folder.mkdir(mode=0o700, exist_ok=True)
    _add_lines(folder / "attributes", _ATTRIBUTES)
    _add_lines(folder / "exclude", _EXCLUDE)


def driver(program: Sequence[str]) -> str:
    """The command that git gives to a shell, with its own words for files behind `%`."""
    return f"{shlex.join(program).replace('%', '%%')} merge-driver %O %A %B %P || {_ELSE}"


def _can_start(command: str) -> bool:
    """Whether the program of a driver is still where it was; a command that is not ours is left to its author."""
    try:
        program = shlex.split(command)[0].replace("%%", "%")
    except (ValueError, IndexError):
        return False
    return not os.path.isabs(program) or os.access(program, os.X_OK)


def _program(root: Path) -> list[str]:
    """How this crm is started from anywhere, whatever PATH is then; nothing that lies in the book."""
    for program in (Path(sys.argv[0]), Path(sys.executable).with_name("crm")):
        inside = program.is_relative_to(root)
        if program.name == "crm" and program.is_absolute() and not inside and os.access(program, os.X_OK):
            return [str(program)]
    return [sys.executable, "-P", "-m", "crm_cli"]


def _add_lines(path: Path, lines: Sequence[str]) -> None:
    present = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
    missing = [line for line in lines if line not in present.splitlines()]
    if missing:
        start = present if not present or present.endswith("\n") else f"{present}\n"
        text = start + "".join(f"{line}\n" for line in missing)
        place.replace(path, text.encode("utf-8", "surrogateescape"))  # whole, for a person's own lines are in it
