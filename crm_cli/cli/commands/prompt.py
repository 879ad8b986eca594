"""crm prompt: how much is due in a few characters, for a shell prompt or a status bar."""

import os

from crm_cli.base.errors import CrmError
from crm_cli.cli.declare import Called
from crm_cli.cli.params import session
from crm_cli.cli.session import INCOMPLETE, Session

REFUSED, BUG = 7, 70

HELP = """Prints how much is due, for a shell prompt or a status bar: !2 3 is two tasks
overdue and three more due today, !2 or 3 alone when there is no other.

Nothing is printed when nothing is due, and nothing is said where there is no
book (exit 7) or where files cannot be read (exit 9).

bash: PS1='$(crm prompt) \\w \\$ '

zsh: setopt prompt_subst; RPROMPT='$(crm prompt)'

fish: function fish_right_prompt; crm prompt; end

tmux: set -g status-right '#(crm -C ~/crm prompt) %H:%M'"""


def prompt(ctx: Called) -> None:
    """Prints it, or nothing; sets the exit code.

    Whoever sees this sees it all day: what is wrong with the book is only said where -C asks for that very book.
    """
    run = session(ctx)
    try:
        run.code = _tell(run)
    except CrmError as error:
        run.code = run.complain(error) if run.options.book else error.code
    except BrokenPipeError:
        pass
    except OSError:
        run.code = REFUSED
    except Exception:  # a report for each line that somebody types would fill the disk
        if os.environ.get("CRM_DEBUG"):
            raise
        run.code = BUG


def _tell(run: Session) -> int:
    from crm_cli.services.followups.tally import due_tally  # book and index, which --help is not to pay

    book = run.book
    late, today = due_tally(book)
    parts = [f"!{late}"] * bool(late) + [str(today)] * bool(today)
    if parts:
        print(" ".join(parts))
    broken = book.index.has_problems and any(
        problem.severity in ("structural", "field") for problem in book.index.problems()
    )
    return INCOMPLETE if broken else 0
