"""How far a list of what is coming looks ahead."""

from datetime import date

from crm_cli.base.dates import parse_duration
from crm_cli.base.errors import BadRequest, BadValue


def horizon(text: str, today: date) -> date:
    """The last day that `--within` reaches: `7d`, `2w`; `0d` is today."""
    try:
        return today if text == "0" else parse_duration(text).after(today)
    except BadValue as bad:
        raise BadRequest(f"--within: {bad.message}", hint="--within 7d, --within 2w") from None
