"""crm apply: changes many records at once, one JSON object a line."""

from typing import Annotated

from crm_cli.base.errors import Invalid
from crm_cli.cli.declare import Argument, Called
from crm_cli.cli.params import session
from crm_cli.cli.receipts import applied
from crm_cli.cli.sources import read_input
from crm_cli.services.exchange.apply_lines import plan_lines

HELP = """Changes many records in one commit: crm export | jq ... | crm apply -

{"new": "contact", "set": {"name": "Asha Sharma"}}

{"id": "asha-sharma-k7m3q9", "set": {"title": "Director"}, "add": {"tags": ["vip"]}, "expect": {"stage": "won"}}

Or whole records, as crm export writes them. All lines are checked before anything is written."""


def apply_(
    ctx: Called,
    file: Annotated[str, Argument(metavar="FILE|-", help="JSON lines; - reads stdin")],
) -> None:
    """Applies lines."""
    run = session(ctx)
    data = read_input(run, file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise Invalid(f"line {data.count(10, 0, bad.start) + 1} is not UTF-8", hint="JSON is always UTF-8") from None
    plan = plan_lines(run.book, text)
    new = sum(1 for change in plan.changes if change.before is None)
    done = f"apply: {new:,} new, {len(plan.changes) - new:,} changed" if plan.changes else "nothing to change"
    if applied(run, plan, done) and not run.options.json:
        for change in plan.changes:
            if change.before is None:
                print(change.record.id)
