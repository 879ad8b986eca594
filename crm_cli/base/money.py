"""Amounts and numbers: the strict forms of files, what people type, what people read, and a key that sorts."""

from decimal import Decimal
from typing import Final

from crm_cli.base.errors import BadValue
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern
from crm_cli.base.text import fold

_AMOUNT: Final = pattern(r"(?a)(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)")
_CODE: Final = pattern(r"(?a)[A-Z]{3}")
_NUMBER: Final = pattern(r"(?a)-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MAX_NUMBER: Final = 30
_NINES: Final = str.maketrans("0123456789", "9876543210")
_DEVANAGARI_DIGITS: Final = str.maketrans("०१२३४५६७८९", "0123456789")

_SIGNS: Final = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_CURRENCIES: Final = {
    **{sign: code for code, sign in _SIGNS.items()},
    **dict.fromkeys(("rs", "rs.", "रु", "रु.", "रुपये", "रुपए", "rupees", "rupee", "inr"), "INR"),
    **{code.lower(): code for code in ("USD", "EUR", "GBP", "JPY", "AED", "SGD", "AUD", "CAD", "CHF", "NPR")},
}
_SCALES: Final = {
    **dict.fromkeys(("k", "thousand", "हजार", "हज़ार", "hazar", "hazaar"), 3),
    **dict.fromkeys(("l", "lac", "lacs", "lakh", "lakhs", "लाख"), 5),
    **dict.fromkeys(("m", "mn", "million"), 6),
    **dict.fromkeys(("cr", "crore", "crores", "करोड", "करोड़", "karod"), 7),
}
_TYPED: Final = pattern(
    r"(?P<minus>-?)\s*(?P<before>[^\d\s,.+-][^\d\s,+-]*)?\s*(?P<minus2>-?)"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    r"\s*(?P<after>[^\d\s,.+-][^\d\s,+-]*)?\s*(?P<last>[^\d\s,.+-][^\d\s,+-]*)?"
)
_EXAMPLES: Final = "write 75000, ₹1,00,000, 1.5L, 2 lakh, 3cr, 50k or USD 200"


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """An amount in a currency; `digits` are as written, equality is that of the amount."""

    digits: str
    currency: str

    def __init__(self, digits: str, currency: str) -> None:  # written out, since every deal has one
        object.__setattr__(self, "digits", digits)
        object.__setattr__(self, "currency", currency)

    @property
    def amount(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.digits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.currency == other.currency and self.amount == other.amount

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))


def parse_money(text: str, default_currency: str) -> Money:
    """`75000 INR`, `INR 75000` or `75000`, as a file may say it; BadValue `bad-money`."""
    words = text.split(" ") if len(text) <= 40 else []
    words = [word for word in words if word]
    if len(words) == 2 and _CODE.fullmatch(words[0]):
        words.reverse()
    if len(words) not in (1, 2) or not _AMOUNT.fullmatch(words[0]):
        raise _bad_money(text)
    if len(words) == 1:
        return Money(words[0], default_currency)
    if not _CODE.fullmatch(words[1]):
        raise _bad_money(text)
    return Money(words[0], words[1])


def _bad_money(text: str) -> BadValue:
    shown = text if len(text) <= 40 else text[:40] + "…"
    try:
        hint = f"write {file_text(understand_money(text, ''))}".strip()
    except BadValue:
        hint = "write 75000 INR: at most 15 digits and 6 decimals, without signs, commas or exponent"
    return BadValue("bad-money", f"{shown!r} is not an amount of money", hint=hint)


def understand_money(text: str, default_currency: str) -> Money:
    """The amount that somebody typed: ₹1,00,000, 1.5L, 2 lakh, 3cr, 50k, USD 200; BadValue `bad-money`."""
    refused = BadValue("bad-money", f"{text[:40]!r} is not an amount of money", hint=_EXAMPLES)
    found = _TYPED.fullmatch(text.strip().translate(_DEVANAGARI_DIGITS)) if len(text) <= 60 else None
    if not found or (found["minus"] and found["minus2"]):
        raise refused
    scale, currency = 0, ""
    for word in filter(None, (found["before"], found["after"], found["last"])):
        power = _SCALES.get(fold(word)) if word != found["before"] else None
        code = word if _CODE.fullmatch(word) else _CURRENCIES.get(fold(word))
        if power and not scale:
            scale = power
        elif code and not power and not currency:
            currency = code
        else:
            raise refused
    digits = _scaled(found["number"].replace(",", ""), scale)
    if not _AMOUNT.fullmatch(digits):
        raise refused
    return Money("-" * bool(found["minus"] or found["minus2"]) + digits, currency or default_currency)


def _scaled(number: str, power: int) -> str:
    """The number times a power of ten, its digits otherwise as they were typed."""
    if not power:
        return number
    whole, _, part = number.partition(".")
    moved = (whole + part[:power].ljust(power, "0")).lstrip("0") or "0"
    return f"{moved}.{part[power:]}" if part[power:] else moved


def file_text(money: Money) -> str:
    """As a file holds it: `75000 INR`."""
    return f"{money.digits} {money.currency}"


def for_people(money: Money, country: str) -> str:
    """As people read it: ₹1,00,000 grouped as in India for `IN`, else by thousands."""
    minus, digits = ("-", money.digits[1:]) if money.digits.startswith("-") else ("", money.digits)
    whole, point, part = digits.partition(".")
    sign = _SIGNS.get(money.currency, f"{money.currency} ")
    return f"{minus}{sign}{_grouped(whole, 2 if country == 'IN' else 3)}{point}{part}"


def _grouped(whole: str, size: int) -> str:
    """The last three digits apart, those before them in groups of `size`."""
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(end - size, 0) : end] for end in range(len(head), 0, -size)]
    return ",".join([*reversed(groups), tail])


def order_key(number: Decimal) -> str:
    """A text that sorts as the number does, for up to 30 digits before and 30 after the point.

    A sign, how many digits stand before the point, those digits, those after it; all complemented below zero, where
    `~` ends it, since there the longer one is the smaller.
    """
    if number.adjusted() >= 30:
        raise ValueError("too large to be sorted")
    whole, _, part = f"{abs(number):.30f}".partition(".") if number.adjusted() > -31 else ("0", "", "")
    key = f"{len(whole):02}{whole}{part.rstrip('0')}"
    if number < 0 and key != "010":
        return f"0{key.translate(_NINES)}~"
    return f"1{key}"


def parse_number(text: str) -> str:
    """The digits of a plain number, as written; BadValue `bad-number`."""
    if (
        len(text) > _MAX_NUMBER + 2
        or not _NUMBER.fullmatch(text)
        or len(text.strip("-").replace(".", "")) > _MAX_NUMBER
    ):
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise BadValue("bad-number", f"{shown!r} is not a number", hint="write 1250.5: digits, a point, a minus")
    return text
