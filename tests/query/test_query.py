"""Words of a query and what they select: a table in the words that people type."""

from decimal import Decimal

import pytest

from crm_cli.base.errors import BadRequest, CrmError, NotFound
from crm_cli.base.money import order_key
from crm_cli.query import parse, parse_text
from crm_cli.schema.condition import EVERYTHING, And, Condition, HasProblem, Not, OfKind, Or, Selection, Sort, Words
from tests.query.sample import ARCHIVED, HIDDEN, at, between, equal, has, kinds, part, sounds, world


def money(text: str) -> str:
    return order_key(Decimal(text))


def day(text: str, to: str = "") -> tuple[int, int]:
    return at(f"{text}T00:00:00"), at(f"{to or text}T23:59:59")


CASES: list[tuple[str, str, Condition]] = [
    # closed lists, lists and links
    ("deal", "stage:proposal,negotiation", equal("stage", "proposal", "negotiation")),
    ("deal", "stage:delivered", equal("stage", "delivered")),
    ("deal", "stage:Won", equal("stage", "won")),
    ("deal", "stage~pro", equal("stage", "prospecting", "proposal")),
    ("deal", "pipeline:service", equal("pipeline", "service")),
    ("task", "status:open priority:high,urgent", And((equal("status", "open"), equal("priority", "high", "urgent")))),
    ("interaction", "kind:call", equal("kind", "call")),
    ("contact", "lifecycle:customer role:press", And((equal("lifecycle", "customer"), equal("roles", "press")))),
    ("contact", "touch:red", equal("touch", "red")),
    ("contact", "tag:vip  tag.not:cold", And((equal("tags", "vip"), Not(equal("tags", "cold"))))),
    ("contact", "tags:VIP,vip,José", equal("tags", "vip", "jose")),
    ("contact", "tag.not:a,b", Not(equal("tags", "a", "b"))),
    ("contact", 'organization:"Acme Textiles"', equal("organization", "acme-textiles-b4x8w2")),
    ("contact", "organization:acme-textiles-b4x8w2", equal("organization", "acme-textiles-b4x8w2")),
    ("deal", "contact:Ravi", equal("contacts", "ravi-a1b2c3", "ravi-d4e5f6")),
    ("deal", 'contact:Ravi,"Asha Sharma"', equal("contacts", "ravi-a1b2c3", "ravi-d4e5f6", "asha-sharma-k7m3q9")),
    ("contact", 'referred_by:"Acme Textiles"', equal("referred_by", "acme-textiles-b4x8w2")),
    ("contact", "organization~acme", Or((part("organization.name", "acme"), sounds("organization.name", "acme")))),
    ("contact", 'next_task_id:"Call back"', equal("next_task_id", "call-back-t1t2t3")),
    # presence
    ("contact", "no:email", Not(has("emails"))),
    ("contact", "has:email,phone", Or((has("emails"), has("phones")))),
    ("contact", "no:email,phone", Or((Not(has("emails")), Not(has("phones"))))),
    ("contact", "has:deal", has("deal")),
    ("contact", "no:deal", Not(has("deal"))),
    ("contact", "has:open_deals", between("open_deals", 1, None)),
    ("contact", "no:open_deals", Not(between("open_deals", 1, None))),
    ("contact", "has:conflicts", has("conflicts")),
    ("contact", "has:custom.vegan", has("custom.vegan")),
    ("contact", "has:addresses.office", has("addresses.office")),
    ("contact", "has:consent", has("consent")),
    ("deal", "has:rotting", equal("rotting", 1)),
    ("deal", "no:rotting", Not(equal("rotting", 1))),
    ("contact", "has:problem", HasProblem()),
    # links and what leads here
    ("contact", "organization.industry:textile", equal("organization.industry", "textile")),
    ("contact", "organization.parent.industry:textile", equal("organization.parent.industry", "textile")),
    ("contact", "deal.stage:won", equal("deal.stage", "won")),
    ("contact", "deal:Website", equal("deal.id", "website-h2v8c1")),
    ("contact", "deal~web", Or((part("deal.name", "web"), sounds("deal.name", "web")))),
    ("organization", "contact.tag:vip", equal("contact.tags", "vip")),
    ("deal", "contact.name:Ravi", equal("contacts.name", "ravi")),
    ("interaction", "contacts.lifecycle:customer", equal("contacts.lifecycle", "customer")),
    ("contact", "affiliation.organization.industry:steel", equal("affiliations.organization.industry", "steel")),
    ("contact", "relation.type:spouse", equal("relations.type", "spouse")),
    ("deal", "stage_history.stage:proposal", equal("stage_history.stage", "proposal")),
    ("contact", "referred_by.name:Ravi", equal("referred_by.name", "ravi")),
    ("contact", "referred_by.website:acme.example", equal("referred_by.website", "acme.example")),
    ("contact", "organization.record:organization", equal("organization.record", "organization")),
    # maps
    ("contact", "custom.allergy:nuts", equal("custom.allergy", "nuts")),
    ("contact", "custom.allergy.not:nuts", Not(equal("custom.allergy", "nuts"))),
    ("contact", "custom.diets:vegan", equal("custom.diets", "vegan")),
    ("contact", "custom.vegan:yes", equal("custom.vegan", 1)),
    ("contact", "custom.shoe:42", equal("custom.shoe", "42")),
    ("contact", "custom.टिप्पणी~चाय", part("custom.टिप्पणी", "चाय")),
    ("deal", "custom.start:2026-11-21", between("custom.start", *day("2026-11-21"))),
    ("deal", "custom.budget:5k..", between("custom.budget", money("5000"), None, "INR")),
    ("deal", "custom.units:1.5", equal("custom.units", money("1.5"))),
    ("deal", "custom.vendor.industry:steel", equal("custom.vendor.industry", "steel")),
    ("deal", 'custom.vendor:"Acme Textiles"', equal("custom.vendor", "acme-textiles-b4x8w2")),
    ("contact", "facts.likes~tea", part("facts.likes", "tea")),
    ("contact", "fact.likes:Tea", equal("facts.likes", "tea")),
    ("contact", "consent.whatsapp:yes", equal("consent.whatsapp", "yes")),
    ("contact", "consent.email:FALSE", equal("consent.email", "no")),
    ("contact", "addresses.city:Surat", equal("addresses.city", "surat")),
    ("contact", "address.office.city:Surat", equal("addresses.office.city", "surat")),
    ("contact", "address~ring", part("addresses", "ring")),
    ("contact", "phones.mobile~98765", part("phones.mobile", "98765")),
    # texts
    ("contact", "name~sharma", Or((part("name", "sharma"), sounds("name", "sharma")))),
    ("contact", "name~आशा", Or((part("name", "आशा"), sounds("name", "आशा")))),
    ("contact", "name~42", part("name", "42")),
    ("contact", "name:José", equal("name", "jose")),
    ("contact", "name.not~x", Not(Or((part("name", "x"), sounds("name", "x"))))),
    ("contact", "title~head,chief", part("title", "head", "chief")),
    ("organization", 'industry:"Food, drinks"', equal("industry", "food, drinks")),
    ("organization", "industry:Food,Drinks", equal("industry", "food", "drinks")),
    ("organization", 'industry:"a..b"', equal("industry", "a..b")),
    ("organization", "website:https://www.acme.example/", equal("website", "acme.example")),
    ("organization", "website~www.", part("website", "www.")),
    ("organization", "website~https://acme", part("website", "acme")),
    ("contact", "email:Asha@acme.example", equal("emails", "asha@acme.example")),
    ("contact", "email~@acme.example", part("emails", "@acme.example")),
    ("contact", "phone~98765", part("phones", "98765")),
    ("contact", "phone~09876-543", part("phones", "09876543", "9876543")),
    ("contact", "phone~0120", part("phones", "0120")),
    ("contact", "phone:+919876543210", equal("phones", "+919876543210")),
    ("contact", 'phone:"98765 43210"', equal("phones", "+919876543210")),
    ("contact", "owner:me", equal("owner", "asha")),
    ("contact", 'owner:"me"', equal("owner", "me")),
    ("interaction", "by:me", equal("by", "asha")),
    ("contact", "nickname:me", equal("nickname", "me")),
    ("contact", "id:asha-sharma-k7m3q9", equal("id", "asha-sharma-k7m3q9")),
    ("contact", 'nickname:"*"', equal("nickname", "*")),
    # amounts and numbers
    ("deal", "amount:50000..", between("amount", money("50000"), None, "INR")),
    ("deal", "amount:..200000", between("amount", None, money("200000"), "INR")),
    ("deal", "amount:50000..200000", between("amount", money("50000"), money("200000"), "INR")),
    ("deal", "amount:1.5L", between("amount", money("150000"), money("150000"), "INR")),
    ("deal", 'amount:"₹1,00,000"..', between("amount", money("100000"), None, "INR")),
    ("deal", 'amount:"USD 200"..', between("amount", money("200"), None, "USD")),
    ("deal", 'amount:100.."200 USD"', between("amount", money("100"), money("200"), "USD")),
    ("deal", "amount.amount:5..", between("amount", money("5"), None, "INR")),
    ("deal", "amount.currency:usd", between("amount", None, None, "USD")),
    ("deal", "amount:-5..5", between("amount", money("-5"), money("5"), "INR")),
    (
        "deal",
        "amount:50000,60000..",
        Or((between("amount", money("50000"), money("50000"), "INR"), between("amount", money("60000"), None, "INR"))),
    ),
    ("contact", "open_amount:1L..", between("open_amount", money("100000"), None, "INR")),
    ("deal", "idle:14..", between("idle", 14, None)),
    ("deal", "probability:50,60", equal("probability", 50, 60)),
    ("deal", "probability.not:50..60", Not(between("probability", 50, 60))),
    ("deal", "rotting:no", equal("rotting", 0)),
    # dates
    ("deal", "close_date:today..+30d", between("close_date", day("2026-11-21")[0], day("2026-12-21")[1])),
    ("contact", "last_contact:..-90d", between("last_contact", None, day("2026-08-23")[1])),
    ("contact", "created:2026-11", between("created", *day("2026-11-01", "2026-11-30"))),
    ("contact", "created:2026-Q4", between("created", *day("2026-10-01", "2026-12-31"))),
    ("contact", "created:FY2026-27", between("created", *day("2026-04-01", "2027-03-31"))),
    ("contact", "created:2026", between("created", *day("2026-01-01", "2026-12-31"))),
    ("contact", "created:2026-09..2026-10", between("created", *day("2026-09-01", "2026-10-31"))),
    ("task", "due:today,tomorrow", Or((between("due", *day("2026-11-21")), between("due", *day("2026-11-22"))))),
    ("task", 'due:.."next mon"', between("due", None, day("2026-11-23")[1])),
    ("task", "due:आज", between("due", *day("2026-11-21"))),
    ("task", 'due:"today 10:30"..', between("due", at("2026-11-21T10:30:00"), None)),
    ("task", "due:overdue", equal("overdue", 1)),
    ("contact", "task.due:overdue", equal("task.overdue", 1)),
    ("deal", "close_date:overdue", between("close_date", None, day("2026-11-20")[1])),
    (
        "contact",
        "next_task:overdue",
        And(
            (between("next_task", None, at("2026-11-21T15:00:00")), Not(equal("next_task", at("2026-11-21T12:00:00"))))
        ),
    ),
    ("contact", "birthday:1984-03-14", between("birthday", "1984-03-14", "1984-03-14~")),
    ("contact", "birthday:--03-14", part("birthday", "-03-14")),
    ("contact", 'birthday:"14 mar"', part("birthday", "-03-14")),
    ("contact", 'birthday:"14 mar 1984"', equal("birthday", "1984-03-14")),
    ("contact", "birthday:1980..1989", between("birthday", "1980", "1989~")),
    ("contact", "birthday:..1989", between("birthday", "0", "1989~")),
    ("contact", "cadence:6w", equal("cadence", "6w")),
    ("contact", "cadence:6w..8w", equal("cadence", "6w..8w")),
    ("task", "every:2w", equal("every", "2w")),
    ("task", "done:2026-11-21", between("done", *day("2026-11-21"))),
    # any text
    ("contact", "sharma", Words(("sharma",))),
    ("contact", "Sharma surat", Words(("sharma", "surat"))),
    ("contact", '"asha  sharma"', Words(("asha  sharma",))),
    ("contact", "sharma,gupta", Or((Words(("sharma",)), Words(("gupta",))))),
    ("contact", "Sharma, tag:vip", And((equal("tags", "vip"), Words(("sharma",))))),
    ("contact", "1,00,000", Words(("1,00,000",))),
    ("contact", '"10:30"', Words(("10:30",))),
    ("contact", "o'brien a=b @", Words(("o'brien", "a=b", "@"))),
    # what every record has
    ("contact", "problem:any", HasProblem()),
    ("contact", "problem:bad-email,bad-date", HasProblem(("bad-email", "bad-date"))),
    ("contact", "problem:bad-email,any", HasProblem()),
    ("contact", "no:problems", Not(HasProblem())),
    ("all", "record:deal", OfKind(("deal",))),
    ("all", "record:deal,org", OfKind(("deal", "organization"))),
    # several kinds
    ("all", "tag.not:cold", Not(equal("tags", "cold"))),
    ("all", "stage:won", equal("stage", "won")),
    ("all", "stage.not:won", And((OfKind(("deal",)), Not(equal("stage", "won"))))),
    ("all", "no:email", And((OfKind(("contact", "organization")), Not(has("emails"))))),
    ("all", "kind:call,todo", equal("kind", "call", "todo")),
    (
        "contact+deal",
        "has:deal custom.start:2026",
        And((has("deal"), between("custom.start", *day("2026-01-01", "2026-12-31")))),
    ),
    ("deal+task", "organization:acme-textiles-b4x8w2", equal("organization", "acme-textiles-b4x8w2")),
    (
        "deal+task",
        "has:contact",
        Or((And((OfKind(("deal",)), has("contacts"))), And((OfKind(("task",)), has("contact"))))),
    ),
]


def hidden(condition: Condition) -> Condition:
    """The condition with archived records left out."""
    return And((HIDDEN, *(condition.parts if isinstance(condition, And) else (condition,))))


@pytest.mark.parametrize(("among", "text", "condition"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_a_query_selects_what_its_words_say(among: str, text: str, condition: Condition) -> None:
    assert parse_text(text, world(), kinds(among)) == Selection(hidden(condition))


SELECTIONS = [
    ("", Selection(HIDDEN)),
    ('"" "  "', Selection(HIDDEN)),
    ("archived:any", Selection(EVERYTHING)),
    ("archived:any tag:vip", Selection(equal("tags", "vip"))),
    ("has:archived", Selection(ARCHIVED)),
    ("no:archived", Selection(Not(ARCHIVED))),
    ("archived:2026-11-21", Selection(between("archived", *day("2026-11-21")))),
    ("archived:2026-11..", Selection(between("archived", day("2026-11-01")[0], None))),
    ("sort:-amount,name limit:20", Selection(HIDDEN, (Sort(("amount",), True), Sort(("name",))), 20)),
    ("sort:name sort:-created limit:3 limit:5", Selection(HIDDEN, (Sort(("created",), True),), 5)),
    ("sort:contact", Selection(HIDDEN, (Sort(("contacts", "name")),))),
    ("sort:organization.phone", Selection(HIDDEN, (Sort(("organization", "phones")),))),
    ("sort:custom.start,next_task_id", Selection(HIDDEN, (Sort(("custom", "start")), Sort(("next_task_id",))))),
]


@pytest.mark.parametrize(("text", "expected"), SELECTIONS, ids=[case[0] for case in SELECTIONS])
def test_order_limit_and_the_archive(text: str, expected: Selection) -> None:
    assert parse_text(text, world(), kinds("deal")) == expected


WRONG = [
    ("contact", "emial:x", "contact has no field emial", "did you mean email?"),
    ("contact", "stage:won", "contact has no field stage", "did you mean deal.stage?"),
    ("contact", "stge:won", "contact has no field stge", "did you mean deal.stage?"),
    ("contact", "industry:x", "contact has no field industry", "did you mean organization.industry?"),
    ("contact", "organization.indutsry:x", "organization has no field indutsry", "did you mean organization.industry?"),
    ("contact", "-tag:cold", "contact has no field -tag", "what is not so: tag.not:"),
    ("contact", "qqqqq:x", "contact has no field qqqqq", 'to search for the text: "qqqqq:x"'),
    ("contact", "has:emial", "contact has no field emial", "did you mean email?"),
    ("contact", "has:", "contact has no field without a name", ""),
    ("contact", "organization.:x", "organization has no field without a name", ""),
    ("contact", "sort:-nmae", "contact has no field nmae", "did you mean name?"),
    ("contact+deal", "emial:x", "none of contact, deal has a field emial", "did you mean email?"),
    ("contact+deal", "custom.allrgy:x", "no contact has a custom field allrgy", "did you mean custom.allergy?"),
    ("contact", "_direction:in", "contact has no field _direction", "did you mean relation?"),
    ("deal", "_state:open", "deal has no field _state", "did you mean stage?"),
    (
        "deal",
        "stage:wonn",
        "stage cannot be wonn: it is one of prospecting, qualification, proposal, negotiation, "
        "won, lost, asked, delivered",
        "did you mean stage:won?",
    ),
    ("deal", "stage~zz", "stage cannot be zz: it is one of", "known here: asked, delivered"),
    ("task", "status:opne", "status cannot be opne: it is one of open, done, canceled", "did you mean status:open?"),
    ("all", "kind:cal", "kind cannot be cal: it is one of", "did you mean kind:call?"),
    ("contact", "custom.allergy:nut", "custom.allergy cannot be nut", "did you mean custom.allergy:nuts?"),
    ("contact", "custom.diets:vegn", "custom.diets cannot be vegn", "did you mean custom.diets:vegan?"),
    ("contact", "custom.alergy:nuts", "no contact has a custom field alergy", "did you mean custom.allergy?"),
    ("contact", "consent.whatsap:yes", "consent has no channel whatsap", "did you mean whatsapp?"),
    ("contact", "consent.whatsapp:perhaps", "consent.whatsapp is yes or no, not perhaps", "write consent.whatsapp:yes"),
    ("deal", "rotting:maybe", "rotting is yes or no, not maybe", "write rotting:yes"),
    ("all", "record:dael", "there is no kind of record dael", "did you mean deal?"),
    ("contact", "problem:bad-emial", "there is no problem bad-emial", "did you mean bad-email?"),
    ("contact", "problem:zzz", "there is no problem zzz", "any: problem:any"),
    ("contact", "tag:a..b", "tag has no order, so no range fits it", 'as a text, in quotes: tag:"a..b"'),
    ("deal", "amount~5", "amount cannot contain a text", "it takes a value, ranges (a..b), has: and no:"),
    ("deal", "rotting:1..2", "rotting has no order, so no range fits it", "it takes a value, has: and no:"),
    ("contact", "address:Surat", "address cannot be equal to a value", "it takes ~ and a part, has: and no:"),
    ("contact", "facts:tea", "facts cannot be equal to a value", "name one of its parts behind a dot: facts.…"),
    ("contact", "affiliations~acme", "affiliations cannot contain a text", "name one of its parts behind a dot"),
    ("contact", "affiliations.nmae:x", "affiliations has no part nmae", "known here: from, organization, role, to"),
    ("contact", "addresses.office.cty:x", "addresses.office has no part cty", "did you mean addresses.office.city?"),
    ("contact", "name.first:x", "name has no part first", ""),
    ("contact", "phones.mobile.x:1", "phones has no part mobile", ""),
    ("contact", "id.x:1", "id has no part x", ""),
    ("contact", "next_task_id.name:x", "next_task_id has no part name", ""),
    ("contact", "consent.whatsapp.date:x", "consent has no channel whatsapp.date", "did you mean whatsapp?"),
    (
        "contact",
        ".".join(["organization", "contact"] * 5) + ":x",
        "organization.contact.organization",
        "8 steps at most",
    ),
    ("deal", "lead.status:new", "lead leads to a kind of record that is not known here", "has:lead"),
    ("deal", "amount:lots", "amount: 'lots' is not an amount of money", "write 75000"),
    ("deal", "amount:1,00,000..", "amount: a comma means", "leave its commas out, or write it in quotes"),
    ("deal", 'amount:"USD 1".."EUR 2"', "amount: a range has one currency", "not USD and EUR"),
    ("deal", "amount:200..100", "amount: the range ends before it begins", "the lower end comes first"),
    ("deal", "idle:20..10", "idle: the range ends before it begins", "the lower end comes first"),
    ("deal", "amount:..", "amount: a range needs an end", "any value: has:amount"),
    ("deal", "amount.currency:5", "amount.currency: '1 5' is not an amount of money", ""),
    ("deal", "amount.currency:k", "amount.currency: k is no currency", "write INR"),
    ("deal", "idle:1.5", "'1.5' is not a whole number", "write 14, 14.. or 7..14"),
    ("deal", "custom.units:1e5", "custom.units: '1e5' is not a number", "write 1250.5"),
    ("contact", "cadence:often", "cadence: 'often' is not a span of time", "write 30d"),
    ("task", "every:sometimes", "every:", ""),
    ("contact", "birthday:--03-14..", "'--03-14' has no year", "write 1984-03-14"),
    ("contact", "birthday:today..+30d", "'today' has no year", "write 1984-03-14; crm occasions --within 30d"),
    ("contact", "birthday:soon", "'soon' is not a date", "write 1984-03-14"),
    ("task", "due:soonish", "'soonish' is not a date that crm understands", "write 2026-11-21"),
    ("task", "due:2026-02-30", "there is no such day", "write 2026-11-21"),
    ("task", "due:कल", "'कल' looks both ways", "write the date"),
    ("task", "due:parson..", "'parson' looks both ways", "write the date"),
    ("contact", "archived:yes", "'yes' is not a date", ""),
    ("contact", "phone:none", "phone: none has no digits", "write phone~98765"),
    ("contact", "tag:", "tag is compared with nothing", "what has no value: no:tag"),
    ("contact", "tag:a,,b", "tag is compared with nothing", "what has no value: no:tag"),
    ("contact", "name~", "name is compared with nothing", "what has no value: no:name"),
    ("contact", "name:ash*", "name: * is not a wildcard", 'name~ finds a part; as text: "ash*"'),
    ("contact", ":x", "no field stands before : in :x", 'as text to search: ":x"'),
    ("contact", 'name:"x', 'a quote is not closed: name:"x', "a quote that is text"),
    ("deal", "limit:0", "limit:0 is no limit", "write limit:20"),
    ("deal", "limit:many", "limit:many is no limit", "write limit:20"),
    ("deal", "limit:1,2", "limit:1,2 is no limit", "write limit:20"),
    ("deal", "sort:", "sort: names no field", "write sort:-amount,name"),
    ("contact", "sort:address", "nothing can be sorted by address", "name a field with one value"),
    ("contact", "sort:deal.amount", "nothing can be sorted by deal.amount", "name a field with one value"),
    ("deal", "stage=won", "stage=won is no word of a query", "write stage:VALUE, or use --where"),
    ("deal", "amount>=5", "amount>=5 is no word of a query", "write amount:VALUE.., or use --where"),
    ("deal", "amount<5", "amount<5 is no word of a query", "write amount:..VALUE, or use --where"),
    ("deal", "amonut>5", "deal has no field amonut", "did you mean amount?"),
]


@pytest.mark.parametrize(("among", "text", "message", "hint"), WRONG, ids=[f"{case[0]} {case[1]}" for case in WRONG])
def test_what_cannot_be_meant_is_refused_with_the_nearest(among: str, text: str, message: str, hint: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_text(text, world(), kinds(among))
    assert refused.value.message.startswith(message)
    assert refused.value.hint.startswith(hint)
    assert "\n" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("text", ["organization:Nobody", "deal:Nobody", "next_task_id:Nobody"])
def test_a_link_to_nobody_is_not_found(text: str) -> None:
    with pytest.raises(NotFound) as missing:
        parse_text(text, world(), kinds("contact"))
    assert "Nobody" in missing.value.message


def test_a_link_that_may_lead_anywhere_is_looked_up_everywhere() -> None:
    found = parse_text("include:Website", world(), kinds("view"))
    assert found.condition == hidden(equal("include", "website-h2v8c1"))
    with pytest.raises(NotFound, match="no record has the id"):
        parse_text("merged_into:Nobody", world(), kinds("contact"))


def test_me_needs_to_be_somebody() -> None:
    with pytest.raises(BadRequest, match="nobody knows who you are"):
        parse(["owner:me"], world(user=""), kinds("contact"))


def test_words_of_a_shell_are_taken_as_they_are() -> None:
    found = parse(["name:asha sharma", "'tis", "asha sharma"], world(), kinds("contact"))
    assert found.condition == hidden(And((equal("name", "asha sharma"), Words(("'tis", "asha", "sharma")))))


def test_a_custom_name_may_have_blanks_and_dots() -> None:
    found = parse(["custom.GST no. 2:24AAA"], world(), kinds("contact"))
    assert found.condition == And((HIDDEN, *[type(equal("x"))(("custom", "GST no. 2"), "equal", ("24aaa",))]))


def test_bytes_that_are_no_text_are_refused() -> None:
    for words, where in ((["name:\udcff"], None), ([], "name = \udcff")):
        with pytest.raises(CrmError, match="not valid UTF-8"):
            parse(words, world(), kinds("contact"), where=where)
