"""Selections against the same questions asked record by record."""

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_cli.base.money import order_key
from crm_cli.kinds import KINDS
from crm_cli.schema.condition import And, HasProblem, Ids, Not, OfKind, Or, Selection, Sort, Test
from crm_cli.store.index import open_index
from tests.effort import sample
from tests.store.index.books import IDS, at, book, random_files
from tests.store.index.oracle import Oracle

Test.__test__ = False  # type: ignore[attr-defined]

TEXTS = [
    *[("name",), ("owner",), ("tags",), ("tag",), ("emails",), ("phones",), ("phones", "mobile"), ("industry",)],
    *[("addresses", "city"), ("addresses", "office", "city"), ("facts", "likes"), ("consent", "whatsapp"), ("kind",)],
    *[("custom", "allergy"), ("stage",), ("lifecycle",), ("status",), ("touch",), ("awaiting",), ("id",), ("slug",)],
    *[("random",), ("record",), ("organization",), ("contacts",), ("amount", "currency"), ("website",), ("direction",)],
    *[
        ("organization", "name"),
        ("organization", "industry"),
        ("contacts", "name"),
        ("contact", "organization", "name"),
    ],
    *[("deal",), ("deal", "stage"), ("task", "status"), ("interaction", "subject"), ("organization", "parent", "name")],
    *[("contact", "tags"), ("referred_by", "name"), ("affiliations", "role"), ("view", "name"), ("nonsense",)],
    *[("next_task_id",), ("_state",), ("subject",), ("body",), ("organization", "touch"), ("include", "name")],
]
NUMBERS = [
    *[("size",), ("probability",), ("people",), ("open_deals",), ("age",), ("idle",), ("days_in_stage",), ("limit",)],
    *[("rotting",), ("overdue",), ("pinned",), ("organization", "people"), ("deal", "age")],
]
MOMENTS = [("created",), ("at",), ("due",), ("close_date",), ("last_contact",), ("next_task",), ("touch_due",)]
MONEY = [("amount",), ("weighted",), ("open_amount",), ("deal", "amount"), ("organization", "open_amount")]
WORDS = [
    "asha sharma",
    "a",
    "vip",
    "",
    "surat",
    "%",
    "acme",
    "won",
    "call",
    "yes",
    "shared",
    "textile",
    "नया",
    "इ",
    "usha",
]
WORDS += ["k7m3q9", "organization", "open", "red", "us", "inr", "+9198765", "peanuts", "asha-k7m3q9", "élan", "elan"]

texts = st.builds(
    Test,
    st.sampled_from(TEXTS),
    st.sampled_from(["equal", "begins", "contains", "has"]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
)
bounds = st.one_of(st.none(), st.sampled_from([0, 1, 5, 40, 200]))
numbers = st.builds(
    Test,
    st.sampled_from(NUMBERS),
    st.sampled_from(["between", "equal", "has"]),
    st.tuples(st.integers(0, 5)),
    bounds,
    bounds,
)
times = st.one_of(st.none(), st.integers(1_763_600_000, 1_796_000_000))
moments = st.builds(Test, st.sampled_from(MOMENTS), st.sampled_from(["between", "has"]), st.just(()), times, times)
amounts = st.one_of(
    st.none(),
    st.sampled_from([order_key(Decimal(n)) for n in ("-5", "-1", "0", "9", "30", "100", "75000.50", "80000")]),
)
money = st.builds(
    Test, st.sampled_from(MONEY), st.just("between"), st.just(()), amounts, amounts, st.sampled_from(["", "INR", "USD"])
)
everyone = [id for ids in IDS.values() for id in ids]
ids = st.lists(st.sampled_from([*everyone, "contacts/shared", "interactions/mail", "tasks/shop"]), max_size=30)
leaf = st.one_of(
    texts,
    numbers,
    moments,
    money,
    st.builds(Ids, ids.map(tuple)),
    st.builds(OfKind, st.lists(st.sampled_from(["contact", "deal", "task"])).map(tuple)),
    st.builds(HasProblem, st.lists(st.sampled_from(["no-such-day", "bad-choice", "missing"])).map(tuple)),
)
conditions = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
sorts = st.lists(st.builds(Sort, st.sampled_from([*TEXTS, *NUMBERS, *MOMENTS, *MONEY]), st.booleans()), max_size=2)
few = settings(
    max_examples=sample(30, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, Oracle]]:
    """Several random books, each with its index and its oracle."""
    made = []
    for seed in range(4):
        root = book(tmp_path_factory.mktemp("book"), random_files(random.Random(seed)))
        made.append((open_index(root, KINDS, at(), cache=None, settings_key=""), Oracle(root, at())))
    return made


@given(condition=conditions, which=st.integers(0, 3))
@settings(parent=few, max_examples=sample(70, 200))
def test_a_condition_gives_what_the_oracle_gives(books: Any, condition: Any, which: int) -> None:
    index, oracle = books[which]
    found = [path for _, _, path in index.ids(KINDS.all, Selection(condition))]
    assert found == oracle.selected(KINDS.all, Selection(condition))
    assert index.count(KINDS.all, condition) == len(found)


@given(
    chosen=st.lists(st.sampled_from(KINDS.all), min_size=1, max_size=3, unique=True),
    sort=sorts,
    limit=st.one_of(st.none(), st.integers(0, 5)),
    which=st.integers(0, 3),
)
@settings(parent=few, max_examples=sample(50, 150))
def test_order_and_limit_are_those_of_the_oracle(books: Any, chosen: Any, sort: Any, limit: Any, which: int) -> None:
    index, oracle = books[which]
    selection = Selection(sort=tuple(sort), limit=limit)
    assert [path for _, _, path in index.ids(chosen, selection)] == oracle.selected(chosen, selection)


def test_whole_records_as_json_are_what_the_schema_and_the_computed_values_make(books: Any) -> None:
    for index, oracle in books:
        for kind in KINDS.all:
            selection = Selection()
            texts = list(index.json([kind], selection))
            by_path = {record.path: record for record in oracle.records}
            expected = [oracle.json(by_path[path]) for path in oracle.selected([kind], selection)]
            assert [json.loads(text, parse_float=Decimal) for text in texts] == expected
            assert [list(json.loads(text)) for text in texts] == [list(one) for one in expected]
