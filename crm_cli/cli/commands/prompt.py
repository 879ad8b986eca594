"""crm prompt: how much is due in a few characters, for a shell prompt or a status bar.

`cli.early` answers it before Typer is imported; what that does not understand comes here.
"""

from crm_cli.cli.declare import Called
from crm_cli.cli.early import tell
from crm_cli.cli.params import session

HELP = """Prints how much is due, for a shell prompt or a status bar: !2 3 is two tasks
overdue and three more due today, !2 or 3 alone when there is no other.

Nothing is printed when nothing is due, and nothing is said where there is no
book (exit 7) or where files cannot be read (exit 9).

bash: PS1='$(crm prompt) \\w \\$ '

zsh: setopt prompt_subst; RPROMPT='$(crm prompt)'

fish: function fish_right_prompt; crm prompt; end

tmux: set -g status-right '#(crm -C ~/crm prompt) %H:%M'"""


def prompt(ctx: Called) -> None:
    """Prints it."""
    run = session(ctx)
    run.code = tell(run)
