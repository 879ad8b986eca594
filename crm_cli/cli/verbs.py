"""The table of verbs: which there are, where each is, and which sets of options it takes."""

from crm_cli.base.lean import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb's function is, and which sets of options it takes."""

    help: str
    module: str
    function: str = ""
    lists: bool = False
    writes: bool = False
    raw: bool = False
    direct: bool = True
    """False where Typer is wanted for more than reading the words."""


VERBS: dict[str, Verb] = {
    "init": Verb("Make a new book", "init"),
    "clone": Verb("Copy a book from a git remote", "clone"),
    "demo": Verb("Make a sample book to play with", "demo"),
    "show": Verb("Everything about a record", "show", lists=True),
    "brief": Verb("One page to read before a call", "brief", lists=True),
    "timeline": Verb("Everything that happened, newest first", "timeline", lists=True),
    "set": Verb("Change fields: FIELD=VALUE, FIELD+=VALUE, FIELD-=VALUE, FIELD=", "set", "set_", writes=True),
    "tag": Verb("Add and remove tags", "tag", writes=True),
    "edit": Verb("Open records in your editor", "edit", writes=True),
    "rm": Verb("Archive records; --purge removes their files", "rm", writes=True),
    "erase": Verb("Erase a person for good: the right to be forgotten", "erase", writes=True),
    "history": Verb("What was changed, when and by whom", "history", lists=True),
    "restore": Verb("Bring a record back as it was", "restore", writes=True),
    "undo": Verb("Take back the last change", "undo", writes=True),
    "log": Verb("Write down a call, a message, a visit, a note", "log", writes=True),
    "due": Verb("What is due", "due", lists=True),
    "done": Verb("Finish tasks", "done", writes=True),
    "snooze": Verb("Put a task off", "snooze", writes=True),
    "cancel": Verb("Give tasks up", "cancel", writes=True),
    "touch": Verb("Who is slipping away", "touch", lists=True),
    "occasions": Verb("Birthdays and other days to remember", "occasions", lists=True),
    "pipeline": Verb("The pipeline: count and sums by stage", "pipeline", lists=True),
    "move": Verb("Move a deal to another stage", "move", writes=True),
    "remind": Verb("A digest of what is due: to read, by mail, on the desktop", "remind", lists=True),
    "schedule": Verb("Run by itself: crontab lines and systemd units", "schedule"),
    "find": Verb("Search every field and note", "find", lists=True),
    "import": Verb("Take in a CSV or JSON file", "import_", "import_", writes=True),
    "export": Verb("Give out records: json, jsonl, csv, yaml, a calendar", "export", lists=True),
    "apply": Verb("Change many records: one JSON object a line", "apply", "apply_", writes=True),
    "prompt": Verb("What is due in a few characters, for a shell prompt", "prompt"),
    "doctor": Verb("Find what is wrong with the book, and mend it", "doctor", lists=True, writes=True),
    "sync": Verb("Sync the book with a git remote", "sync", writes=True),
    "conflicts": Verb("Values that a sync kept aside, side by side", "conflicts", lists=True),
    "resolve": Verb("Settle what a sync kept aside", "resolve", writes=True),
    "tui": Verb("My day, the pipeline and every record on screens", "tui"),
    "git": Verb("Run git in the book", "git", raw=True),
    "config": Verb("Show and change settings", "config"),
    "completion": Verb("Print the completion script for a shell", "completion", direct=False),
    "man": Verb("Print a manual page", "man", direct=False),
}
NOUN_VERBS: dict[str, Verb] = {
    "add": Verb("Make a new one", "add", writes=True),
    "list": Verb("List those that a query finds", "list", "list_", lists=True),
    "show": Verb("Everything about one", "show", lists=True),
}
HIDDEN: dict[str, Verb] = {"merge-driver": Verb("Merge one file, for git", "merge_driver", raw=True)}
"""Verbs for other programs, which no help names."""
LATER = tuple("lead intake score serve dupes merge mail wa query-email report target".split())
"""Verbs that the command line keeps for what is not built yet."""
