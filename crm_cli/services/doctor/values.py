"""Warnings about values that are hardly what they should be: phones, web addresses, tax ids, countries, letters.

Real ones come in more forms than any library knows, so nothing of this is ever refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from crm_cli.base.text import fold, mixed_script, nearest
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.services.doctor.leaves import Leaf

_HOST = re.compile(r"(?:[^\s@/]+@)?(?:\[[0-9a-fA-F:]+\]|[^\s./:@]+(?:\.[^\s./:@]+)+)\.?(?::[0-9]{1,5})?\Z")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d)")
_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}\Z")
_PAN = re.compile(r"[A-Z]{5}[0-9]{4}[A-Z]\Z")
_NOT_OF_AN_ID = re.compile(r"[\s./-]+")
_COMMON = {"uk": "GB", "usa": "US", "uae": "AE", "u.k.": "GB", "u.s.a.": "US", "u.s.": "US"}
"""Short names of countries that are no code of ISO 3166 but that everybody writes."""


def doubtful_values(path: str, found: Iterable[Leaf], settings: Settings) -> Iterator[Problem]:
    """What is odd about the values of one record."""
    for leaf in found:
        code, check = _CHECKS.get("tax_id" if leaf.field == "tax_id" else leaf.type, ("", None))
        if check and (message := check(leaf.text, settings)):
            yield Problem(path, leaf.node.line, code, message, leaf.field, leaf.text)
        if leaf.type != "long" and mixed_script(leaf.text):
            message = "one word mixes Latin with Cyrillic or Greek letters that look alike; type it anew"
            yield Problem(path, leaf.node.line, "mixed-script", message, leaf.field, leaf.text)


def _phone(text: str, settings: Settings) -> str:
    return _about_phone(text, settings.country)


@lru_cache(maxsize=4096)
def _about_phone(text: str, country: str) -> str:
    number = phone_number(text, country)
    if number is None:
        return f"{text} is no phone number; write it as +91 98765 43210"
    if not _valid(number):
        return f"{text} is no phone number that is in use anywhere; are all its digits there?"
    return ""


def phone_number(text: str, country: str) -> Any:
    """The number as the library of numbers has it; None where it sees none."""
    import phonenumbers  # 30 ms, and only the doctor looks at every number of a book

    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _valid(number: Any) -> bool:
    import phonenumbers  # as above

    return bool(phonenumbers.is_valid_number(number))


def international(text: str, country: str) -> str | None:
    """The number as E.164; None where it is none, or has an extension, which that form cannot hold."""
    number = phone_number(text, country)
    if number is None or number.extension or not _valid(number):
        return None
    import phonenumbers  # as above

    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _url(text: str, _settings: Settings) -> str:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https") and "." not in scheme[1]:
        return f"{text[:80]} is no web address; those begin with https:// or with the name of the site"
    rest = text.partition("://")[2] if "://" in text else text
    if any(char.isspace() for char in text) or not _HOST.match(re.split(r"[/?#]", rest, maxsplit=1)[0]):
        return f"{text[:80]} is no web address; write it as https://acme.example"
    return ""


def _tax_id(text: str, settings: Settings) -> str:
    compact = _NOT_OF_AN_ID.sub("", text).upper()
    name, module = _scheme_of(compact)
    if module:
        return "" if module.is_valid(compact) else f"{text} looks like a {name}, but its check digits do not fit"
    national = _national(settings.country)
    if national is None or national.is_valid(compact):
        return ""
    return f"{text} is no tax id known here; a GSTIN, a PAN and the VAT numbers of the EU are"


def _scheme_of(compact: str) -> tuple[str, Any]:
    from stdnum.eu import vat  # with the modules below 20 ms, and only the doctor checks tax ids
    from stdnum.in_ import gstin, pan

    if _GSTIN.match(compact):
        return "GSTIN", gstin
    if _PAN.match(compact):
        return "PAN", pan
    country = compact[:2].lower().replace("el", "gr")
    return ("VAT number", vat) if country in vat.MEMBER_STATES and any(map(str.isdigit, compact[2:])) else ("", None)


def _national(country: str) -> Any:
    """What checks the tax ids of the book's own country; None where nothing does."""
    from stdnum import get_cc_module

    return get_cc_module(country.lower(), "vat")


def _country(text: str, _settings: Settings) -> str:
    return "" if is_country(text) else _no_country(text)


def _no_country(text: str) -> str:
    near = nearest(text, _countries()) if len(text) > 2 else None
    return f"{text} is no country that is known" + (f"; did you mean {near}?" if near else "; write IN, or India")


def is_country(text: str) -> bool:
    """Whether this is a code of ISO 3166, or the name of a country in some language."""
    return (len(text) == 2 and text.isupper() and text in _regions()) or fold(text.strip()) in _folded_countries()


def _regions() -> Mapping[str, Mapping[str, str]]:
    from phonenumbers.geodata.locale import LOCALE_DATA  # 50 ms, and only for records with a country

    regions: Mapping[str, Mapping[str, str]] = LOCALE_DATA
    return regions


@cache
def _countries() -> tuple[str, ...]:
    names = (name for region in _regions().values() for name in region.values())
    return tuple(sorted({name for name in names if not name.startswith("*")}))


@cache
def _folded_countries() -> frozenset[str]:
    return frozenset(map(fold, _countries())) | frozenset(_COMMON)


_CHECKS: Mapping[str, tuple[str, Callable[[str, Settings], str]]] = {
    "phone": ("phone", _phone),
    "url": ("url", _url),
    "tax_id": ("tax-id", _tax_id),
    "country": ("country", _country),
}
"""By the type of a value, or by its field: the code of the warning, and what gives its message."""
