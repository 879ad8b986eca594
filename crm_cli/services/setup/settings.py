"""Shows and changes settings: the user's own in the config directory, the book's in `crm.yaml`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from crm_cli.base.config import UserConfig, check, config_dir
from crm_cli.base.errors import BadRequest, Invalid, NotFound, Refused
from crm_cli.base.text import nearest
from crm_cli.book import SETTINGS, Book
from crm_cli.schema.crm_yaml import KNOWN, read_settings
from crm_cli.schema.node import Map, Plain, plain_map
from crm_cli.schema.problem import Problem
from crm_cli.services.overview.unsynced import unsynced
from crm_cli.services.setup.config import config_path
from crm_cli.store.codec import Document, emit, parse, splice
from crm_cli.store.plainfile import read_tree
from crm_cli.store.sync.address import without_password
from crm_cli.store.transaction import Write, begin

SCALARS = ("format", *KNOWN[1:9])


def in_use(book: Callable[[], Book]) -> Iterator[tuple[str, str]]:
    """What is in use: book, files, identity, remote, last sync."""
    yield "config", str(config_path() or "none: there is no home directory")
    try:
        opened = book()
    except Refused as refused:
        yield "book", f"none ({refused.message})"
        return
    yield "book", str(opened.root)
    yield "name", opened.settings.name
    yield "index", str(opened.cache / "index.sqlite") if opened.cache else "none"
    yield "identity", f"{opened.identity.name} <{opened.identity.email}>"
    yield "user", opened.user
    yield "timezone", opened.settings.timezone
    yield "currency", opened.settings.currency
    yield "remote", _remote(opened.root) or "none"
    state = unsynced(opened)
    if state:
        yield "last sync", f"{state.last.astimezone(opened.context.zone):%Y-%m-%d %H:%M}" if state.last else "never"
        yield "not yet synced", f"{state.commits} commits"


def _remote(root: Path) -> str:
    """The address of the first remote, as the book's git configuration has it."""
    try:
        lines = (root / ".git" / "config").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    urls = (line.partition("=")[2].strip() for line in lines if line.strip().startswith("url"))
    return without_password(next(urls, ""))


def read_setting(book: Callable[[], Book] | None, key: str) -> Iterator[str]:
    """The lines of a setting's value."""
    value: Any = _book_tree(book()) if book else _user_tree()
    for step in key.split("."):
        if not isinstance(value, dict) or step not in value:
            known = list(value) if isinstance(value, dict) else []
            near = nearest(step, known)
            raise NotFound(f"{key} is not set", hint=f"did you mean {near}?" if near else "")
        value = value[step]
    yield from _lines(value)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            joint = "." if isinstance(part, dict) else ": "
            yield from (f"{key}{joint}{line}" for line in _lines(part))
    elif isinstance(value, list | tuple):
        yield from (str(part) for part in value)
    else:
        yield str(value)


def _book_tree(book: Book) -> dict[str, Any]:
    tree = read_tree(book.root / SETTINGS, None)
    shown = {name: getattr(book.settings, name) for name in SCALARS}
    return shown | (dict(tree) if not isinstance(tree, Problem) else {})


def _user_tree() -> dict[str, Any]:
    path = config_path()
    tree = read_tree(path, None) if path else {}
    return dict(tree) if not isinstance(tree, Problem) else {}


def set_user(key: str, value: str | None) -> str:
    """Changes one of the user's settings, None takes it out; a key that holds a list gets the value added."""
    path = config_path()
    if path is None or config_dir() is None:
        raise Refused("there is no home directory to keep settings in", hint="set XDG_CONFIG_HOME")
    document = _document(path)
    if value is not None:
        check(key, [value] if key == "trust" else value)
    tree: dict[str, Any] = plain_map(document.root) if document else {}
    changed = _changed(tree, key.split("."), value, adds=key == "trust")
    UserConfig.of(changed)
    top = key.split(".")[0]
    data = splice(document, {top: changed.get(top)}, list(tree)) if document else emit(changed)
    _write(path, data)
    return f"{key} is set in {path}" if value is not None else f"{key} is taken out of {path}"


def _document(path: Path) -> Document | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    document = parse(data, str(path), allow_empty=True)
    if isinstance(document, Problem):
        raise Invalid(f"{path}:{document.line}: {document.message}")
    return document if document.root.entries else None


def _changed(tree: dict[str, Any], steps: list[str], value: str | None, *, adds: bool = False) -> dict[str, Any]:
    """The tree with one value changed, taken out, or added to a list."""
    first, rest = steps[0], steps[1:]
    out = dict(tree)
    if rest:
        below = out.get(first)
        out[first] = _changed(below if isinstance(below, dict) else {}, rest, value, adds=adds)
        if not out[first]:
            del out[first]
    elif value is None:
        out.pop(first, None)
    elif adds:
        held = out.get(first) or []
        held = held if isinstance(held, list) else [held]
        out[first] = held if value in held else [*held, value]
    else:
        out[first] = value
    return out


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None


def set_book(book: Book, key: str, value: str | None) -> str:
    """Changes one of the book's settings, as a commit of its own."""
    if key.split(".")[0] not in KNOWN:
        near = nearest(key, KNOWN)
        raise BadRequest(f"{key} is no setting of a book", hint=f"did you mean {near}?" if near else ", ".join(KNOWN))
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        transaction.hand_edits(book.folders, book.is_valid)
        document = parse(transaction.read(SETTINGS) or b"", SETTINGS, allow_empty=True)
        if isinstance(document, Problem):
            raise Invalid(f"{document.where}: {document.message}")
        data = _book_settings(book, document, key, value)
        transaction.commit([Write(SETTINGS, data)], "config", book.identity)
    book.close()
    return f"{key} is set in {SETTINGS}" if value is not None else f"{key} is taken out of {SETTINGS}"


def replace_settings(book: Book, before: bytes, data: bytes) -> str:
    """Writes an edited `crm.yaml`, if it can be understood and nobody else has changed it meanwhile."""
    if data == before:
        return "nothing to change"
    document = parse(data, SETTINGS, allow_empty=True)
    if isinstance(document, Problem):
        raise Invalid(f"{document.where}: {document.message}")
    _settings, wrong = read_settings(plain_map(document.root), book.root.name)
    if wrong:
        raise Invalid(f"{SETTINGS}: {'.'.join(wrong[0][0])} {wrong[0][1]}")
    with begin(book.root, wait=book.lock_timeout, trusted=book.config.trusts) as transaction:
        if transaction.read(SETTINGS) != before:
            raise Invalid(
                f"{SETTINGS} was changed meanwhile", hint="copy your changes out of the draft and edit it again"
            )
        transaction.hand_edits(book.folders, book.is_valid)
        transaction.commit([Write(SETTINGS, data)], "edit settings", book.identity)
    book.close()
    return f"edit: {SETTINGS}"


def _book_settings(book: Book, document: Document, key: str, value: str | None) -> bytes:
    steps = key.split(".")
    tree = plain_map(document.root)
    lists = isinstance(tree.get(steps[0]), list) or steps[0] in ("lifecycle", "lost_reasons", "ratings", "holidays")
    new: Plain | None = _changed(tree, steps, value).get(steps[0])
    if lists and isinstance(new, str):
        new = [part for piece in new.split(",") if (part := piece.strip())]
    changed = {**tree, steps[0]: new}
    _settings, wrong = read_settings({name: part for name, part in changed.items() if part is not None}, book.root.name)
    if wrong:
        raise Invalid(f"{'.'.join(wrong[0][0])} {wrong[0][1]}")
    assert isinstance(document.root, Map)
    return splice(document, {steps[0]: new}, KNOWN)
