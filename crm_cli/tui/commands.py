"""Commands: declared once, each is a key, a word in the footer, an entry of the palette and a line of the help.

The user's config gives a command another key by its name: `ui.keys.log-call: C`.
"""

import re

from textual.binding import Binding

_NO_WORD = re.compile(r"[^a-z]+")


def command(key: str, action: str, title: str, about: str = "", *, shown: bool = False) -> Binding:
    """A command of Textual's; `shown` ones stand in the footer. Its name is made from the action: `log('call')`."""
    return Binding(key, action, title, shown, tooltip=about or title, id=name_of(action))


def name_of(action: str) -> str:
    """The name of a command, as the config has it: `log-call`; of two ways the backward one is `step-back`."""
    return _NO_WORD.sub("-", action.lower().replace("(-", "-back(")).strip("-")


EVERYWHERE = (
    command("question_mark", "go('help')", "Help", "every command and its key", shown=True),
    command("f,slash", "go('search')", "Find", "search everything, in any script", shown=True),
    command("u", "undo", "Undo", "take back the last change, after showing what it was"),
    command("S", "sync", "Sync", "bring the book and its remote to the same state"),
    command("escape", "back", "Back", "to where you came from"),
    command("ctrl+r", "refresh", "Read again", "read the files anew"),
    command("q,ctrl+q", "leave", "Quit", "leave; everything is saved", shown=True),
)
"""What every screen knows."""

ENDING = Binding("ctrl+c", "app.help_quit", "Quit", show=False)
"""What every dialog knows besides its own: Textual keeps the keys of the application from it."""

MOVING = (
    command("down,j", "step(1)", "Down"),
    command("up,k", "step(-1)", "Up"),
    command("pagedown,ctrl+d", "page(1)", "Page down"),
    command("pageup,ctrl+u", "page(-1)", "Page up"),
    command("home,g", "edge(-1)", "To the top"),
    command("end,G", "edge(1)", "To the end"),
    command("space", "mark", "Mark", "choose several records for one command"),
    command("asterisk", "mark_all", "Mark all", "choose all records of the list; again for none"),
    command("enter", "choose", "Open", "open what the cursor stands on"),
)
"""What every list knows."""

RECORD = (
    command("c", "log('call')", "Call", "write down a call, with the follow-up", shown=True),
    command("w", "log('whatsapp')", "WhatsApp", "write down a message, with the follow-up"),
    command("n", "log('note')", "Note", "write down a note", shown=True),
    command("L", "log", "Log", "write down a meeting, an email, anything that happened"),
    command("d", "done", "Done", "finish the task, and say what comes next", shown=True),
    command("z", "snooze", "Snooze", "put the task off", shown=True),
    command("m", "move", "Move", "the deal into another stage"),
    command("t", "tag", "Tag", "add tags, or take them away with -tag"),
    command("i", "edit", "Edit", "change the fields in a form"),
    command("e", "editor", "Editor", "open the file in your editor"),
    command("a", "add", "Add", "a new record", shown=True),
    command("x", "archive", "Archive", "out of sight, still there"),
)
"""What can be done with the records that are chosen."""

LIST = (
    command("slash", "filter", "Filter", "show only what fits a query: tag:vip  close_date:..eom", shown=True),
    command("v", "view", "View", "show a saved view"),
    command("V", "save_view", "Save view", "keep the present filter, columns and order under a name"),
    command("o", "sort", "Sort", "by another column; the same once more turns it round"),
    command("O", "columns", "Columns", "choose what stands beside each name"),
)
"""What the lists of a kind know beside it."""

ASIDE = (
    command("left,shift+tab", "left", "Left", "to the column on the left"),
    command("right,tab", "right", "Right", "to the column on the right"),
)
"""What a column of cards knows."""

BOARD = (
    command("h", "stage_back", "Move back", "move the deal to the stage before", shown=True),
    command("l", "stage_on", "Move on", "move the deal to the next stage", shown=True),
    command("p,right_square_bracket", "next_pipeline", "Next pipeline", "the deals of the next pipeline"),
    command("left_square_bracket", "previous_pipeline", "Pipeline before", "the deals of the pipeline before"),
    command("exclamation_mark", "stalled", "Stuck alone", "only the deals that nobody moves, or all again"),
    command("v", "charts", "Charts", "bars of the stages and the months beside the board, or no more"),
)
"""What the board of deals knows."""

TYPING = (
    command("tab", "complete", "Complete", "take the offer under the cursor, else the first"),
    command("down", "offer(1)", "Next offer", "along the offers; without any to the list, as enter does"),
    command("up", "offer(-1)", "Offer before"),
    command("escape", "close", "Close", "close the offers; without any take the filter away"),
)
"""What the filter line knows."""

FIND = (command("slash", "type", "Type", "back to the line of what is sought", shown=True),)
"""What the search knows."""

SIDES = (
    command("less_than_sign", "keep", "Keep", "what is shown now stays", shown=True),
    command("greater_than_sign", "other", "Other", "the value that lost takes its place", shown=True),
    command("left,h", "left_side", "Left", "to what is shown now; enter picks it"),
    command("right,l", "right_side", "Right", "to what lost; enter picks it"),
    command("equals_sign,v", "value", "Value", "type what is to stand there", shown=True),
)
"""What the screen of conflicts knows."""

DOCTOR = (command("F", "mend", "Mend", "what can safely be mended, after showing it", shown=True),)
"""What the doctor's screen knows."""

SHEET = (command("o", "empty", "Empty fields", "show the fields without a value, too, or hide them again"),)
"""What the page of a record knows."""
