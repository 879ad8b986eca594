"""Generated texts, trees and hand-made looking layouts of files for the tests of the codec."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

AWKWARD = [
    "yes", "No", "ON", "y", "null", "NULL", "~", "", "0123", "1_000", "12:30", "12:30:45", "190:20:30", "0x1F",
    "0o17", "0b1", "1e5", ".5", "-.5", "1.", ".inf", ".NaN", "1.10", "+91 98765 43210", "2026-11-21",
    "2026-11-21T10:30+05:30", "2001-1-1 1:1:1", "- x", "-", "-x", "?", "? x", "?x", ":", "::", "a: b", "a:b",
    "a:", "a #b", "a # b", "#x", "=", "=x", "<<", "@x", "`", "%", "!x", "&x", "*x", "[", "]", "{a}", "a, b",
    "|", ">", '"', "\\", "it's", "---", "...", "---\nx", "आशा शर्मा", "१२", "😀", "👩‍👩‍👧", " lead", "trail ",
    "\n", "\n\n", "a\n", "a\n\n", "\na", "\n a", "  a\nb", "a\n  \nb", "a\n   ", "\ta\nb", "a\tb", "a\r\nb",
    "a\rb", "\x85", "a \u2028 b", "a\u2029b\nc", "\ufeff", "\x00", "\x1b[31m", "\x7f", "a\n# b\n",
    "key: v\n- x\n", "\n \n", "\xa0", "\u3000x", "http://x.example/?q#f", "1,50,000.00",
]  # fmt: skip


def _writable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


TEXTS: SearchStrategy[str] = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(max_size=12),
    st.text("ab \n\t#:-\"'[]{},|>", max_size=12),
    st.lists(st.sampled_from(AWKWARD), min_size=2, max_size=4).map("\n".join),
).filter(_writable)
NAMES = st.one_of(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), st.sampled_from(AWKWARD))
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TREES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=5)

KEYS = ["name", "title", "emails", "phones", "tags", "custom", "created", "notes"]
_PLAIN = ["x", "key-account", "two words", "आशा", "NO", "0123", "12", "~", "", "a:b", "x#y"]
_QUOTED = ['"a b"', "'it''s'", '"\\x41\\n"', '"# no comment"', "'x: y'", '""']
_FLOW = ["[a, b]", "[ a ,b ]", "[]", "{}", "{a: b}", "{ a: b , c: [d] }", "[a, {b: c}]", '["x, y", z]', "[a: b]"]
_COMMENTS = ["", "", "", " # c", "   # two words", " #"]


@st.composite
def layouts(draw: DrawFn) -> bytes:
    """The bytes of a readable file as different people indent, quote, space and comment them."""
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=6, unique=True))
    lines = draw(st.sampled_from([[], ["# head"], ["---"], ["", "# head", ""]])).copy()
    for key in keys:
        lines += draw(st.sampled_from([[], [], [""], ["# about " + key], ["", "  # deep", ""]]))
        lines += draw(_entries(key, ""))
    lines += draw(st.sampled_from([[], [], [""], ["# tail"], ["", "", "# tail"], ["..."]]))
    newline = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = newline.join(lines) + draw(st.sampled_from([newline, newline, ""]))
    return draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"])) + text.encode()


@st.composite
def _entries(draw: DrawFn, key: str, margin: str, depth: int = 0) -> list[str]:
    spelled = draw(st.sampled_from([key, key, key, f'"{key}"', f"{key} "]))
    head = f"{margin}{spelled}:"
    kind = draw(st.sampled_from(["one", "one", "one", "flow", "text", "long", "list", "list", "map"]))
    if kind == "one":
        value = draw(st.sampled_from(_PLAIN + _QUOTED))
        return [f"{head}{draw(st.sampled_from([' ', '  ', '     ']))}{value}{draw(st.sampled_from(_COMMENTS))}"]
    if kind == "flow":
        return [head + " " + line if not number else line for number, line in enumerate(draw(_flow(margin)))]
    if kind == "text":
        return draw(_block(head, margin))
    if kind == "long":
        return draw(_folded(head, margin))
    if depth >= 2:
        return [f"{head} deep"]
    body = draw(_items(margin, depth) if kind == "list" else _map(margin, depth))
    return [head + draw(st.sampled_from(_COMMENTS)), *body]


@st.composite
def _flow(draw: DrawFn, margin: str) -> list[str]:
    if draw(st.booleans()):
        return [draw(st.sampled_from(_FLOW)) + draw(st.sampled_from(_COMMENTS))]
    inner = margin + "  "
    return draw(
        st.sampled_from(
            [
                ["[", f"{inner}a,", f"{inner}b", f"{margin}  ]"],
                ["[", f"{inner}a, # one", f"{inner}# own", f"{inner}b, # two", f"{inner}c # three", f"{margin} ]"],
                ["[a,", f"{inner}b]"],
                ["{", f"{inner}a: b,", f"{inner}c: d,", f"{inner}}} # end"],
            ]
        )
    )


@st.composite
def _block(draw: DrawFn, head: str, margin: str) -> list[str]:
    header = draw(st.sampled_from(["|", "|-", "|+", ">", ">-", "| # c", "|2", ">2-"]))
    inner = margin + ("  " if "2" in header else draw(st.sampled_from(["  ", "    ", " "])))
    lines = draw(st.lists(st.sampled_from(["text", "# no comment", "", "  more", "- x", "a: b"]), max_size=4))
    return [f"{head} {header}", inner + "first", *(inner + line if line else "" for line in lines)]


@st.composite
def _folded(draw: DrawFn, head: str, margin: str) -> list[str]:
    quote = draw(st.sampled_from(["", '"', "'"]))
    start = draw(st.sampled_from([[f"{head} {quote}one"], [head, f"{margin}  {quote}one"]]))
    middle = draw(st.sampled_from([[], [""], [f"{margin}    two"]]))
    return [*start, *middle, f"{margin}  three{quote}{draw(st.sampled_from(_COMMENTS))}"]


@st.composite
def _items(draw: DrawFn, margin: str, depth: int) -> list[str]:
    inner = margin + draw(st.sampled_from(["", "  ", "    "]))
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        gap = draw(st.sampled_from([" ", " ", "   "]))
        lines += draw(st.sampled_from([[], [], [], [inner + "# own"], [""], ["# left"]]))
        kind = draw(st.sampled_from(["one", "one", "one", "map", "list", "text"]))
        if kind == "one":
            value = draw(st.sampled_from(_PLAIN[:-3] + _QUOTED + _FLOW))
            lines.append(f"{inner}-{gap}{value}{draw(st.sampled_from(_COMMENTS))}")
        elif kind == "text":
            lines += [f"{inner}-{gap}|", f"{inner}    text", f"{inner}    # no comment"]
        elif kind == "list":
            lines += [f"{inner}-{gap}- p", f"{inner} {gap}- q"]
        else:
            body = draw(_map(inner, depth, exact=" " + gap))
            first = body[0]
            lines.append(f"{inner}-{gap}{first.strip()}")
            lines += body[1:]
    return lines


@st.composite
def _map(draw: DrawFn, margin: str, depth: int, exact: str | None = None) -> list[str]:
    inner = margin + (exact if exact is not None else draw(st.sampled_from(["  ", "    ", " "])))
    names = draw(st.lists(st.sampled_from(["mobile", "work", "street", "p"]), min_size=1, max_size=3, unique=True))
    lines: list[str] = []
    for number, name in enumerate(names):
        if number:
            lines += draw(st.sampled_from([[], [], [], [inner + "# own"], [""]]))
        lines += draw(_entries(name, inner, depth + 1))
    return lines
