"""Look at the bytes of a file before any YAML parser does, and refuse what two parsers would read differently."""

import re

from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern
from crm_cli.schema.problem import Problem
from crm_cli.store.codec.document import MAX_BYTES

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Deleting these leaves nothing of an ordinary file, in one pass of C: what stays are control characters, CR,
# and the lead bytes of NEL, U+2028 and U+FEFF, which the slower search below then tells apart.
_ORDINARY = bytes({10, *range(0x20, 0x7F), *range(0x80, 0x100)} - {0xC2, 0xE2, 0xEF})
_REFUSED = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]|\r(?!\n)")
_MASKED = pattern("[\u2028\u2029\ufeff]")
_MARKERS = pattern(r"^(?:<{7}|>{7}|\|{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_DIRECTIVE = pattern(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?=%)")


@dataclass(slots=True)
class Scanned:
    """The decoded text, and the same text as the parsers get it: some characters behind stand-ins."""

    text: str
    source: str
    bom: bool
    newline: str
    restore: dict[int, int]

    def __init__(self, text: str, source: str, bom: bool, newline: str, restore: dict[int, int]) -> None:
        self.text = text
        self.source = source
        self.bom = bom
        self.newline = newline
        self.restore = restore


def scan(data: bytes, path: str) -> Scanned | Problem:
    """Decode a file, or say why no parser should see it."""
    if len(data) > MAX_BYTES:
        return Problem(path, 0, "too-large", f"the file has {len(data):,} bytes; a record may have {MAX_BYTES:,}")
    bom = data.startswith(_BOM)
    try:
        text = (data[3:] if bom else data).decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, path, error)
    newline, source = "\n", text
    restore: dict[int, int] = {}
    if data.translate(None, _ORDINARY):
        if match := _REFUSED.search(text):
            return _refused(match, path)
        if text.startswith("\ufeff"):
            return Problem(path, 1, "control", "a second byte order mark at the start of the file; delete it")
        newline = _newline(text)
        source, restore = _mask(text)
    return _marked(text, path) or Scanned(text, source, bom, newline, restore)


def _newline(text: str) -> str:
    pairs = text.count("\r\n")
    return "\r\n" if pairs * 2 > text.count("\n") else "\n"


def line_of(text: str, position: int) -> int:
    """The number of the line that a position is on, from 1."""
    return text.count("\n", 0, position) + 1


def _not_utf8(data: bytes, path: str, error: UnicodeDecodeError) -> Problem:
    if data.startswith(_UTF16):
        return Problem(path, 1, "encoding", "not UTF-8 but UTF-16; save the file as UTF-8")
    shift = 3 if data.startswith(_BOM) else 0
    line = data.count(b"\n", 0, shift + error.start) + 1
    byte = data[shift + error.start]
    return Problem(path, line, "encoding", f"not UTF-8: byte 0x{byte:02x}; save the file as UTF-8")


def _refused(match: re.Match[str], path: str) -> Problem:
    char, line = match[0], line_of(match.string, match.start())
    if char in "\r\x85":
        name = "carriage return without a line feed" if char == "\r" else "U+0085 (next line)"
        letter = "r" if char == "\r" else "N"  # messages show a backslash twice, so it is named
        message = f"a {name}; remove it, or write it in double quotes as a backslash and {letter}"
        return Problem(path, line, "line-break", message)
    written = f"x{ord(char):02x}" if char < "\u0100" else f"u{ord(char):04x}"
    column = match.start() - match.string.rfind("\n", 0, match.start())
    told = f"a raw control character in column {column}"
    message = f"{told}; remove it, or write it in double quotes as a backslash and {written}"
    return Problem(path, line, "control", message)


def _mask(text: str) -> tuple[str, dict[int, int]]:
    """Put stand-ins for U+2028, U+2029 and U+FEFF: in quotes they are text, yet parsers fold them or lose count."""
    found = sorted(set(_MASKED.findall(text)))
    if not found:
        return text, {}
    free = (code for code in range(0xE000, 0xF900) if chr(code) not in text)
    hide = {ord(char): stand_in for char, stand_in in zip(found, free, strict=False)}
    return text.translate(hide), {stand_in: char for char, stand_in in hide.items()}


def _marked(text: str, path: str) -> Problem | None:
    if ("<<<<<<<" in text or ">>>>>>>" in text or "|||||||" in text) and (match := _MARKERS.search(text)):
        line = line_of(text, match.start())
        return Problem(path, line, "markers", "conflict markers of a merge; `crm doctor --fix` rebuilds the record")
    if "%" in text and (match := _DIRECTIVE.match(text)):
        line = line_of(text, match.end())
        return Problem(path, line, "documents", "a YAML directive (%…) has no place in a record; delete the line")
    return None
