"""A book of files as people write them, opened at a moment of one's choice, for tests of what is due."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from crm_cli.book import Book, open_book
from crm_cli.schema.plan import Plan

SETTINGS = "timezone: Asia/Kolkata\n"


class Agenda:
    """Opens the book that is made of these files."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch = root, patch
        patch.setenv("CRM_USER", "meera")
        self.write({"crm.yaml": SETTINGS})

    def write(self, files: Mapping[str, str]) -> None:
        """Files by their path; one line of YAML in braces, or a whole file."""
        for path, text in files.items():
            place = self.root / (path if path.endswith(".yaml") else f"{path}.yaml")
            place.parent.mkdir(parents=True, exist_ok=True)
            lines = text[1:-1].replace(" | ", "\n") if text.startswith("{") else dedent(text)
            place.write_text(f"{lines}\n", encoding="utf-8")

    def at(self, now: str) -> Book:
        """The book at a moment, or at ten in the morning of a day."""
        self.patch.setenv("CRM_NOW", now if "T" in now else f"{now}T10:00:00")
        return open_book(self.root, cache=False)

    def task(self, now: str, text: str, id: str = "call-k7m3q9") -> tuple[Book, Any]:
        """The book at a moment with this one task in it, and the task."""
        self.write({f"tasks/{id}": text})
        book = self.at(now)
        return book, book.record(f"tasks/{id}.yaml")


def after(plan: Plan, kind: str = "task") -> list[Any]:
    """The records of a kind as a plan leaves them."""
    return [change.after for change in plan.changes if change.record.kind_.name == kind]


def said(task: Any) -> dict[str, Any]:
    """What a task says of its dates, as its file would."""
    made = {
        "due": task.due and task.due.text,
        "status": task.status,
        "done": " ".join(stamp.text for stamp in task.done),
        "snoozed_from": task.snoozed_from and task.snoozed_from.text,
    }
    return {name: value for name, value in made.items() if value}
