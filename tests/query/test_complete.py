"""What a half-typed word could become."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_cli.kinds import View
from crm_cli.query import completions
from crm_cli.query.complete import DATES
from crm_cli.schema.problem import CLASSES
from tests.query.sample import SETTINGS, kinds, world

VIEWS = (View(id="hot-a1", name="hot"), View(id="cold-b1", name="cold ones"))

CASES = [
    ("deal", "st", ["stage:", "stage_history."]),
    ("deal", "stage", ["stage:", "stage~", "stage.not:", "stage_history."]),
    ("deal", "idle", ["idle:", "idle.not:"]),
    ("deal", "stage:pro", ["stage:prospecting", "stage:proposal"]),
    ("deal", "stage:won,", [f"stage:won,{stage}" for stage in SETTINGS.stages if stage != "won"]),
    ("deal", "stage.not:w", ["stage.not:won"]),
    ("deal", "amount.", ["amount.amount:", "amount.currency:"]),
    ("deal", "organization.ind", ["organization.industry:"]),
    ("deal", "organization.par", ["organization.parent:", "organization.parent."]),
    (
        "contact",
        "custom.",
        ["custom.GST no. 2:", "custom.allergy:", "custom.diets:", "custom.shoe:", "custom.vegan:", "custom.टिप्पणी:"],
    ),
    ("contact", "custom.allergy:n", ["custom.allergy:nuts"]),
    ("contact", "consent.w", ["consent.whatsapp:"]),
    ("contact", "consent.whatsapp:", ["consent.whatsapp:yes", "consent.whatsapp:no"]),
    ("contact", "address.c", ["address.city:", "address.country:"]),
    ("contact", "relation.", ["relation.type:", "relation.contact:", "relation.contact."]),
    ("contact", "facts.", []),
    ("contact", "em", ["email:"]),
    ("contact", "has:op", ["has:open_deals", "has:open_amount"]),
    ("contact", "no:ema", ["no:email"]),
    ("deal", "sort:-am", ["sort:-amount"]),
    ("deal", "so", ["sort:", "source:"]),
    ("deal", "arch", ["archived:any", "archived:"]),
    ("deal", "archived:", ["archived:any", *(f"archived:{word}" for word in DATES)]),
    ("task", "due:t", ["due:today", "due:tomorrow", "due:today..", "due:today..+7d"]),
    ("task", "overdue:", ["overdue:yes", "overdue:no"]),
    ("task", "owner:", ["owner:me", "owner:asha"]),
    ("all", "record:", [f"record:{kind.name}" for kind in kinds("all")]),
    ("contact", "problem:", ["problem:any", *(f"problem:{code}" for code in CLASSES)]),
    ("deal", "@", ["@hot", '@"cold ones"']),
    ("deal", "@h", ["@hot"]),
    ("deal", "name:a", []),
    ("deal", "zzz:", []),
    ("deal", "zzz.", []),
    ("deal", "next_task_id.", []),
]


@pytest.mark.parametrize(("among", "word", "expected"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_a_word_is_completed(among: str, word: str, expected: list[str]) -> None:
    assert completions(word, world(*VIEWS), kinds(among)) == expected


def test_nothing_typed_offers_fields_and_the_words_before_a_colon() -> None:
    offered = completions("", world(), kinds("contact"))
    assert {"has:", "no:", "sort:", "name:", "organization.", "deal:"} <= set(offered)
    assert "archived:any" not in offered
    assert not {"emails:", "phones:"} & set(offered)


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=3)
    | st.builds(
        "{}{}{}".format, st.sampled_from(["tag", "stage", "organization"]), st.sampled_from(":.,"), st.text(max_size=3)
    )
)
def test_whatever_is_typed_only_longer_words_are_offered(word: str) -> None:
    assert all(one.startswith(word) and one != word for one in completions(word, world(*VIEWS), kinds("all")))
