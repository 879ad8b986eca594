"""Which addresses a book may be synced with: judged before git sees them, since git can be talked into a lot."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from crm_cli.base.errors import NotFound, Refused
from crm_cli.base.text import visible

_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")
_HOST = r"(?:[\w.][\w.-]*|\[[0-9a-fA-F:.]+\])"
_SCP = re.compile(rf"(?:[\w.][\w.+-]*@)?{_HOST}:(?!:)(?!-)[^\s]+")
_NETWORK = re.compile(rf"(https|ssh)://(?:[^/@\s]+@)?{_HOST}(?::[0-9]{{1,5}})?/[^\s]*")
HINT = "an address is https://…, ssh://…, host:path, or the absolute path of a git directory"


def check_address(text: str) -> str:
    """The address as git is given it; `Refused` with the reason for whatever else git would understand."""
    if not text or text.startswith("-") or _CONTROL.search(text.replace(" ", "")) or "::" in text.partition("/")[0]:
        raise Refused(f"{visible(text) or 'nothing'} is no address of a remote", hint=HINT)
    if text.startswith("/"):
        return _git_directory(text)
    if text.startswith("file://"):
        return _git_directory(text.removeprefix("file://"))
    if "://" in text:
        if _NETWORK.fullmatch(text):
            return text
        raise Refused(f"{without_password(text)} cannot be synced with", hint=HINT)
    if _SCP.fullmatch(text):
        return text
    raise Refused(f"{visible(text)} is no address of a remote", hint=HINT)


def _git_directory(text: str) -> str:
    place = Path(text)
    if not place.is_absolute():
        raise Refused(f"{visible(text)} is no absolute path", hint=HINT)
    for found in (place, place / ".git"):
        if (found / "HEAD").is_file() and (found / "objects").is_dir() and (found / "refs").is_dir():
            return str(place)
    hint = f"git init --bare {visible(text)}" if not place.exists() or not any(place.iterdir()) else HINT
    raise Refused(f"{visible(text)} is no git directory", hint=hint)


def without_password(address: str) -> str:
    """An address as it may be shown."""
    if "://" not in address:
        return visible(address)
    parts = urlsplit(address)
    if parts.password is None:
        return visible(address)
    return visible(address.replace(f":{parts.password}@", ":***@", 1))


def remote_of(config: Mapping[str, str], name: str | None, branch: str) -> tuple[str, str] | None:
    """Name and address of the remote to sync with, from the book's git configuration; None where it has none."""
    known = [key.split(".", 1)[1].removesuffix(".url") for key in config if re.fullmatch(r"remote\..+\.url", key)]
    if name is not None:
        if name not in known:
            there = f"there are {', '.join(map(visible, known))}" if known else "crm git remote add origin URL adds one"
            raise NotFound(f"there is no remote {name}", hint=there)
        return name, config[f"remote.{name}.url"]
    usual = config.get(f"branch.{branch}.remote", "origin")
    chosen = usual if usual in known else known[0] if len(known) == 1 else None
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
