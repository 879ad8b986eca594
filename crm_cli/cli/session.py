"""One run of the command line: its options, the book that it opens, what it says, the code it ends with."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_cli.base.errors import Ambiguous, AnswerIsNo, BadRequest, CrmError, NotFound
from crm_cli.base.lean import dataclass
from crm_cli.base.text import visible
from crm_cli.cli.said import Options

if TYPE_CHECKING:
    from crm_cli.base.config import UserConfig
    from crm_cli.book import Book
    from crm_cli.schema.condition import Selection
    from crm_cli.schema.kind import Kind
    from crm_cli.schema.table import Table
    from crm_cli.services.refs import Found

INCOMPLETE = 9
SHOWN_PROBLEMS = 5


@dataclass
class Session:
    """The state of one run."""

    options: Options = field(default_factory=Options)
    noun: str = ""
    """The kind that stands before the verb, if one does."""
    code: int = 0
    stdin_taken: bool = False
    screens: Callable[..., int] | None = None

    # -- the book

    @cached_property
    def config(self) -> "UserConfig":
        """The user's own settings."""
        from crm_cli.services.setup.config import load_config

        return load_config()

    @cached_property
    def book(self) -> "Book":
        """The book that this run is about, opened."""
        from crm_cli.book import open_book

        book = open_book(self.root, self.config)
        book.lock_timeout = self._seconds()
        return book

    @cached_property
    def root(self) -> Path:
        """Where the book is: -C, CRM_RECORDS, the nearest parent directory, the user's default."""
        from crm_cli.services.setup.config import find_book

        return find_book(self.options.book, self.config, Path.cwd, os.environ)

    def forget_book(self) -> None:
        """Lets the next question open the book anew."""
        for name in ("book", "root"):
            self.__dict__.pop(name, None)

    def close(self) -> None:
        """Lets go of the book, if there was one."""
        if "book" in self.__dict__:
            self.book.close()

    def _seconds(self) -> float:
        text = self.options.lock_timeout
        try:
            seconds = 10.0 if text is None else float(text)
        except ValueError:
            seconds = -1
        if not 0 <= seconds < 1e6:
            raise BadRequest(f"--lock-timeout wants seconds, not {text}")
        return seconds

    # -- talk

    def say(self, text: str) -> None:
        """One line of talk on stderr; none with --quiet."""
        if not self.options.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """One line on stderr that is said in any case; a line end in record text does not make it two."""
        try:
            print(visible(text), file=sys.stderr)
        except (OSError, ValueError):
            return

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return not self.options.no_input and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: str) -> None:
        """Asks before something is destroyed; `AnswerIsNo` for a no, `BadRequest` where nobody can be asked."""
        if self.options.yes:
            return
        if not self.interactive:
            raise BadRequest(f"{question} Nobody can be asked here", hint="give --yes to mean it")
        print(f"{visible(question)} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes", "हाँ", "हां"):
            raise AnswerIsNo("nothing was changed")

    def complain(self, error: CrmError) -> int:
        """Says what is wrong and what to do; the exit code."""
        for candidate in error.candidates:
            self.warn(f"  {candidate}")
        self.warn(f"crm: {error.message}")
        if error.hint:
            self.warn(f"  {error.hint}")
        return error.code

    def report_bug(self, error: Exception, words: Sequence[str]) -> int:
        """Writes a report of what should not have happened; the exit code."""
        from crm_cli.services.report_bug import write_report

        place = write_report(error, words)
        self.warn(f"crm: this is a bug in crm: {type(error).__name__}: {error}")
        self.warn(f"  a report is in {place}" if place else "  no report could be written; CRM_DEBUG=1 shows more")
        return 70

    # -- references

    def refs(self, words: Sequence[str], kinds: Sequence["Kind"] = ()) -> "list[Found]":
        """The records that REFs mean, `-` being those on stdin; on a terminal an ambiguous one is picked."""
        from crm_cli.cli.prompts import pick
        from crm_cli.services.refs import resolve

        found = []
        for word in self.words(words):
            try:
                found.append(resolve(self.book, word, kinds))
            except Ambiguous as many:
                if not self.interactive:
                    raise
                found.append(resolve(self.book, pick(many), kinds))
        return list(dict.fromkeys(found))

    def settled(self, word: str, kinds: Sequence["Kind"] = ()) -> str:
        """A REF as it is; of several records that it may mean, the one that somebody at a terminal picks."""
        from crm_cli.cli.prompts import pick
        from crm_cli.services.refs import resolve

        if self.interactive:
            try:
                resolve(self.book, word, kinds)
            except Ambiguous as many:
                return pick(many)
            except NotFound:
                return word  # whoever uses it says so
        return word

    def words(self, words: Sequence[str]) -> list[str]:
        """References with `-` replaced by the lines of stdin: what stands before a line's first tab."""
        if words.count("-") > 1:
            raise BadRequest("- can be given once: stdin is read only once")
        out: list[str] = []
        for word in words:
            out += self._lines() if word == "-" else [word]
        return out

    def _lines(self) -> list[str]:
        text = self.stdin().decode("utf-8", "surrogateescape")
        lines = text.split("\0" if self.options.null else "\n")
        return [ref for line in lines if (ref := line.rstrip("\r").partition("\t")[0].strip())]

    def stdin(self) -> bytes:
        """All of stdin, once."""
        if self.stdin_taken:
            raise BadRequest("stdin was asked for twice", hint="only one thing can be read from -")
        self.stdin_taken = True
        return sys.stdin.buffer.read() if sys.stdin else b""

    # -- output

    def show(self, table: "Table", headings: "Sequence[tuple[str, int]]" = ()) -> None:
        """Prints a table in the shape that was asked for; for people below headings, each for so many rows."""
        from crm_cli.cli import output

        written = output.write(table, self.output_options(), sys.stdout, headings)
        self._ended(written)

    def show_records(self, name: str, kinds: "Sequence[Kind]", selection: "Selection", columns: Sequence[str]) -> None:
        """Prints the records of a selection: as JSON whole, else these columns or those of --fields."""
        from crm_cli.cli import output
        from crm_cli.services.deals.currencies import other_currencies

        options = self.output_options()
        if options.whole:
            self._ended(output.write_records(self.book.index.json(kinds, selection), options, sys.stdout))
            return
        names = options.columns_for(columns)
        self.show(self.book.table(name, kinds, selection, names))
        for line in other_currencies(self.book, kinds, selection.condition):
            self.say(line)

    def output_options(self) -> Any:
        """The shape of the output."""
        from crm_cli.cli import output

        book = self.__dict__.get("book")
        return output.options_of(self.options, self.config, book.settings.country if book else "IN")

    def print_lines(self, lines: Sequence[str]) -> None:
        """Prints lines for people; a pager shows more than a screen of them on a terminal."""
        from crm_cli.cli import output

        output.write_text("".join(f"{line}\n" for line in lines), self.output_options(), sys.stdout)

    def _ended(self, rows: int) -> None:
        if self.options.exit_code and not rows:
            self.code = max(self.code, 1)
        self.note_problems()

    def note_problems(self) -> None:
        """Names on stderr what could not be read whole; the answer is then incomplete (exit 9)."""
        book = self.__dict__.get("book")
        if book is None or not book.index.has_problems:
            return
        problems = list(book.index.problems())
        if any(problem.severity in ("structural", "field") for problem in problems):
            self.code = INCOMPLETE
        for problem in problems[:SHOWN_PROBLEMS]:
            self.warn(f"crm: {problem.where}: {problem.message}")
        more = len(problems) - SHOWN_PROBLEMS
        self.warn(f"  {f'and {more} more; ' if more > 0 else ''}crm doctor says how to mend it")
