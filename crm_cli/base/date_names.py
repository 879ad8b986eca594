"""The words for days, months and hours that a date phrase may use, in English and Hindi, both scripts."""

from typing import Final

from crm_cli.base.text import fold


def _numbered(first: int, *rows: str) -> dict[str, int]:
    """Each word of each row, under the number of its row, as folded."""
    return {fold(word): number for number, row in enumerate(rows, first) for word in row.split()}


# No short Hindi names of days: रवि and मंगल are people too, and a phrase may be followed by a text.
WEEKDAYS: Final = _numbered(
    0,
    "monday mon सोमवार somvar somwar",
    "tuesday tue tues मंगलवार mangalvar mangalwar",
    "wednesday wed बुधवार budhvar budhwar",
    "thursday thu thur thurs गुरुवार गुरूवार बृहस्पतिवार वीरवार guruvar guruwar brihaspativar veervar veerwar",
    "friday fri शुक्रवार shukravar shukrawar shukrvar",
    "saturday sat शनिवार shanivar shaniwar",
    "sunday sun रविवार इतवार ravivar raviwar itvar itwar",
)
MONTHS: Final = _numbered(
    1,
    "january jan जनवरी janvari janwari",
    "february feb फरवरी फ़रवरी farvari farwari",
    "march mar मार्च",
    "april apr अप्रैल अप्रेल",
    "may मई mai",
    "june jun जून joon",
    "july jul जुलाई julai",
    "august aug अगस्त agast",
    "september sep sept सितंबर सितम्बर sitambar",
    "october oct अक्टूबर अक्तूबर aktubar aktoobar",
    "november nov नवंबर नवम्बर navambar",
    "december dec दिसंबर दिसम्बर disambar",
)
# How many days away; those of Hindi look both ways.
FIXED: Final = {**_numbered(-1, "yesterday", "today आज aaj aj", "tomorrow")}
BOTH_WAYS: Final = _numbered(1, "कल kal", "परसों परसो parson parso parsoun")
NEXT: Final = frozenset(map(fold, ("next", "अगले", "अगला", "agle", "agla")))
LAST: Final = frozenset(map(fold, ("last", "पिछले", "पिछला", "pichle", "pichhle", "pichla", "pichhla")))
O_CLOCK: Final = frozenset(map(fold, ("बजे", "baje")))
NOON: Final = "noon"
ENDS: Final = {
    **{f"eo{letter}": unit for letter, unit in (("w", "week"), ("m", "month"), ("q", "quarter"), ("y", "year"))},
    **{f"end of {unit}": unit for unit in ("week", "month", "quarter", "year")},
    "eofy": "fiscal",
}
DEVANAGARI_DIGITS: Final = str.maketrans("०१२३४५६७८९", "0123456789")
