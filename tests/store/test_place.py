"""Putting files into the work tree: many at once, folder by folder, never through a link."""

import ctypes
import os
from pathlib import Path

import pytest

from crm_cli.base.errors import Refused
from crm_cli.store import place

MANY = {f"folder{number % 3}/f-{number}.yaml": b"x%d" % number for number in range(100)}


def test_many_files_wait_for_the_file_system_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    staged = place.stage(tmp_path / "tmp", MANY)
    assert synced == []
    place.move(tmp_path, tmp_path / "tmp", staged)
    assert len(synced) == 6, "three folders that were made, and their parent each time"
    assert all((tmp_path / path).read_bytes() == data for path, data in MANY.items())
    assert not list((tmp_path / "tmp").iterdir())
    place.settle(tmp_path, list(MANY))
    assert len(synced) == 6


class _NoLibrary:
    def __init__(self, *_: object, **__: object) -> None:
        pass


class _Failing(_NoLibrary):
    def syncfs(self, _descriptor: int) -> int:
        ctypes.set_errno(5)
        return -1


def test_without_syncfs_every_file_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", _NoLibrary)
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    place.stage(tmp_path / "tmp", MANY)
    assert len(synced) == len(MANY)


def test_an_error_of_syncfs_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", _Failing)
    with pytest.raises(OSError, match="Input/output error"):
        place.stage(tmp_path / "tmp", MANY)


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "folder").mkdir()
    place.move(tmp_path, tmp_path / "tmp", {}, ["folder/none.yaml", "nowhere/none.yaml"])
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_a_file_or_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("/tmp")
    staged = place.stage(tmp_path / "tmp", {"file/x.yaml": b"x"})
    with pytest.raises(Refused, match="file is not a plain folder"):
        place.move(tmp_path, tmp_path / "tmp", staged)
    with pytest.raises(Refused, match="link is not a plain folder"):
        place.move(tmp_path, tmp_path / "tmp", {}, ["link/x.yaml"])


def test_other_errors_of_folders_are_passed_on(tmp_path: Path) -> None:
    staged = place.stage(tmp_path / "tmp", {f"{'a' * 300}/x.yaml": b"x"})
    with pytest.raises(OSError, match="File name too long"):
        place.move(tmp_path, tmp_path / "tmp", staged)
