"""Answers a shell that asks what can come next: `_CRM_COMPLETE` names the shell, and the words are the arguments.

zsh passes the words so far without their quotes, the begun one last; fish the same, but for the begun one, which is in
`_CRM_TEXT` as typed. The answer is one `value TAB description` a line. bash cuts words at `:` and `=` before anybody
sees them, so it passes the line as typed, and the word that it is going to replace; the answer is what to insert,
quoted. Exit code 1 says: these are files, offer them yourself.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from crm_cli.base.ids import slug
from crm_cli.base.text import clip, visible
from crm_cli.cli.complete import ASK, BEGUN, Offer

DONE, FILES = 0, 1
UNFINISHED = ("=", ":", ".", "/", "~")
"""What goes on behind one of these follows without a space."""
SHOWN = 60
"""How wide a description in a list of bash is, which knows no columns."""

_OF_FILES = re.compile(r"\b(FILE|DIR|PATH|MAP|ARGS)\b")
_LISTING = ("63", "33", "64")
_PLAIN = re.compile(r"[\w%+,./:=@^~-]")


def answer(root: Any, session: Any, words: Sequence[str], environ: Mapping[str, str]) -> int:
    """Prints the offers for one shell; the exit code. It is silent about whatever goes wrong."""
    try:
        lines, code = _answer(root, session, words, environ)
        print("\n".join(lines), end="\n" if lines else "", flush=True)
    except Exception:  # nobody wants to hear of a bug in the middle of a line
        if os.environ.get("CRM_DEBUG"):
            raise
        return DONE
    return code


def _answer(root: Any, session: Any, words: Sequence[str], environ: Mapping[str, str]) -> tuple[Sequence[str], int]:
    shell, text = environ[ASK], environ.get("_CRM_TEXT", "")
    typed = read_line(environ.get("_CRM_LINE", ""), text) if shell == "bash" else None
    if typed:
        before, begun = typed.words
    elif shell == "fish":
        before, begun = list(words), _split(text)[0][-1]
    else:
        before, begun = list(words[:-1]), words[-1] if words else ""
    found = offers(root, session, before, begun)
    if found is None:
        return (), FILES
    # A line is one offer, and control characters are not for a terminal.
    found = [(value, " ".join(doc.split())) for value, doc in found if value.isprintable()]
    if typed:
        return typed.inserts(found, listing=environ.get("_CRM_TYPE", "") in _LISTING), DONE
    if shell == "fish":
        found = [_by_name(value, doc, begun) for value, doc in found]
    return [f"{value}\t{visible(doc)}" if doc else value for value, doc in found], DONE


def _by_name(value: str, doc: str, begun: str) -> tuple[str, str]:
    """The name with the id beside it, where only the name begins as typed: fish drops what begins otherwise."""
    other = not value.casefold().startswith(begun.casefold()) and doc.casefold().startswith(begun.casefold())
    return (doc, value) if other else (value, doc)


def offers(root: Any, session: Any, before: Sequence[str], begun: str) -> Offer | None:
    """What can stand for the word that was begun; None for files."""
    context = _context(root, session, before)
    if context is None:
        return []
    context.meta[BEGUN] = begun
    command = context.command
    params = command.get_params(context)
    options = {name: param for param in params for name in param.opts if name.startswith("-")}
    name, equals, value = begun.partition("=")
    open_ended = "--" not in before
    if open_ended and equals and name.startswith("--") and name in options:
        context.meta[BEGUN] = value
        found = _values(context, options[name])
        return found and [(f"{name}={text}", doc) for text, doc in found]
    if open_ended and before and before[-1] in options and not options[before[-1]].is_flag:
        return _values(context, options[before[-1]])
    if open_ended and begun.startswith("-"):
        return _option_names(params, before, begun)
    if hasattr(command, "offers"):
        return [(name, doc) for name, doc in command.offers() if name.startswith(begun)]
    argument = next(
        (param for param in params if param.param_type_name == "argument" and _has_room(context, param)), None
    )
    return _values(context, argument) if argument else []


def _context(root: Any, session: Any, words: Sequence[str]) -> Any:
    """The innermost command that the words lead to, with what it was given; None where there is no such command."""
    context = root.make_context("crm", list(words), obj=session, resilient_parsing=True)
    while hasattr(context.command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        if not rest:
            break
        name, command, args = context.command.resolve_command(context, rest)
        if command is None:
            return None
        context = command.make_context(name, args, parent=context, resilient_parsing=True)
    return context


def _has_room(context: Any, argument: Any) -> bool:
    return argument.nargs == -1 or context.params.get(argument.name) is None


def _values(context: Any, param: Any) -> Offer | None:
    if param._custom_shell_complete is None and _OF_FILES.search(param.metavar or ""):
        return None
    # Typer keeps what begins as its argument says: nothing is left out that begins with "".
    return [(item.value, item.help or "") for item in param.shell_complete(context, "")]


def _option_names(params: Sequence[Any], before: Sequence[str], begun: str) -> Offer:
    """One name of each option that begins so and may be given (again); a long one rather than a short one."""
    found = []
    for param in params:
        names = [name for name in param.opts if name.startswith("-")]
        if names and (param.multiple or not any(name in before for name in names)):
            fitting = sorted((name for name in names if name.startswith(begun)), key=lambda name: name[:2] != "--")
            found += [(name, param.help or "") for name in fitting[:1]]
    return found


# -- bash


@dataclass(frozen=True, slots=True)
class Typed:
    """A line of bash: its words, without quotes, the begun one last.

    `cut` is how much of the begun word stands before what bash replaces; `quote` is the quote that is still open.
    """

    words: tuple[list[str], str]
    cut: int = 0
    quote: str = ""

    def inserts(self, found: Offer, *, listing: bool) -> Sequence[str]:
        """What bash puts in the place of the word's end, or shows with descriptions while it is `listing`."""
        begun = self.words[1]
        fitting = [(value, doc) for value, doc in found if value.startswith(begun[: self.cut])]
        texts = [self._quoted(value[self.cut :]) for value, _ in fitting]
        if len(texts) == 1:
            end = "" if self.quote or texts[0].endswith(UNFINISHED) else " "
            return [texts[0] + end]
        # bash puts in what they have in common: not if that says less than what was typed, as a begun name.
        literal = all(value.startswith(begun) for value, _ in fitting)
        keep = not literal and _common(texts) < len(slug(begun[self.cut :], ""))
        if listing:
            width = max((len(text) for text in texts), default=0)
            docs = [clip(visible(doc), SHOWN) for _, doc in fitting]
            texts = [f"{text:{width}}  ({doc})" if doc else text for text, doc in zip(texts, docs, strict=True)]
        return [*texts, " "] if keep else texts

    def _quoted(self, text: str) -> str:
        if self.quote == "'":
            return text.replace("'", "'\\''")
        if self.quote:
            return re.sub(r'(["\\$`])', r"\\\1", text)
        return "".join(char if _PLAIN.match(char) or ord(char) > 127 else f"\\{char}" for char in text)


def _common(texts: Sequence[str]) -> int:
    """How many characters they all begin with."""
    same = (len(set(chars)) == 1 for chars in zip(*texts, strict=False))
    return len(list(takewhile(bool, same)))


_PIECE = re.compile(
    r"""(?P<gap>\s+) | '(?P<single>[^']*)(?P<shut1>'|\Z) | "(?P<double>(?:\\.|[^"\\])*\\?)(?P<shut2>"|\Z)
    | \\(?P<escaped>.?) | (?P<bare>[^\s'"\\]+)""",
    re.VERBOSE | re.DOTALL,
)


def read_line(line: str, replaced: str) -> Typed:
    """The words of a line as bash would pass them; `replaced` is the end of it that bash is going to replace."""
    words, quote = _split(line)
    head, _ = _split(line.removesuffix(replaced))
    cut = len(head[-1]) if len(head) == len(words) else 0
    first = next((at for at, word in enumerate(words) if not re.match(r"\w+=", word)), 0)
    return Typed((words[first + 1 : -1], words[-1]), cut, quote)


def _split(line: str) -> tuple[list[str], str]:
    """The words without their quotes, the last one perhaps empty, and the quote that is open at the end."""
    words, quote = [""], ""
    for piece in _PIECE.finditer(line):
        quote = ""
        if piece["gap"]:
            words.append("")
        elif piece["single"] is not None:
            words[-1] += piece["single"]
            quote = "" if piece["shut1"] else "'"
        elif piece["double"] is not None:
            words[-1] += re.sub(r'\\(["\\$`])', r"\1", piece["double"])
            quote = "" if piece["shut2"] else '"'
        else:
            words[-1] += piece["escaped"] or piece["bare"] or ""
    return words, quote
