"""Turn a stream of YAML events into the tree of nodes, checking every limit before a node is made.

It is imported late, by the reader alone: `ruamel.yaml` costs about 40 ms.
"""

import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from crm_cli.schema.node import Map, Node, Scalar, Seq
from crm_cli.store.codec.document import MAX_LEVELS, MAX_NODES
from crm_cli.store.codec.explain import ANCHOR, TAG

_GAP = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\n])#[^\n]*)*")
_HEADER = re.compile(r"[|>][-+1-9]*")
_HALF = re.compile("[\ud800-\udfff]")


class Refusal(Exception):
    """What a record may not hold: a code of `schema.problem`, a line and a sentence."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.message = message


def build(get_event: Callable[[], Any], source: str, restore: dict[int, int]) -> Node | None:
    """The root of the one document of a stream, None if it has none. Raises Refusal, and what the parser raises."""
    root: Node | None = None
    box: Map | Seq | None = None
    key: Scalar | None = None
    stack: list[Map | Seq | None] = []
    count = documents = 0
    for event in iter(get_event, None):
        kind = type(event)
        if kind is ScalarEvent:
            start = event.start_mark
            node: Node = Scalar(event.value, event.style or "plain", start.line + 1, start.index, event.end_mark.index)
            if event.ctag is not None or event.anchor is not None:
                raise _property(event)
            if restore or not event.value or event.style:
                _settle(node, source, restore, key)  # type: ignore[arg-type]
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            _close(box, event.end_mark.index, source)
            box = stack.pop()
            continue
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            node = _open(event, kind is MappingStartEvent, len(stack))
        else:
            documents += _other(event, kind, documents)
            continue
        if (count := count + 1) > MAX_NODES:
            raise Refusal("too-large", event.start_mark.line + 1, f"more than {MAX_NODES:,} values in one file")
        if box is None:
            root = node
        elif type(box) is Seq:
            box.items.append(node)
        elif key is None:
            key = _key(node, box)  # type: ignore[arg-type]
        else:
            box.entries[key.text] = node  # type: ignore[union-attr]
            key = None
        if type(node) is not Scalar:
            stack.append(box)
            box = node  # type: ignore[assignment]
    return None if type(root) is Scalar and root.start == root.end else root  # nothing after "---"


def _open(event: Any, is_map: bool, depth: int) -> Map | Seq:
    line = event.start_mark.line + 1
    if event.ctag is not None or event.anchor is not None:
        raise _property(event)
    if depth >= MAX_LEVELS:
        raise Refusal("too-large", line, f"more than {MAX_LEVELS} levels of lists and maps")
    start = event.start_mark.index
    if is_map:
        return Map(flow=bool(event.flow_style), line=line, start=start, end=start)
    return Seq(flow=bool(event.flow_style), line=line, start=start, end=start)


def _close(box: Map | Seq | None, end: int, source: str) -> None:
    """Set the end: behind the bracket, or behind the last thing in it, since parsers count what follows as well."""
    assert box is not None
    if box.flow and source[box.start] in "[{":
        box.end = end
        return
    if type(box) is Seq:
        box.end = box.items[-1].end
    else:
        name, node = next(reversed(box.entries.items()))  # type: ignore[union-attr]
        box.end = max(node.end, box.keys[name].end)  # type: ignore[union-attr]


def _key(node: Node, box: Map) -> Scalar:
    if type(node) is not Scalar:
        raise Refusal("key", node.line, "a list or map where a key belongs; keys are text")
    if node.style == "plain" and node.text in ("", "<<"):
        if node.text:
            raise Refusal("key", node.line, "the merge key << is not read; write its fields out")
        # Inside brackets the two parsers place nothing differently.
        raise Refusal("key", box.line if box.flow else node.line, "a value without a key")
    if node.style in "|>":
        raise Refusal("key", node.line, "a block of text where a key belongs")
    if (first := box.keys.get(node.text)) is not None:
        message = f"the key {node.text!r} stands in line {first.line} and again in line {node.line}; keep one"
        raise Refusal("duplicate-key", node.line, message)
    box.keys[node.text] = node
    return node


def _property(event: Any) -> Refusal:
    line = event.start_mark.line + 1
    if event.anchor is not None:
        return Refusal("anchor", line, ANCHOR)
    return Refusal("tag", line, TAG)


def _other(event: Any, kind: type, documents: int) -> int:
    """Refuse an alias and a second document; how many documents begin here."""
    line = event.start_mark.line + 1
    if kind is AliasEvent:
        raise Refusal("anchor", line, ANCHOR)
    if kind is not DocumentStartEvent:
        return 0
    if documents:
        raise Refusal("documents", line, "a second document begins here; a file holds one record")
    return 1


def _settle(node: Scalar, source: str, restore: dict[int, int], key: Scalar | None) -> None:
    """Put right what parsers differ in: the place of nothing, the end of a block, hidden and impossible characters."""
    if node.style in "|>":
        node.end = _block_end(node, source)
    elif node.style == "plain" and not node.text and key is not None:
        place = _GAP.match(source, key.end).end()  # type: ignore[union-attr]
        place = place + 1 if source[place : place + 1] == ":" else key.end
        node.start = node.end = place
        node.line = key.line + source.count("\n", key.start, place)
    elif node.style == '"' and _HALF.search(node.text):
        raise Refusal(
            "encoding", node.line, "an escape that is no character (half of a pair); write the character itself"
        )
    if restore:
        node.text = node.text.translate(restore)


def _block_end(node: Scalar, source: str) -> int:
    """The end of the last line of a block's text, without its line break."""
    header = _HEADER.match(source, node.start)
    assert header is not None
    if not node.text:
        return header.end()
    if node.style == ">":
        tail = source[node.start : node.end]
        kept = "+" in header[0]
        return node.start + len(tail.removesuffix("\n").removesuffix("\r") if kept else tail.rstrip(" \t\r\n"))
    end = source.index("\n", node.start)
    for _ in range(node.text.count("\n") + (not node.text.endswith("\n"))):
        end = source.find("\n", end + 1)
        if end < 0:
            return len(source)
    return end - 1 if source[end - 1] == "\r" else end
