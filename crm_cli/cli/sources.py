"""The file that a command takes in, by its path or from stdin."""

import os
from pathlib import Path

from crm_cli.base.errors import NotFound, Refused
from crm_cli.base.resources import resource
from crm_cli.cli.session import Session

STDIN = "-"


def read_map_file(run: Session, name: str) -> bytes:
    """An import map, by its path or by the name of one that ships with crm: `google-contacts`."""
    shipped = resource("templates", "imports") / f"{name.removesuffix('.yaml')}.yaml"
    if name != STDIN and not os.path.exists(os.path.expanduser(name)) and shipped.is_file():
        return shipped.read_bytes()
    return read_input(run, name)


def read_input(run: Session, file: str) -> bytes:
    """All of a file; `-` is stdin."""
    if file == STDIN:
        return run.stdin()
    try:
        return Path(os.path.expanduser(file)).read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
