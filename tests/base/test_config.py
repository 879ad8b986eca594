"""Where the user's files are, and what their settings may say."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from crm_cli.base import config
from crm_cli.base.config import KEYS, UserConfig, check
from crm_cli.base.errors import Invalid

DIRECTORIES = [
    (config.config_dir, "XDG_CONFIG_HOME", ".config/crm"),
    (config.cache_dir, "XDG_CACHE_HOME", ".cache/crm"),
    (config.state_dir, "XDG_STATE_HOME", ".local/state/crm"),
    (config.data_dir, "XDG_DATA_HOME", ".local/share/crm"),
]


@pytest.mark.parametrize(("directory", "variable", "default"), DIRECTORIES)
def test_directories_follow_xdg(directory: Any, variable: str, default: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/asha")
    monkeypatch.setenv(variable, "/elsewhere")
    assert directory() == Path("/elsewhere/crm")
    for ignored in ("", "relative/path"):
        monkeypatch.setenv(variable, ignored)
        assert directory() == Path("/home/asha") / default
    monkeypatch.delenv(variable)
    assert directory() == Path("/home/asha") / default


@pytest.mark.parametrize("home", [None, "", "not/absolute"])
def test_without_home_the_account_has_one(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)
    assert config.home() == Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_an_account_without_a_home_has_no_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", *(variable for _, variable, _ in DIRECTORIES)):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert config.home() is None
    assert [directory() for directory, _, _ in DIRECTORIES] == [None] * 4
    assert config.expand("~/crm") == Path("~/crm")


def test_a_system_without_accounts_still_knows_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setitem(sys.modules, "pwd", None)
    monkeypatch.setattr(os.path, "expanduser", lambda _path: "/profiles/asha")
    assert config.home() == Path("/profiles/asha")


def test_a_tilde_is_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/asha")
    assert config.expand("~/crm") == Path("/home/asha/crm")
    assert config.expand("~") == Path("/home/asha")
    assert config.expand("/srv/~/crm") == Path("/srv/~/crm")


FULL = {
    "book": "~/crm",
    "books": {"club": "~/club"},
    "trust": ["/srv/shared/crm"],
    "me": "asha",
    "editor": "nano",
    "pager": "less -R",
    "color": "never",
    "ui": {"theme": "textual-dark", "indic_width": "zero", "keys": {"find": "/"}},
    "sync": {"minutes": "5", "fetch_mib": "64"},
    "mail": {"from": "asha@acme.example", "smtp": "mail.example:587", "user": "asha", "password_command": "pass mail"},
}


def test_all_settings_are_read() -> None:
    found = UserConfig.of(FULL)
    assert (found.book, found.books, found.trust) == ("~/crm", {"club": "~/club"}, ("/srv/shared/crm",))
    assert (found.me, found.editor, found.pager, found.color) == ("asha", "nano", "less -R", "never")
    assert (found.ui.theme, found.ui.indic_width, found.ui.keys) == ("textual-dark", "zero", {"find": "/"})
    assert (found.sync.minutes, found.sync.fetch_mib) == (5, 64)
    assert (found.mail.sender, found.mail.smtp, found.mail.sendmail) == ("asha@acme.example", "mail.example:587", "")
    assert (found.mail.user, found.mail.password_command) == ("asha", "pass mail")


@pytest.mark.parametrize("tree", [{}, {"book": None, "ui": None, "sync": {"minutes": ""}, "books": "", "mail": ""}])
def test_all_settings_may_be_absent(tree: dict[str, Any]) -> None:
    assert UserConfig.of(tree) == UserConfig()


def test_one_trusted_book_needs_no_list() -> None:
    assert UserConfig.of({"trust": "/srv/crm"}).trust == ("/srv/crm",)


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ({"colour": "auto"}, "config: there is no key colour"),
        ({"ui": {"width": "auto"}}, "config: there is no key ui.width"),
        ({"books.club": "~/club"}, "config: there is no key books.club"),
        ({"color": "sometimes"}, "config: color is none of auto, always, never: sometimes"),
        ({"ui": {"indic_width": "2"}}, "config: ui.indic_width is none of"),
        ({"ui": ["a"]}, "config: ui is no map"),
        ({"sync": "10"}, "config: sync is no map"),
        ({"sync": {"minutes": "0"}}, "config: sync.minutes is no whole number above 0: 0"),
        ({"sync": {"minutes": "9" * 5000}}, "config: sync.minutes is no whole number"),
        ({"sync": {"fetch_mib": ["1"]}}, "config: sync.fetch_mib is a list where one value belongs"),
        ({"book": {"a": "b"}}, "config: book is a map where one value belongs"),
        ({"books": ["~/club"]}, "config: books is no map"),
        ({"books": {"club": ["~/club"]}}, "config: books.club is a list"),
        ({"trust": {"a": "b"}}, "config: trust is a map where a list belongs"),
        ({"trust": [["a"]]}, "config: trust is a list where one value belongs"),
    ],
)
def test_a_wrong_setting_is_named(tree: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid) as caught:
        UserConfig.of(tree)
    assert caught.value.message.startswith(says)


def test_a_typo_gets_the_nearest_key() -> None:
    with pytest.raises(Invalid) as caught:
        check("ui.indicwidth", "auto")
    assert caught.value.hint == "did you mean ui.indic_width?"
    with pytest.raises(Invalid) as caught:
        check("zzzzzzzz", "auto")
    assert "mail.from" in caught.value.hint


def test_one_setting_can_be_checked_before_it_is_written() -> None:
    assert check("sync.minutes", "20") == 20
    assert check("books.club", "~/club") == "~/club"
    assert check("ui.keys.find", "/") == "/"
    assert check("trust", "/srv/crm") == ("/srv/crm",)
    with pytest.raises(Invalid, match=r"sync\.minutes"):
        check("sync.minutes", "-1")


def test_every_key_that_is_known_has_its_place() -> None:
    for key in KEYS:
        section, _, name = key.rpartition(".")
        place = getattr(UserConfig(), section) if section else UserConfig()
        assert hasattr(place, "sender" if name == "from" else name)


def test_a_book_is_trusted_by_the_place_it_really_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "crm").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "crm")
    found = UserConfig.of({"trust": ["~/crm"]})
    assert found.trusts(tmp_path / "crm")
    assert found.trusts(tmp_path / "link")
    assert not found.trusts(tmp_path / "other")
    assert not UserConfig().trusts(tmp_path / "crm")
