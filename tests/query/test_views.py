"""Views within queries, and what of them a query overrides."""

import pytest

from crm_cli.base.errors import BadRequest, NotFound
from crm_cli.kinds import View
from crm_cli.query import parse_text
from crm_cli.schema.condition import EVERYTHING, And, Ids, Not, OfKind, Or, Selection, Sort, Words
from tests.query.sample import HIDDEN, between, equal, has, kinds, world

HOT = View(
    id="hot-a1b2c3",
    name="hot",
    kind="deal",
    query="stage:proposal,negotiation idle:14..",
    columns=("name", "contact", "organization.name"),
    sort="-amount",
    limit=5,
)
STAGES, IDLE = equal("stage", "proposal", "negotiation"), between("idle", 14, None)
COLUMNS = (("name",), ("contact",), ("organization", "name"))


def test_a_view_brings_its_query_order_limit_and_columns() -> None:
    found = parse_text("@hot", world(HOT), kinds("deal"))
    assert found == Selection(And((HIDDEN, STAGES, IDLE)), (Sort(("amount",), True),), 5, COLUMNS)


@pytest.mark.parametrize("text", ["@hot sort:name limit:20 tag:vip", "tag:vip limit:20 sort:name @hot"])
def test_order_and_limit_outside_a_view_override_its_own(text: str) -> None:
    found = parse_text(text, world(HOT), kinds("deal"))
    assert (found.sort, found.limit, found.columns) == ((Sort(("name",)),), 20, COLUMNS)
    assert isinstance(found.condition, And)
    assert set(found.condition.parts) == {HIDDEN, And((STAGES, IDLE)), equal("tags", "vip")}


def test_what_a_view_says_in_its_fields_is_stronger_than_what_its_query_says() -> None:
    view = View(id="v", name="v", query="sort:name limit:9 @hot", limit=2)
    found = parse_text("@v", world(HOT, view), kinds("deal"))
    assert (found.sort, found.limit, found.columns) == ((Sort(("name",)),), 2, COLUMNS)


def test_a_view_is_known_by_its_stem_and_by_a_name_with_blanks() -> None:
    view = View(id="two-words-a1b2c3", name="two words", query="tag:vip")
    for text in ('@"two words"', "'@two words'", "@two-words-a1b2c3"):
        assert parse_text(text, world(view), kinds("deal")) == Selection(And((HIDDEN, equal("tags", "vip"))))


def test_an_empty_view_selects_everything() -> None:
    assert parse_text("@v", world(View(id="v", name="v")), kinds("contact")) == Selection(HIDDEN)


def test_records_of_a_view_that_are_always_and_never_in_it() -> None:
    view = View(id="v", name="v", query="tag:vip sharma", include=("contacts/a-1", "b-2"), exclude=("c-3",))
    tagged = And((equal("tags", "vip"), Words(("sharma",))))
    expected = And((HIDDEN, Or((tagged, Ids(("a-1", "b-2")))), Not(Ids(("c-3",)))))
    assert parse_text("@v", world(view), kinds("contact")).condition == expected
    alone = View(id="v", name="v", include=("a-1",))
    assert parse_text("@v", world(alone), kinds("contact")).condition == HIDDEN


def test_among_several_kinds_a_view_keeps_to_its_own() -> None:
    found = parse_text("@hot", world(HOT), kinds("all"))
    assert found.condition == And((HIDDEN, OfKind(("deal",)), And((STAGES, IDLE))))
    plain = View(id="v", name="v", kind="org")
    assert parse_text("@v", world(plain), kinds("all")).condition == And((HIDDEN, OfKind(("organization",))))


def test_a_view_within_a_view_joins_its_conditions() -> None:
    outer = View(id="o", name="outer", query="@hot has:contact")
    found = parse_text("@outer", world(HOT, outer), kinds("deal"))
    assert found.condition == And((HIDDEN, And((STAGES, IDLE)), has("contacts")))
    assert (found.sort, found.limit) == ((Sort(("amount",), True),), 5)


def test_a_view_can_ask_for_the_archive() -> None:
    view = View(id="v", name="v", query="archived:any")
    assert parse_text("@v", world(view), kinds("deal")) == Selection(EVERYTHING)


def test_a_circle_of_views_is_refused_with_its_way() -> None:
    views = (
        View(id="a-1", name="a", query="@b"),
        View(id="b-1", name="b", query="@c"),
        View(id="c-1", name="c", query="@b"),
    )
    with pytest.raises(BadRequest) as refused:
        parse_text("@a", world(*views), kinds("deal"))
    assert refused.value.message.endswith("the view b leads back to itself: b-1 → c-1 → b-1")


def test_the_same_view_twice_is_no_circle() -> None:
    views = (View(id="a-1", name="a", query="@b @b"), View(id="b-1", name="b", query="tag:x"))
    assert parse_text("@a @b", world(*views), kinds("deal")).condition != EVERYTHING


def test_views_that_multiply_are_refused() -> None:
    views = [View(id=f"v{n}", name=f"v{n}", query=f"@v{n + 1} @v{n + 1}") for n in range(12)]
    with pytest.raises(BadRequest, match="more than 50 views"):
        parse_text("@v0", world(*views, View(id="v12", name="v12")), kinds("deal"))


WRONG = [
    ({"kind": "contact"}, "the view v lists contacts, not deals", "crm contact list @v"),
    ({"kind": "dael"}, "the view v lists dael, which is no kind of record", "crm edit v-1"),
    ({"query": "stge:won"}, "in the view v: deal has no field stge", "did you mean stage?"),
    ({"query": 'name:"x'}, "in the view v: a quote is not closed", "a quote that is text"),
    ({"columns": ("nmae",)}, "in the view v: deal has no field nmae", "did you mean name?"),
    ({"sort": "nmae"}, "in the view v: deal has no field nmae", "did you mean name?"),
    ({"limit": 0}, "in the view v: its limit is 0", "write a number from 1 on"),
]


@pytest.mark.parametrize(("fields", "message", "hint"), WRONG, ids=[case[1] for case in WRONG])
def test_trouble_in_a_view_is_told_with_its_name(fields: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_text("@v", world(View(id="v-1", name="v", **fields)), kinds("deal"))  # type: ignore[arg-type]
    assert refused.value.message.startswith(message)
    assert refused.value.hint.startswith(hint)


def test_a_view_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="there is no view @nothing"):
        parse_text("@nothing", world(), kinds("deal"))
    with pytest.raises(NotFound, match="in the view v: no organization has the id"):
        parse_text("@v", world(View(id="v", name="v", query="organization:Nobody")), kinds("deal"))
