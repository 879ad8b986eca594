"""Who writes: taken from the environment and git's settings before git gets an environment of its own."""

from collections.abc import Mapping
from pathlib import Path

from crm_cli.base.patterns import pattern
from crm_cli.store import support
from crm_cli.store.git import GitFailed, environment, open_git, start
from crm_cli.store.layout import layout
from crm_cli.store.objects import Identity

_ADDRESSED = pattern(r"(.*?)\s*<([^<>]*)>\s*")
_NOT_IN_NAMES = pattern(r"[\x00-\x1f\x7f<>]+")
_NOT_IN_LOGINS = pattern(r"[^A-Za-z0-9._+-]+")


def identity(root: Path, environ: Mapping[str, str]) -> Identity:
    """`CRM_USER`, else git's author in the environment, the user's settings, the book's, else login and host."""
    named = _from_user(environ.get("CRM_USER", ""))
    if named:
        return named
    name, email = environ.get("GIT_AUTHOR_NAME", ""), environ.get("GIT_AUTHOR_EMAIL", "")
    if not (name and email):
        for config in _settings(root, environ):
            name = name or config.get("user.name", "")
            email = email or config.get("user.email", "")
    if name and email:  # nearly everybody: who is logged in, and where, takes 3 ms of imports to ask
        return _clean(name, email)
    login = _login(environ)
    return _clean(name or email.partition("@")[0] or login, email or _address(login))


def _from_user(text: str) -> Identity | None:
    """`Name <address>`, an address, or a name alone."""
    text = " ".join(text.split())
    addressed = _ADDRESSED.fullmatch(text)
    if addressed:
        return _clean(addressed[1] or addressed[2].partition("@")[0], addressed[2])
    if not text:
        return None
    return _clean(text, text if "@" in text else _address(text))


def _settings(root: Path, environ: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    plain = _plain(environ)
    if plain:
        return plain, {}
    if layout(root) is None:  # a book that is about to be made: nobody's but the user's settings are asked
        return support.pairs(_users_own(root, environ)), {}
    git = open_git(root, environ)
    users = support.pairs(git.run("config", "--includes", "--list", "-z"))
    return users, support.configuration(git)


def _plain(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The user's own settings where they name the user, which nothing before them can change, and are plainly spelt.

    Else nothing, and git is asked: that is a process more, 7 ms of every write.
    """
    home = environ.get("HOME", "")
    place = environ.get("GIT_CONFIG_GLOBAL", home and f"{home}/.gitconfig")
    try:
        known = support.plain_pairs(Path(place).read_bytes().decode("utf-8"))
    except (OSError, ValueError):
        return {}
    if not known or any(key.startswith("include") for key in known):
        return {}
    return known if known.get("user.name") and known.get("user.email") else {}


def _users_own(root: Path, environ: Mapping[str, str]) -> bytes:
    words = ["config", "--global", "--includes", "--list", "-z"]
    try:
        return start(Path(root.anchor), words, environment(root, environ)).finish()
    except GitFailed:  # git says so where there is no such file
        return b""


def _login(environ: Mapping[str, str]) -> str:
    import getpass  # see above

    try:
        return environ.get("LOGNAME") or environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return "crm"


def _address(login: str) -> str:
    import socket  # see above

    host = _NOT_IN_LOGINS.sub("-", socket.gethostname()) or "localhost"
    return f"{_NOT_IN_LOGINS.sub('-', login).strip('-') or 'crm'}@{host}"


def _clean(name: str, email: str) -> Identity:
    return Identity(_NOT_IN_NAMES.sub(" ", name).strip() or "crm", _NOT_IN_NAMES.sub("", email).replace(" ", ""))
