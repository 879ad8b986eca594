"""Which addresses a book may be synced with: judged before git sees them, since git can be talked into a lot."""

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from crm_cli.base.errors import NotFound, Refused, Unreachable
from crm_cli.base.text import visible
from crm_cli.store import refs

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")  # git would start a program of that name
_HOST = r"(?:[\w.][\w.-]*|\[[0-9a-fA-F:.]+\])"
_SCP = re.compile(rf"(?:[\w.][\w.+-]*@)?{_HOST}:(?!:)(?!-)[^\s]+")
_NETWORK = re.compile(rf"(https|ssh)://(?:[\w.][^/@\s]*@)?{_HOST}(?::[0-9]{{1,5}})?/[^\s]*")
_PASSWORD = re.compile(r"(\w+://[^/@:\s]*:)[^/\s]*@")
HINT = "an address is https://…, ssh://…, host:path, or the absolute path of a git directory"


def check_address(text: str, *, absent: bool = False) -> str:
    """The address as git is given it; `Refused` with the reason for whatever else git would understand.

    A path where nothing is, such as that of a disk which is not connected, is `Unreachable` unless `absent` allows it.
    """
    if not text or text.startswith("-") or _CONTROL.search(text.replace(" ", "")) or _HELPER.match(text):
        raise Refused(f"{visible(text) or 'nothing'} is no address of a remote", hint=HINT)
    if text.startswith("/"):
        return _git_directory(text, absent)
    if text.startswith("file://"):
        return _git_directory(text.removeprefix("file://"), absent)
    if "://" in text:
        if _NETWORK.fullmatch(text):
            return text
        raise Refused(f"{without_password(text)} cannot be synced with", hint=HINT)
    if _SCP.fullmatch(text):
        return text
    raise Refused(f"{visible(text)} is no address of a remote", hint=HINT)


def _git_directory(text: str, absent: bool) -> str:
    if not os.path.isabs(text):
        raise Refused(f"{visible(text)} is no absolute path", hint=HINT)
    if not os.path.lexists(text):
        if not absent:
            check_there(text)
        return text
    if not any(map(_is_git_directory, (text, os.path.join(text, ".git")))):
        raise Refused(f"{visible(text)} is no git directory", hint=_way_out(text))
    return text


def check_there(address: str) -> None:
    """`Unreachable` for a path where nothing is; other addresses are git's to find."""
    if address.startswith("/") and not os.path.lexists(address):
        hint = f"connect the disk that it is on; or make it: git init --bare {visible(address)}"
        raise Unreachable(f"{visible(address)} is not there", hint=hint)


def _is_git_directory(place: str) -> bool:
    parts = (os.path.join(place, name) for name in ("objects", "refs"))
    return os.path.isfile(os.path.join(place, "HEAD")) and all(map(os.path.isdir, parts))


def _way_out(text: str) -> str:
    try:
        return HINT if os.listdir(text) else f"git init --bare {visible(text)}"
    except OSError:
        return HINT


def without_password(address: str) -> str:
    """An address as it may be shown."""
    if "://" not in address:
        return visible(address)
    password = _PASSWORD.match(address)
    return visible(f"{password[1]}***@{address[password.end() :]}" if password else address)


def remote_of(config: Mapping[str, str], name: str | None, branch: str) -> tuple[str, str] | None:
    """Name and address of the remote to sync with, from the book's git configuration; None where it has none."""
    known = [key.split(".", 1)[1].removesuffix(".url") for key in config if re.fullmatch(r"remote\..+\.url", key)]
    if name is not None:
        if name not in known:
            there = f"there are {', '.join(map(visible, known))}" if known else "crm git remote add origin URL adds one"
            raise NotFound(f"there is no remote {name}", hint=there)
        return name, config[f"remote.{name}.url"]
    chosen = refs.followed(known, config.get(f"branch.{branch}.remote"))
    if chosen is None and known:
        raise Refused("there are several remotes", hint=f"name one with --remote: {', '.join(map(visible, known))}")
    return (chosen, config[f"remote.{chosen}.url"]) if chosen else None


def host_of(address: str) -> str:
    """What to call the other side in a sentence."""
    if address.startswith("/"):
        return address
    if "://" in address:
        return urlsplit(address).hostname or address
    return address.partition(":")[0].rpartition("@")[2]
