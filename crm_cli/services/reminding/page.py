"""The digest of what is due as one HTML document, for mail programs and browsers."""

import re
from html import escape

from crm_cli.services.reminding.digest import LATE, Digest, Item

# Styles stand at the elements: several mail programs drop a style sheet.
_FONT = (
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans Devanagari','Nirmala UI',sans-serif"
)
_PAGE = f"margin:0;padding:12px;background:#f4f5f7;color:#1c2330;{_FONT};font-size:16px;line-height:1.5"
_CARD = (
    "max-width:640px;margin:0 auto;padding:16px 18px 18px;background:#ffffff;border:1px solid #d9dde4;border-radius:8px"
)
_SUMMARY = "margin:0 0 8px;color:#566072"
_HEADING = "margin:20px 0 4px;font-size:14px;letter-spacing:.04em;text-transform:uppercase;color:{}"
_CELL = "padding:8px 12px 8px 0;border-top:1px solid #e6e9ee;vertical-align:top;text-align:left"
_WHEN = f"{_CELL};width:5.6em;color:{{}}"
_SMALL = "color:#566072;font-size:15px"
_CODE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;background:#f0f2f5;padding:1px 5px"
_RED, _GREY = "#b3261e", "#566072"
_NOT_DIALLED = re.compile(r"[^0-9]")


def page(digest: Digest) -> str:
    """The whole document; every text of a record in it is escaped."""
    parts = "".join(_section(heading, items) for heading, items in digest.sections())
    title = escape(digest.title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(digest.summary)}: {escape(digest.title)}</title>\n</head>\n"
        f'<body style="{_PAGE}">\n<div style="{_CARD}">\n'
        f'<h1 style="margin:0;font-size:20px" dir="auto">{title}</h1>\n'
        f'<p style="{_SUMMARY}">{escape(digest.summary)}</p>\n{parts}</div>\n</body>\n</html>\n'
    )


def _section(heading: str, items: list[Item]) -> str:
    color = _RED if heading == LATE else _GREY
    body = "".join(_row(item) for item in items)
    return (
        f'<h2 style="{_HEADING.format(color)}">{escape(heading)}</h2>\n'
        f'<table role="presentation" style="width:100%;border-collapse:collapse">\n{body}</table>\n'
    )


def _row(item: Item) -> str:
    color = _RED if item.when.endswith("late") else _GREY
    who = [f'<span dir="auto">{escape(item.who)}</span>'] if item.who else []
    below = " &middot; ".join(who + _call(item.phone))
    return (
        f'<tr><td style="{_WHEN.format(color)}">{escape(item.when)}</td>'
        f'<td style="{_CELL}"><strong dir="auto">{escape(item.what)}</strong><br>'
        + (f'<span style="{_SMALL}">{below}</span><br>' if below else "")
        + f'<code style="{_CODE}">{escape(item.command)}</code></td></tr>\n'
    )


def _call(phone: str) -> list[str]:
    digits = ("+" if phone.startswith("+") else "") + _NOT_DIALLED.sub("", phone)
    return [f'<a style="color:#1a56b0;white-space:nowrap" href="tel:{digits}">{escape(phone)}</a>'] if phone else []
