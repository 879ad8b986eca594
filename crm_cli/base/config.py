"""Where the user's files of this program are, and what the user's own settings may say.

The directories are those of XDG on every system, macOS included, since scripts and dotfiles name them. They are
worked out here because `platformdirs` costs 14 ms on every command.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from crm_cli.base.errors import Invalid
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern
from crm_cli.base.text import nearest

COLORS: Final = ("auto", "always", "never")
INDIC_WIDTHS: Final = ("auto", "spacing", "zero")
_COUNT: Final = pattern(r"[1-9][0-9]{0,8}\Z")


def home() -> Path | None:
    """The user's home directory; None for a user who has none, as some services do."""
    # expanduser asks the password database where HOME is not set, but takes an empty or relative one as it is.
    place = os.environ.get("HOME", "")
    place = place if os.path.isabs(place) else _home_of_account()
    return Path(place) if os.path.isabs(place) else None


def _home_of_account() -> str:
    try:
        import pwd  # late: not on every system, and only asked without HOME

        return pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return os.path.expanduser("~")


def _xdg(variable: str, below_home: str) -> Path | None:
    place = os.environ.get(variable, "")
    # The standard wants relative ones ignored: they would mean another directory in every directory.
    if os.path.isabs(place):
        return Path(place) / "crm"
    base = home()
    return base / below_home / "crm" if base else None


def config_dir() -> Path | None:
    """Where `config.yaml` is; None, as for the others, for a user without a home."""
    return _xdg("XDG_CONFIG_HOME", ".config")


def cache_dir() -> Path | None:
    """Where the index is, which can be thrown away at any time."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def state_dir() -> Path | None:
    """Where drafts and reports of bugs are."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def data_dir() -> Path | None:
    """Where the demo book is put."""
    return _xdg("XDG_DATA_HOME", ".local/share")


def expand(text: str) -> Path:
    """A path as the user wrote it, `~` being the home directory."""
    if text == "~" or text.startswith("~/"):
        base = home()
        return base / text[2:] if base else Path(text)
    return Path(text)


@dataclass(frozen=True)
class Ui:
    """How the screens look; `keys` maps the name of a command to a key."""

    theme: str = ""
    indic_width: str = "auto"
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SyncLimits:
    """Where a fetch is stopped."""

    minutes: int = 10
    fetch_mib: int = 1024


@dataclass(frozen=True)
class Mail:
    """How mail is sent: by the program `sendmail`, or by SMTP with a command that prints the password.

    `to` is who gets the reminders; the sender where it is empty.
    """

    sendmail: str = ""
    sender: str = ""
    to: str = ""
    smtp: str = ""
    user: str = ""
    password_command: str = ""


@dataclass(frozen=True)
class UserConfig:
    """The user's own settings; it alone may name programs to run. Paths are as written."""

    book: str = ""
    books: Mapping[str, str] = field(default_factory=dict)
    trust: tuple[str, ...] = ()
    me: str = ""
    editor: str = ""
    pager: str = ""
    color: str = "auto"
    ui: Ui = field(default_factory=Ui)
    sync: SyncLimits = field(default_factory=SyncLimits)
    mail: Mail = field(default_factory=Mail)

    @staticmethod
    def of(tree: Mapping[str, Any]) -> "UserConfig":
        """The settings that a tree of texts, lists and maps describes; `Invalid` names the key that is wrong."""
        return _read(tree)

    def trusts(self, root: Path) -> bool:
        """Whether a book may be written although another user owns it."""
        place = os.path.realpath(root)
        return any(os.path.realpath(expand(text)) == place for text in self.trust)


def _text(value: Any, key: str) -> str:
    if isinstance(value, list | Mapping):
        raise Invalid(f"config: {key} is {_shape(value)} where one value belongs")
    return str(value)


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        raise Invalid(f"config: {key} is a map where a list belongs")
    return tuple(_text(item, key) for item in (value if isinstance(value, list) else [value]))


def _names(value: Any, key: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise Invalid(f"config: {key} is no map", hint=f"write `{key}:` with `name: value` lines below")
    return {name: _text(item, f"{key}.{name}") for name, item in value.items()}


def _count(value: Any, key: str) -> int:
    text = _text(value, key)
    if not _COUNT.match(text):
        raise Invalid(f"config: {key} is no whole number above 0: {text[:40]}")
    return int(text)


def _one_of(choices: tuple[str, ...]) -> Callable[[Any, str], str]:
    def read(value: Any, key: str) -> str:
        text = _text(value, key)
        if text not in choices:
            raise Invalid(f"config: {key} is none of {', '.join(choices)}: {text[:40]}")
        return text

    return read


def _shape(value: Any) -> str:
    return "a map" if isinstance(value, Mapping) else "a list"


KEYS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "book": _text,
    "books": _names,
    "trust": _texts,
    "me": _text,
    "editor": _text,
    "pager": _text,
    "color": _one_of(COLORS),
    "ui.theme": _text,
    "ui.indic_width": _one_of(INDIC_WIDTHS),
    "ui.keys": _names,
    "sync.minutes": _count,
    "sync.fetch_mib": _count,
    "mail.sendmail": _text,
    "mail.from": _text,
    "mail.to": _text,
    "mail.smtp": _text,
    "mail.user": _text,
    "mail.password_command": _text,
}
"""Every key, dotted where it stands in a map: its value in the file and its name -> the value, or `Invalid`."""

SECTIONS: Final = ("ui", "sync", "mail")
LISTS: Final = ("trust",)
MAPS: Final = ("books", "ui.keys")


def check(key: str, value: Any) -> Any:
    """The value that a key would have; `Invalid` for an unknown key and for a value that does not fit."""
    section, _, name = key.rpartition(".")
    return _text(value, key) if section in MAPS and name else _known(key)(value, key)


def _known(key: str) -> Callable[[Any, str], Any]:
    if key in KEYS:
        return KEYS[key]
    near = nearest(key, KEYS)
    raise Invalid(f"config: there is no key {key}", hint=f"did you mean {near}?" if near else ", ".join(KEYS))


def _read(tree: Mapping[str, Any]) -> UserConfig:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        if name not in SECTIONS:
            flat[name] = value
        elif isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": part for inner, part in value.items()}
        elif value:
            raise Invalid(f"config: {name} is no map", hint=f"write `{name}:` with `key: value` lines below")
    found = {key: _known(key)(value, key) for key, value in flat.items() if value is not None and value != ""}
    mail = _section(found, "mail")
    return UserConfig(
        **{name: value for name, value in found.items() if "." not in name},
        ui=Ui(**_section(found, "ui")),
        sync=SyncLimits(**_section(found, "sync")),
        mail=Mail(**{"sender" if name == "from" else name: value for name, value in mail.items()}),
    )


def _section(found: Mapping[str, Any], section: str) -> dict[str, Any]:
    return {name.removeprefix(f"{section}."): value for name, value in found.items() if name.startswith(f"{section}.")}
