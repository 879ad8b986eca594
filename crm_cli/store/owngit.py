"""A git directory of our own over the book's objects, so that nothing in the book's configuration is obeyed."""

import contextlib
import functools
import os
from pathlib import Path

from crm_cli.base.leaving import at_end
from crm_cli.store.layout import Layout

_NOWHERE = "ref: refs/heads/unborn\n"
_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfilemode = false\n"
_ATTRIBUTES = "* -text -eol -filter -diff -merge -ident -working-tree-encoding -export-subst\n"


def furnish(own: Path) -> Path:
    """Make the git directory, or put back what is missing or altered in it."""
    for folder in ("refs", "info"):
        (own / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep(own / "config", _CONFIG)
    _keep(own / "info" / "attributes", _ATTRIBUTES)
    for redirect in ("commondir", "gitdir", "config.worktree"):
        (own / redirect).unlink(missing_ok=True)
    if not (own / "HEAD").is_file():
        _keep(own / "HEAD", _NOWHERE)
    return own


def point(own: Path, commit: str | None) -> None:
    """Let HEAD of our git directory stand on a commit, so that `status` compares with it."""
    _keep(own / "HEAD", f"{commit}\n" if commit else _NOWHERE)


def sweep(own: Path) -> None:
    """Remove the locks and half-written files that killed processes left."""
    for pattern in ("*.lock", "*.new.*", "info/*.new.*", "sharedindex.*"):
        for left in own.glob(pattern):
            left.unlink(missing_ok=True)


def for_reading(where: Layout) -> Path:
    """The directory in the book where that can be, else one in the system's temporary folder until we end."""
    if where.plain:
        with contextlib.suppress(OSError):
            return furnish(where.own)
    return _elsewhere(where.git)


@functools.lru_cache(maxsize=8)
def _elsewhere(git: Path) -> Path:
    import shutil  # 6 ms, for books in a place where nothing can be written
    import tempfile

    place = Path(tempfile.mkdtemp(prefix=f"crm-{git.name}-"))
    at_end(lambda: shutil.rmtree(place, ignore_errors=True))
    return furnish(place)


def _keep(path: Path, text: str) -> None:
    try:
        if path.read_text() == text and not path.is_symlink():
            return
    except (OSError, ValueError):
        pass
    new = path.with_name(f"{path.name}.new.{os.getpid()}")
    new.write_text(text)
    os.replace(new, path)
