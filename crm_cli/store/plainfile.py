"""Reads the two files of settings, `crm.yaml` and the user's own, without paying for a YAML parser each time.

The tree of a file is kept as JSON in the cache, beside the size, mtime and inode that it was read at.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crm_cli.base.digest import place_name
from crm_cli.schema.node import plain_map
from crm_cli.schema.problem import Problem

Tree = Mapping[str, Any]
_VERSION = 1


def read_tree(path: Path, cache: Path | None) -> Tree | Problem:
    """The tree of a YAML file with texts as leaves; empty for a missing or empty file."""
    try:
        seen = os.stat(path)
    except OSError:
        return {}
    stamp = [_VERSION, seen.st_size, seen.st_mtime_ns, seen.st_ino]
    kept = _kept(path, cache)
    if kept is not None and (found := _load(kept, stamp)) is not None:
        return found
    tree = _parse(path)
    if kept is not None and not isinstance(tree, Problem):
        _keep(kept, {"stamp": stamp, "tree": tree})
    return tree


def _parse(path: Path) -> Tree | Problem:
    from crm_cli.store.codec import Document, parse  # 40 ms of ruamel, only when a file has changed
    from crm_cli.store.files import read

    data = read(path.parent, path.name)
    if isinstance(data, Problem):
        return data
    document = parse(data, path.name, allow_empty=True)
    if not isinstance(document, Document):
        return document
    return plain_map(document.root)


def problem_at(path: Path, where: Sequence[str], message: str) -> Problem:
    """The problem with what `where` leads to in such a file, with its line."""
    from crm_cli.schema.node import Map, Node, Seq
    from crm_cli.store.codec import parse  # only where something is wrong

    document = parse(path.read_bytes(), path.name, allow_empty=True)
    line = 0
    if not isinstance(document, Problem):
        node: Node | None = document.root
        for step in where:
            if isinstance(node, Map):
                node = node.entries.get(step)
            elif isinstance(node, Seq) and step.isdigit() and int(step) < len(node.items):
                node = node.items[int(step)]
            else:
                break
            line = node.line if node else line
    return Problem(path.name, line, "shape", f"{'.'.join(where)} {message}")


def _kept(path: Path, cache: Path | None) -> Path | None:
    name = place_name(os.path.abspath(path))
    return cache / f"{name}.json" if cache else None


def _load(kept: Path, stamp: list[int]) -> Tree | None:
    try:
        found = json.loads(kept.read_bytes())
        return found["tree"] if found["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(kept: Path, content: Mapping[str, Any]) -> None:
    """Writes the copy if it can: a cache that cannot be written only costs time."""
    fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
        os.replace(fresh, kept)
    except (OSError, ValueError):
        return
