"""What was sent today, so that nothing is sent twice: a file for each book in the user's state directory.

Whatever is to be sent is written there first, once more when it leaves, and a third time when it was taken. A run that
is killed in between is judged by what it had written: not left yet means to send it again, left means to leave it.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from crm_cli.base.config import state_dir
from crm_cli.base.digest import place_name
from crm_cli.base.errors import Busy, Refused
from crm_cli.base.lean import dataclass
from crm_cli.store import place
from crm_cli.store.lock import Lock

_VERSION = 1
PREPARED, LEFT = "prepared", "left"
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass
class Channel:
    """What went out one way today, and what was under way when the file was last written."""

    sent: list[str] = field(default_factory=list)
    sending: list[str] = field(default_factory=list)
    message: str = ""
    phase: str = ""


@dataclass
class Ledger:
    """The file of a book, held by this run alone. Every change is on the disk before the call returns."""

    path: Path
    book: str
    day: str
    channels: dict[str, Channel] = field(default_factory=dict)

    def channel(self, name: str) -> Channel:
        """One way to send."""
        return self.channels.setdefault(name, Channel())

    def left_behind(self, name: str) -> list[str]:
        """What a run that was killed may have sent, or may not."""
        way = self.channel(name)
        return way.sending if way.phase == LEFT else []

    def begin(self, name: str, keys: Sequence[str], message: str) -> None:
        """These are going to be sent."""
        way = self.channel(name)
        way.sending, way.message, way.phase = list(keys), message, PREPARED
        self.write()

    def leaving(self, name: str) -> None:
        """From here on they may have arrived."""
        self.channel(name).phase = LEFT
        self.write()

    def settle(self, name: str) -> None:
        """They are done with for today."""
        way = self.channel(name)
        way.sent = list(dict.fromkeys((*way.sent, *way.sending)))
        self._forget(way)

    def take_back(self, name: str) -> None:
        """They were surely not sent."""
        self._forget(self.channel(name))

    def _forget(self, way: Channel) -> None:
        way.sending, way.message, way.phase = [], "", ""
        self.write()

    def write(self) -> None:
        """Puts it on the disk as it is."""
        ways = {name: vars(way) for name, way in self.channels.items()}
        content = {"version": _VERSION, "book": self.book, "day": self.day, "channels": ways}
        try:
            place.replace(self.path, json.dumps(content, ensure_ascii=True, indent=1).encode())
        except OSError as trouble:
            raise Refused(
                f"{self.path}: what is sent cannot be noted there: {trouble.strerror}",
                hint="without that note it could be sent twice",
            ) from None


@contextmanager
def ledger(root: Path, day: str, wait: float, warn: Callable[[str], None]) -> Iterator[Ledger]:
    """The ledger of a book for a day, held; `Busy` when another run holds it for longer than `wait` seconds."""
    path = _place(root)
    lock = _lock(path, wait)
    try:
        yield _load(path, os.path.realpath(root), day, warn)
    finally:
        lock.release()


def _lock(path: Path, wait: float) -> Lock:
    try:
        return Lock(path.with_suffix(".lock"), wait)
    except Busy as busy:
        raise Busy("another crm is sending the reminders of this book", hint=busy.hint) from None
    except OSError as trouble:
        raise _refused(path.parent, trouble) from None


def respell(root: Path, spell: Callable[[str], str], wait: float) -> int:
    """Spells what was sent for a book anew, as its records are called now; how many of its notes changed.

    Those of other books stay: with another spelling what they stand for would be sent once more.
    """
    state = state_dir()
    path = state / "reminders" / f"{place_name(os.path.realpath(root))}.json" if state else None
    if path is None or not path.exists():
        return 0
    changed = 0

    def spelt(key: str) -> str:
        nonlocal changed
        new = spell(key)
        changed += new != key
        return new

    lock = _lock(path, wait)
    try:
        known = _read(path, os.path.realpath(root))
        for way in known.channels.values():
            way.sent, way.sending = [spelt(key) for key in way.sent], [spelt(key) for key in way.sending]
        if changed:
            known.write()
    except FileNotFoundError:
        return 0
    except _BROKEN:  # it may hold anything; the next run begins it anew and says so
        place.replace(path, b"{}")
    finally:
        lock.release()
    return changed


def _place(root: Path) -> Path:
    state = state_dir()
    if state is None:
        raise Refused(
            "there is no home directory to note in what was sent, so nothing is sent", hint="set XDG_STATE_HOME"
        )
    folder = state / "reminders"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise _refused(folder, trouble) from None
    return folder / f"{place_name(os.path.realpath(root))}.json"


def _refused(folder: Path, trouble: OSError) -> Refused:
    return Refused(
        f"{folder} cannot be written: {trouble.strerror}; what was sent could not be noted, so nothing is sent",
        hint="set XDG_STATE_HOME to a directory of yours",
    )


def _load(path: Path, book: str, day: str, warn: Callable[[str], None]) -> Ledger:
    """What the file says of this day. An older day is forgotten, a file that cannot be understood as well."""
    try:
        known = _read(path, book)
    except FileNotFoundError:
        return Ledger(path, book, day)
    except (OSError, *_BROKEN):
        warn(f"crm: {path} cannot be read; it is begun anew, and what was sent today may be sent again")
        return Ledger(path, book, day)
    if known.day == day:
        return Ledger(path, book, day, known.channels)
    for name in (name for name, way in known.channels.items() if way.phase == LEFT):
        warn(f"crm: whether the last {name} of {known.day} arrived is not known; what is still due comes again")
    return Ledger(path, book, day)


def _read(path: Path, book: str) -> Ledger:
    """The file as it stands there, of whatever day."""
    content = json.loads(path.read_bytes())
    channels = {str(name): _channel(way) for name, way in content["channels"].items()}
    return Ledger(path, book, str(content["day"]), channels)


def _channel(way: Any) -> Channel:
    sent, sending = ([str(key) for key in way[name]] for name in ("sent", "sending"))
    return Channel(sent, sending, str(way["message"]), str(way["phase"]))
