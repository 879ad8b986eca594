"""Finds out in which encoding a file was written."""

import codecs
import re
from typing import Final

from crm_cli.base.errors import Invalid

UNREADABLE: Final = re.compile("[\ud800-\udfff]")
"""What stands in decoded text for a byte that is no text in the encoding."""

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE: Final = 4096


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text, and the name of the encoding: that given, else utf-8, utf-8-sig, utf-16 or cp1252.

    Single bad bytes become lone surrogates, so that they cost their row. `Invalid` for an encoding that there is not.
    """
    name = encoding or _found(data)
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        raise Invalid(f"there is no encoding {name!r}", hint="write utf-8, utf-16 or cp1252") from None
    if codec.startswith("utf-16") and len(data) % 2:
        data = data[:-1]
    handler = "surrogatepass" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    try:
        text = data.decode(codec, handler)
    except (UnicodeError, LookupError, ValueError) as trouble:
        raise Invalid(f"the file is not in the encoding {name}: {trouble}") from None
    return text.removeprefix("\ufeff"), name


def _found(data: bytes) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    sample = data[:_SAMPLE]
    if (wide := _wide(sample)) is not None:
        return wide
    text = data.decode("utf-8", "surrogateescape")
    bad = len(UNREADABLE.findall(text))
    # A few bad bytes among much good UTF-8 are damage; as cp1252 the whole file would turn into gibberish.
    good = sum(1 for char in text if char > "\x7f") - bad if bad else 1
    return "utf-8" if good > bad or not bad else "cp1252"


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: the other byte of each line end, and of most delimiters and digits, is zero."""
    ends = sample.count(b"\n")
    for name, end, zeros in (("utf-16-le", b"\n\0", sample[1::2]), ("utf-16-be", b"\0\n", sample[0::2])):
        if ends and sample.count(end) == ends and zeros.count(0) * 20 > len(sample):
            return name
    return None
