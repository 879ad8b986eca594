"""Names of record files: a slug that reads well, and a random part that makes it unique."""

import os
from collections.abc import Callable
from typing import Final

from crm_cli.base.patterns import pattern
from crm_cli.base.translit import romanise

MAX_ID: Final = 64
LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
ALPHABET: Final = "0123456789" + LETTERS
RANDOM_LENGTH: Final = 6
_ROOM: Final = MAX_ID - RANDOM_LENGTH - 1

_ID: Final = pattern(r"[a-z0-9][a-z0-9-]{0,63}")
_RANDOM: Final = pattern(rf"-([{LETTERS}][{ALPHABET}]{{{RANDOM_LENGTH - 1}}})\Z")
_OTHER: Final = pattern(r"[^a-z0-9]+")
_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ`")
# Windows opens a device for these, whatever the extension.
_RESERVED: Final = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{device}{number}" for device in ("com", "lpt") for number in range(10)]
)

ID_RULE: Final = f"{MAX_ID} small letters, digits and - at most, and no name that Windows keeps for itself, such as con"

Choose = Callable[[str], str]


def slug(text: str, fallback: str, limit: int = _ROOM) -> str:
    """The text in ASCII letters, digits and single hyphens, at most `limit` long; `fallback` if nothing is left."""
    # A slug is short: the tail of a huge text would be romanised for nothing.
    plain = _OTHER.sub("-", romanise(text[:1000].translate(_APOSTROPHES)).lower()).strip("-")
    if not plain:
        return fallback
    if len(plain) <= limit:
        return plain
    cut = plain[: limit + 1].rfind("-")
    return plain[: cut if cut >= limit // 2 else limit].strip("-")


def new_id(name: str, fallback: str, random: Choose | None = None) -> str:
    """An id for a new record of that name: slug, hyphen, six random characters, picked by `random` where given."""
    return f"{slug(name, fallback)}-{_random(random)}"


def dated_id(day_text: str, kind: str, name: str, random: Choose | None = None) -> str:
    """An id that begins with a day and a kind: `2026-11-21-call-asha-sharma-t8n4c6`."""
    head = f"{day_text}-{slug(kind, 'note', 20)}"
    tail = slug(name, "", _ROOM - len(head) - 1)
    return f"{head}-{tail}-{_random(random)}" if tail else f"{head}-{_random(random)}"


def _random(choose: Choose | None) -> str:
    choose = choose or _secret
    return choose(LETTERS) + "".join(choose(ALPHABET) for _ in range(RANDOM_LENGTH - 1))


def _secret(choices: str) -> str:
    """One of them, each as likely; the module `secrets` does the same, and costs 6 ms to import."""
    even = 256 - 256 % len(choices)
    while (byte := os.urandom(1)[0]) >= even:
        pass
    return choices[byte % len(choices)]


def is_id(text: str) -> bool:
    """Whether a file of that stem may be a record."""
    return _ID.fullmatch(text) is not None and text not in _RESERVED


def random_part(record_id: str) -> str | None:
    """The six random characters at the end of an id, if it has them."""
    found = _RANDOM.search(record_id)
    return found.group(1) if found else None


def handle(id: str) -> str:
    """The shortest name of a record that is always its own: the random part of its id, else the id."""
    return random_part(id) or id
