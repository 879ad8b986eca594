"""What makes crm run by itself: lines for cron and units for systemd, as text, quoted as each of them wants it."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from crm_cli.base.config import Mail
from crm_cli.base.digest import place_name
from crm_cli.base.errors import Refused
from crm_cli.base.ids import slug
from crm_cli.base.lean import dataclass

BEGIN, END = "# crm: begin ", "# crm: end "
KEPT_VARIABLES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
"""Where the user's files are, for those who have put them elsewhere: neither cron nor systemd would know."""
_SERVICE = """\
[Unit]
Description={about}

[Service]
Type=oneshot
ExecStart={command}
"""
_TIMER = """\
[Unit]
Description={about}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True)
class Job:
    """A command that runs by itself: the verb's words for cron and for systemd, and when."""

    name: str
    about: str
    cron: Sequence[str]
    systemd: Sequence[str]
    minutes: str
    calendar: str


def jobs(verbs: Sequence[str], *, mail: bool) -> tuple[Job, ...]:
    """What can be scheduled. Without mail, cron mails what is printed, and systemd shows it on the desktop."""
    cron = ("remind", "--mail") if mail else ("remind",)
    systemd = ("remind", "--mail") if mail else ("remind", "--notify")
    found = [Job("remind", "what is due, every working morning", cron, systemd, "30 8 * * 1-5", "Mon..Fri 08:30")]
    if "sync" in verbs:
        words = ("sync", "--quiet")
        found.append(Job("sync", "sync, every quarter of an hour", words, words, "*/15 * * * *", "*:0/15"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of one book; `program` is the words that start crm."""

    book: Path
    program: Sequence[str]
    jobs: Sequence[Job]

    @property
    def block(self) -> str:
        """The lines for the crontab, between two marks that name the book."""
        lines = [f"{job.minutes} {cron_command(self._words(job.cron))}\n" for job in self.jobs]
        return f"{BEGIN}{self.book}\n{''.join(lines)}{END}{self.book}\n"

    @property
    def units(self) -> Mapping[str, str]:
        """The files of systemd by their names: a service and a timer for each job."""
        return dict(self._units())

    def _units(self) -> Iterator[tuple[str, str]]:
        for job in self.jobs:
            about = systemd_text(f"crm {self.book}: {job.about}")
            name = f"{self.prefix}{job.name}"
            command = systemd_command(self._words(job.systemd))
            yield f"{name}.service", _SERVICE.format(about=about, command=command)
            yield f"{name}.timer", _TIMER.format(about=about, calendar=job.calendar)

    @property
    def prefix(self) -> str:
        """What the names of this book's units begin with, and no other book's."""
        return f"crm-{slug(self.book.name, 'book', 30)}-{place_name(self.book)[:8]}-"

    def _words(self, verb: Sequence[str]) -> list[str]:
        return [*self.program, "-C", str(self.book), *verb]


def plan_for(root: Path, verbs: Sequence[str], mail: Mail) -> Plan:
    """The plan for a book, by this very crm."""
    book = Path(os.path.realpath(root))
    kept = [f"{name}={os.environ[name]}" for name in KEPT_VARIABLES if os.path.isabs(os.environ.get(name, ""))]
    program = [*(["/usr/bin/env", *kept] if kept else []), *own_command(sys.argv[0], sys.executable)]
    for text in (str(book), *program):
        if not text.isprintable() or "\\" in text:  # crons do not agree on what a backslash means
            raise Refused(f"{text!r} has characters that cron and systemd cannot take", hint="rename it")
    by_mail = bool(mail.sender and (mail.sendmail or mail.smtp))
    return Plan(book, program, jobs(verbs, mail=by_mail))


def own_command(started: str, python: str) -> list[str]:
    """The words that start this crm from anywhere."""
    found = shutil.which(started) if started else None
    if found and os.path.basename(found) != "__main__.py":
        return [os.path.abspath(found)]
    return [python, "-m", "crm_cli"]


def cron_command(words: Sequence[str]) -> str:
    r"""Words for the command of a crontab line: for a shell, but a bare `%` would be a line end to cron."""
    return shlex.join(words).replace("%", r"\%")


def systemd_command(words: Sequence[str]) -> str:
    """Words for `ExecStart=`. In the program itself a `$` stands for itself, in its arguments it is doubled."""
    program, *rest = words
    return " ".join([_quoted(program), *(_quoted(word.replace("$", "$$")) for word in rest)])


def _quoted(word: str) -> str:
    text = systemd_text(word.replace("\\", "\\\\").replace('"', '\\"'))
    plain = text and not any(char in text for char in " \\\"';")
    return text if plain else f'"{text}"'


def systemd_text(text: str) -> str:
    """Text for a unit file, where `%` begins a specifier."""
    return text.replace("%", "%%")
