"""The file that a command takes in, by its path or from stdin."""

from pathlib import Path

from crm_cli.base.errors import NotFound, Refused
from crm_cli.cli.session import Session

STDIN = "-"


def read_input(run: Session, file: str) -> bytes:
    """All of a file; `-` is stdin."""
    if file == STDIN:
        return run.stdin()
    try:
        return Path(file).expanduser().read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no file {file}") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
