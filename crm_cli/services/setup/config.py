"""The user's own settings, and which book a command is about."""

from collections.abc import Callable, Mapping
from pathlib import Path

from crm_cli.base.config import UserConfig, cache_dir, config_dir, expand
from crm_cli.base.errors import Invalid, Refused
from crm_cli.base.text import nearest
from crm_cli.schema.problem import Problem
from crm_cli.store.files import MARK, find_root
from crm_cli.store.plainfile import read_tree


def config_path() -> Path | None:
    """Where the user's settings are; None for a user without a home."""
    place = config_dir()
    return place / "config.yaml" if place else None


def load_config() -> UserConfig:
    """The user's settings; a file that cannot be understood is `Invalid` with its line."""
    path, place = config_path(), cache_dir()
    if path is None:
        return UserConfig()
    tree = read_tree(path, place and place / "yaml")
    if isinstance(tree, Problem):
        raise Invalid(f"{path}:{tree.line}: {tree.message}")
    return UserConfig.of(tree)


def find_book(given: str | None, config: UserConfig, here: Callable[[], Path], environ: Mapping[str, str]) -> Path:
    """The root of the book: what was given, CRM_RECORDS, the nearest parent, the user's default; else exit 7."""
    if given:
        return _given(given, config)
    if named := environ.get("CRM_RECORDS"):
        return _at(expand(named), "CRM_RECORDS")
    try:
        found = find_root(here())
    except FileNotFoundError:  # the working directory is gone
        found = None
    if found:
        return found
    if config.book:
        return _at(expand(config.book), "the default book of your config")
    raise Refused(
        "there is no book here: no crm.yaml in this directory or above it",
        hint="crm init makes your own book; crm demo makes one to play with",
    )


def _given(given: str, config: UserConfig) -> Path:
    place = expand(given)
    if not place.is_dir() and given in config.books:
        place = expand(config.books[given])
    elif not place.exists():
        near = nearest(given, config.books)
        hint = f"did you mean -C {near}?" if near else "name a directory, or a book from crm config books.NAME DIR"
        raise Refused(f"-C {given}: there is no such directory, and no book is called that", hint=hint)
    return _at(place, f"-C {given}")


def _at(place: Path, source: str) -> Path:
    found = find_root(place) if place.is_dir() else None
    if found is None:
        raise Refused(f"{source}: {place} holds no book (no {MARK})", hint="crm init makes one")
    return found
