"""Trouble in the data, as a value: where it is, what it costs, and what would mend it."""

from crm_cli.base.lean import dataclass

STRUCTURAL = (
    "yaml not-a-map duplicate-key key anchor tag documents encoding control line-break tab markers too-large not-a-file"
).split()
FIELD = (
    "bad-email bad-date no-such-day bad-money bad-number bad-bool bad-choice bad-link bad-cadence "
    "bad-recurrence bad-consent shape missing"
).split()
ERROR = ["file-name", "duplicate-id", "dangling-link", "merge-circle", "history"]
WARNING = (
    "unknown-key phone url tax-id country list-form comment mixed-script future-commit workflow "
    "stage-history custom-unknown attachment old-git permissions"
).split()

CLASSES: dict[str, str] = {
    code: name
    for name, codes in (("structural", STRUCTURAL), ("field", FIELD), ("error", ERROR), ("warning", WARNING))
    for code in codes
}
"""The class of every code: what the problem costs."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one place; `value` is the text as written, `fix` says what `--fix` would do."""

    path: str
    line: int
    code: str
    message: str
    field: str = ""
    value: str | None = None
    fix: str = ""

    @property
    def severity(self) -> str:
        """Its class: structural, field, error or warning."""
        return CLASSES[self.code]

    @property
    def where(self) -> str:
        """`path:line`, or the path alone where no line is known."""
        return f"{self.path}:{self.line}" if self.line else self.path
