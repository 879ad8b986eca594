"""Expressions behind `--where`."""

from decimal import Decimal

import pytest

from crm_cli.base.errors import BadRequest
from crm_cli.base.money import order_key
from crm_cli.kinds import View
from crm_cli.query import parse
from crm_cli.schema.condition import EVERYTHING, And, Condition, HasProblem, Not, OfKind, Or, Selection, Words
from tests.query.sample import HIDDEN, at, between, equal, has, kinds, part, sounds, world

ACME = Or((part("organization.name", "acme"), sounds("organization.name", "acme")))
WON, VIP = equal("stage", "won"), equal("tags", "vip")
FIVE = order_key(Decimal(5))

CASES: list[tuple[str, Condition]] = [
    (
        "(stage = won or tag = vip) and not organization.name ~ acme and amount >= 50000",
        And((Or((WON, VIP)), Not(ACME), between("amount", order_key(Decimal(50000)), None, "INR"))),
    ),
    ("stage = won or tag = vip and idle >= 3", Or((WON, And((VIP, between("idle", 3, None)))))),
    ("stage=won", WON),
    ("stage != won", Not(WON)),
    ("stage in (won, lost)", equal("stage", "won", "lost")),
    ("stage NOT IN (won)", Not(WON)),
    ("not not stage = won", Not(Not(WON))),
    ("NOT (stage = won)", Not(WON)),
    ("((stage = won))", WON),
    ("has contact and no tag", And((has("contacts"), Not(has("tags"))))),
    ("has problem or problem = bad-email", Or((HasProblem(), HasProblem(("bad-email",))))),
    ("idle > 3", between("idle", 4, None)),
    ("idle < 3", between("idle", None, 2)),
    ("idle <= 3", between("idle", None, 3)),
    ("idle = 3..5", between("idle", 3, 5)),
    (
        "amount > 5",
        And((between("amount", FIVE, None, "INR"), Not(equal("amount", FIVE, currency="INR")))),
    ),
    ("close_date > today", between("close_date", at("2026-11-22T00:00:00"), None)),
    ("close_date < 2026-11", between("close_date", None, at("2026-10-31T23:59:59"))),
    ("close_date <= 2026-11", between("close_date", None, at("2026-11-30T23:59:59"))),
    ("close_date = overdue", between("close_date", None, at("2026-11-20T23:59:59"))),
    ("close_date >= -7d", between("close_date", at("2026-11-14T00:00:00"), None)),
    ('name = "a \\" (b) \\\\"', equal("name", 'a " (b) \\')),
    ("name = 'x, y'", equal("name", "x, y")),
    ("name = o'brien", equal("name", "o'brien")),
    ("name = wow!", equal("name", "wow!")),
    ("competitor in (\"A, B\", 'C d', e)", equal("competitor", "a, b", "c d", "e")),
    ('"custom.po" = 7', equal("custom.po", "7")),
    ("owner = me", equal("owner", "asha")),
    ("contact = Ravi", equal("contacts", "ravi-a1b2c3", "ravi-d4e5f6")),
    ("tag.not = vip", Not(VIP)),
    ("record = deal", OfKind(("deal",))),
    ("@hot and idle >= 3", And((WON, between("idle", 3, None)))),
    ('not @"two words"', Not(EVERYTHING)),
]


def book() -> tuple[View, ...]:
    return (View(id="hot-a1", name="hot", query="stage:won", limit=3, sort="name"), View(id="two-b1", name="two words"))


@pytest.mark.parametrize(("text", "condition"), CASES, ids=[case[0] for case in CASES])
def test_an_expression_selects_what_it_says(text: str, condition: Condition) -> None:
    found = parse([], world(*book()), kinds("deal"), where=text)
    parts = condition.parts if isinstance(condition, And) else (condition,)
    assert found == Selection(And((HIDDEN, *parts)))


def test_words_and_an_expression_must_both_hold() -> None:
    found = parse(["sharma", "tag:vip"], world(), kinds("deal"), where="stage = won or stage = lost")
    either = Or((WON, equal("stage", "lost")))
    assert found.condition == And((HIDDEN, And((VIP, Words(("sharma",)))), either))


def test_birthdays_are_before_or_after_a_year() -> None:
    found = parse([], world(), kinds("contact"), where="birthday > 1984 or birthday < 1970-01-01")
    after = And((between("birthday", "1984~", None), Not(equal("birthday", "1984~"))))
    before = And((between("birthday", "0", "1970-01-01"), Not(equal("birthday", "1970-01-01"))))
    assert found.condition == And((HIDDEN, Or((after, before))))


@pytest.mark.parametrize(
    "text", ["archived = any", "has archived or no archived", "not archived >= 2026", "stage = won and archived = any"]
)
def test_an_expression_can_ask_for_the_archive(text: str) -> None:
    found = parse([], world(), kinds("deal"), where=text)
    assert HIDDEN not in (found.condition.parts if isinstance(found.condition, And) else (found.condition,))


def test_a_view_without_archive_words_in_an_expression_keeps_its_order_to_itself() -> None:
    found = parse([], world(*book()), kinds("deal"), where="@hot")
    assert (found.sort, found.limit) == ((), None)


WRONG = [
    ("", "--where: a field was expected at the end"),
    ("stage", "--where: one of = != ~ >= <= > < and in was expected at the end"),
    ("stage won", "--where: one of = != ~ >= <= > < and in was expected before won"),
    ("stage not won", "--where: one of = != ~ >= <= > < and in was expected before won"),
    ("stage =", "--where: a value was expected at the end"),
    ("stage = (won)", "--where: a value was expected before (won)"),
    ("stage = won lost", '--where: "and", "or" or the end was expected before lost'),
    ("stage = won)", '--where: "and", "or" or the end was expected before )'),
    ("(stage = won", "--where: ) was expected at the end"),
    ("stage = won and", "--where: a field was expected at the end"),
    ("= won", "--where: a field was expected before = won"),
    ("stage in won", "--where: ( was expected before won"),
    ("stage in (won lost)", "--where: ) was expected before lost)"),
    ("stage in ()", "--where: a value was expected before )"),
    ("has", "--where: a field was expected at the end"),
    ("@ and", "--where: the name of a view was expected before and"),
    ("@other", "the view other lists contacts, not deals"),
    ("@", "--where: the name of a view was expected at the end"),
    ('name = "x', '--where: a quote is not closed: "x'),
    ("name = 'x", "--where: a quote is not closed: 'x"),
    ("tag.not != a", "--where: one of .not and the operator may say no, not both,"),
    ("amonut > 5", "deal has no field amonut"),
    ("stage = wonn", "stage cannot be wonn"),
    ("stage > won", "stage has no order"),
    ("amount ~ 5", "amount cannot contain"),
    ('idle > ""', "idle is compared with nothing"),
    ("idle > many", "'many' is not a whole number"),
    ("amount >= ₹1,00,000", '--where: "and", "or" or the end was expected before ,00,000'),
    ("(" * 60 + "stage = won" + ")" * 60, "--where: at most 50 parentheses may stand in each other"),
    ("not " * 6000 + "stage = won", "--where: at most 50 parentheses may stand in each other"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[case[0][:40] for case in WRONG])
def test_an_expression_that_cannot_be_read_says_where(text: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse([], world(View(id="other-1", name="other", kind="contact")), kinds("deal"), where=text)
    assert refused.value.message.startswith(message)
