"""Expressions behind `--where`, for what words that are all joined by "and" cannot say.

expression = all {"or" all}
all        = one {"and" one}
one        = "not" one | "(" expression ")" | ("has" | "no") field | "@" view | test
test       = field ("=" | "!=" | "~" | ">=" | "<=" | ">" | "<") value
           | field ["not"] "in" "(" value {"," value} ")"
value      = characters without blanks, quotes, commas, parentheses or operators | "…" | '…'
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from crm_cli.base.errors import BadRequest
from crm_cli.query import operands
from crm_cli.query.compiler import Make, field_part, presence, turned
from crm_cli.query.fields import Target
from crm_cli.query.lexer import Value, quote, value_of
from crm_cli.query.views import expand
from crm_cli.query.world import Part, Scope, World
from crm_cli.schema.condition import EVERYTHING, And, Condition, Not, Or

MAX_DEPTH = 50
"""How deep parentheses and "not" may be nested."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\["\\]?+)*+"|'[^']*')|(?P<sign>!=|>=|<=|[=~<>])|(?P<mark>[(),])"""
    r"""|(?P<word>(?:[^\s"'(),=~<>!]|!(?!=)|(?<=\w)'(?=\w))+)|(?P<end>\Z)|(?P<odd>.))""",
    re.DOTALL,
)


class Token(NamedTuple):
    """A piece of an expression: `sort` is string, sign, mark, word or end; `at` is its place in the text."""

    sort: str
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words of the language, in any case."""
        return self.sort == "word" and self.text.lower() in words


def tokens(text: str) -> list[Token]:
    """The pieces of an expression, an end behind them."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "end"
        if kind == "odd":
            what = "a quote is not closed" if match[kind] in "\"'" else f"{match[kind]} has no place here"
            raise BadRequest(f"--where: {what}: {text[match.start(kind) :][:40]}", hint='write "…" around a text')
        found.append(Token(kind, match[kind], match.start(kind)))
        if kind == "end":
            break
    return found


def read_where(text: str, scope: Scope) -> Part:
    """What an expression asks for."""
    reader = _Reader(text, tokens(text), scope)
    part = reader.any_of(0)
    if reader.now.sort != "end":
        reader.refuse('"and", "or" or the end was expected', "a value of several words stands in quotes")
    return part


class _Reader:
    """Reads tokens from left to right, one rule of the grammar a method."""

    def __init__(self, text: str, found: Sequence[Token], scope: Scope) -> None:
        self.text, self.tokens, self.scope, self.place = text, found, scope, 0

    @property
    def now(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """The token that comes next, which is then done; the end stays."""
        token = self.now
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def refuse(self, expected: str, hint: str = "") -> NoReturn:
        """Says what was expected here, and what stands here instead."""
        stands = f"before {self.text[self.now.at :][:40]}" if self.now.sort != "end" else "at the end"
        raise BadRequest(f"--where: {expected} {stands}", hint=hint or "like: stage = won and not tag = cold")

    def any_of(self, depth: int) -> Part:
        """Parts joined by "or"."""
        return self.joined("or", Or, self.all_of, depth)

    def all_of(self, depth: int) -> Part:
        """Parts joined by "and"."""
        return self.joined("and", And, self.one, depth)

    def joined(
        self, word: str, join: Callable[[tuple[Condition, ...]], Condition], read: Callable[[int], Part], depth: int
    ) -> Part:
        """One part, or several with that word between them."""
        parts = [read(depth)]
        while self.now.is_word(word):
            self.take()
            parts.append(read(depth))
        if len(parts) == 1:
            return parts[0]
        made = join(tuple(part.condition or EVERYTHING for part in parts))
        return Part(made, archived=any(part.archived for part in parts))

    def one(self, depth: int) -> Part:
        """A test, a view, the opposite of one, or an expression in parentheses."""
        if depth > MAX_DEPTH:
            self.refuse(f"at most {MAX_DEPTH} parentheses may stand in each other")
        token = self.now
        if token.is_word("not"):
            self.take()
            part = self.one(depth + 1)
            return Part(Not(part.condition or EVERYTHING), archived=part.archived)
        if token.text == "(" and token.sort == "mark":
            self.take()
            part = self.any_of(depth + 1)
            self.expect(")")
            return part
        if token.sort == "word" and token.text.startswith("@"):
            view = expand(self.view_name(), self.scope)
            return Part(view.condition, archived=view.archived)
        if token.is_word("has", "no"):
            return self.presence()
        return self.test()

    def view_name(self) -> str:
        """The name behind @, which may be a string."""
        name = self.take().text[1:]
        if not name and self.now.sort == "string":
            return _value(self.take()).text
        return name or self.refuse("the name of a view was expected")

    def presence(self) -> Part:
        """`has field` and `no field`."""
        negated = self.take().is_word("no")
        condition, targets = presence(self.field(), self.scope)
        archived = any(target.path == ("archived",) for target in targets)
        return Part(turned(condition, targets, self.scope) if negated else condition, archived=archived)

    def field(self) -> str:
        """The name of a field."""
        if self.now.sort not in ("word", "string"):
            self.refuse("a field was expected")
        return _value(self.take()).text

    def test(self) -> Part:
        """A field, an operator and what it is compared with."""
        field = self.field()
        negated = self.now.is_word("not")
        if negated:
            self.take()
        if self.now.is_word("in"):
            self.take()
            return self.compared(field, self.listed(), operands.equal, negated)
        if negated or self.now.sort != "sign":
            self.refuse("one of = != ~ >= <= > < and in was expected")
        sign = self.take().text
        make, negated = _MEANING[sign]
        return self.compared(field, [self.value()], make, negated)

    def compared(self, field: str, values: Sequence[Value], make: Make, negated: bool) -> Part:
        """The part of a field against values."""
        if negated and field.endswith(".not"):
            self.refuse("one of .not and the operator may say no, not both,")
        return field_part(f"{field}.not" if negated else field, values, make, self.scope)

    def listed(self) -> list[Value]:
        """Values in parentheses."""
        self.expect("(")
        values = [self.value()]
        while self.now.text == "," and self.now.sort == "mark":
            self.take()
            values.append(self.value())
        self.expect(")")
        return values

    def value(self) -> Value:
        """What a field is compared with."""
        if self.now.sort not in ("word", "string"):
            self.refuse("a value was expected", 'write "" around what holds signs')
        return _value(self.take())

    def expect(self, mark: str) -> None:
        """Takes that mark, or says that it is missing."""
        if self.now.sort != "mark" or self.now.text != mark:
            self.refuse(f"{mark} was expected")
        self.take()


def _value(token: Token) -> Value:
    if token.sort == "string" and token.text.startswith("'"):
        return value_of(quote(token.text[1:-1]))
    return value_of(token.text)


def _compare(sign: str) -> Make:
    def make(target: Target, value: Value, world: World) -> Condition:
        return operands.compare(target, sign, value, world)

    return make


_MEANING: dict[str, tuple[Make, bool]] = {
    "=": (operands.equal, False),
    "!=": (operands.equal, True),
    "~": (operands.contains, False),
    **{sign: (_compare(sign), False) for sign in (">=", "<=", ">", "<")},
}
