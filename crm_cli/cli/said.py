"""What the options that verbs share have said, in one run."""

from crm_cli.base.lean import dataclass

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "yaml", "ids")


@dataclass
class Options:
    """What the shared options said; None and False where nothing was said."""

    book: str | None = None
    no_input: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str | None = None
    lock_timeout: str | None = None
    output: str | None = None
    json: bool = False
    ids: bool = False
    fields: str | None = None
    template: str | None = None
    header: bool = False
    null: bool = False
    exit_code: bool = False
    dry_run: bool = False
    yes: bool = False
