"""Making a book: its directory, its settings, its first commit; and noting it as the user's default."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from crm_cli.base.clock import local_zone_name
from crm_cli.base.config import data_dir, expand, home
from crm_cli.base.errors import NotFound, Refused
from crm_cli.base.lean import dataclass
from crm_cli.base.resources import resource
from crm_cli.base.text import nearest
from crm_cli.schema.node import Plain
from crm_cli.schema.problem import Problem
from crm_cli.services.setup.config import config_path, load_config
from crm_cli.services.setup.settings import set_user
from crm_cli.store import create
from crm_cli.store.codec import parse, splice
from crm_cli.store.files import MARK, find_root
from crm_cli.store.identity import identity
from crm_cli.store.sync.address import check_address
from crm_cli.store.transaction import Write

DEFAULT = """\
# The settings of this book, the same on every machine that it is synced to.
# Everything has a default; the guide says what there is.
format: 1
"""
CURRENCIES = {
    "IN": "INR", "US": "USD", "GB": "GBP", "AU": "AUD", "CA": "CAD", "JP": "JPY", "CH": "CHF", "SG": "SGD", "AE": "AED",
    "NP": "NPR", "BD": "BDT", "LK": "LKR", "NZ": "NZD", "ZA": "ZAR", "BR": "BRL", "CN": "CNY", "SE": "SEK", "NO": "NOK",
    "DK": "DKK", "PL": "PLN", "CZ": "CZK",
    **dict.fromkeys("AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split(), "EUR"),
}  # fmt: skip
SAMPLE = Path(".git", "crm", "sample")
"""Tells a sample book from a real one, on this machine only."""
ORDER = ("format", "name", "currency", "country", "language", "timezone")


@dataclass(frozen=True, slots=True)
class Made:
    """A book that was made; `hint` says what else to do once."""

    root: Path
    hint: str = ""


def template_names() -> list[str]:
    """The trades that there are settings for."""
    return sorted(path.name for path in resource("templates", "books").iterdir() if (path / MARK).is_file())


def make_book(directory: Path, template: str | None = None, *, here: bool = False, remote: str | None = None) -> Made:
    """Makes a book in a directory; `here` allows a git repository that has files, `remote` is noted for `crm sync`."""
    root = Path(os.path.abspath(os.path.expanduser(directory)))
    _check(root, here)
    address = check_address(remote) if remote is not None else None
    writes = [Write(MARK, settings_file(root.name, template)), *_extras(template)]
    who = identity(root, os.environ)
    create.init(root, writes, "init", who)
    if address:
        create.add_remote(root, "origin", address)
    hint = f"commits will say {who.name} <{who.email}>; git config --global user.name and user.email change that"
    return Made(root, hint if "@" + os.uname().nodename in who.email else "")


def make_book_of(root: Path, writes: Sequence[Write]) -> None:
    """Makes a book of ready files."""
    create.init(root, writes, "init", identity(root, os.environ))


def _check(root: Path, here: bool) -> None:
    if root == home():
        raise Refused("the home directory cannot be a book", hint="crm init ~/crm")
    if (root / MARK).exists():
        raise Refused(f"{root} is a book already", hint=f"use it with -C {root}")
    if outer := find_root(root.parent):
        raise Refused(f"{root} would be inside the book {outer}", hint="name a directory elsewhere: crm init DIR")
    if root.exists() and not root.is_dir():
        raise Refused(f"{root} is no directory")
    if (root / ".git").exists() and not here and any(path.name != ".git" for path in root.iterdir()):
        raise Refused(
            f"{root} is a git repository with files in it", hint="crm init --here makes it a book all the same"
        )


def settings_file(name: str, template: str | None) -> bytes:
    """The bytes of a new `crm.yaml`: the template's, with what this machine knows."""
    if template is None:
        data = DEFAULT.encode()
    else:
        if template not in template_names():
            near = nearest(template, template_names())
            raise NotFound(
                f"there is no template {template}",
                hint=f"did you mean {near}?" if near else ", ".join(template_names()),
            )
        data = resource("templates", "books", template, MARK).read_bytes()
    document = parse(data, MARK, allow_empty=True)
    if isinstance(document, Problem):
        raise Refused(f"the template {template} cannot be read: {document.message}")
    known: dict[str, Plain | None] = {"name": name, "timezone": local_zone_name(), **_region(os.environ)}
    missing = {key: value for key, value in known.items() if key not in document.root.entries}
    return splice(document, missing, ORDER)


def _region(environ: Mapping[str, str]) -> dict[str, Plain | None]:
    """Country and currency, where the locale names one: en_IN.UTF-8."""
    spoken = environ.get("LC_ALL") or environ.get("LC_MONETARY") or environ.get("LANG") or ""
    country = spoken.partition(".")[0].partition("@")[0].partition("_")[2]
    if country not in CURRENCIES:
        return {}
    return {"country": country, "currency": CURRENCIES[country]}


def _extras(template: str | None) -> list[Write]:
    """The views that a template brings."""
    if template is None:
        return []
    views = resource("templates", "books", template) / "views"
    files = sorted(views.glob("*.yaml")) if views.is_dir() else []
    return [Write(f"views/{path.name}", path.read_bytes()) for path in files]


def demo_home() -> Path:
    """Where the sample book goes when nobody says where."""
    place = data_dir()
    if place is None:
        raise Refused("there is no home directory for the sample book", hint="name a directory: crm demo DIR")
    return place / "demo"


def note_default(root: Path, *, demo: bool = False) -> bool:
    """Makes a book the user's default where none is set, or only a sample one; whether it did."""
    current = load_config().book
    if current and (demo or not (expand(current) / SAMPLE).exists()):
        return False
    if config_path() is None:
        return False
    set_user("book", str(root))
    return True
