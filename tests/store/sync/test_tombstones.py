"""A record that was merged into another one here and edited there: the edit is the survivor's; circles are opened."""

from collections.abc import Mapping

import pytest

from crm_cli.store.sync.filemerge import quarantine_path
from tests.store.sync.clones import Clone, Repository, Tree

ASHA, BINA, CHAYA = (f"contacts/{name}-k7m3q{number}.yaml" for number, name in enumerate(("asha", "bina", "chaya")))
START = {
    ASHA: "name: Asha\ntitle: Buyer\ntags: [fair]\n",
    BINA: "name: Bina\ntitle: Boss\n",
    CHAYA: "name: Chaya\n",
}


def tomb(name: str, into: str) -> str:
    return f"name: {name}\narchived: 2026-11-20\nmerged_into: {into.rpartition('/')[2].removesuffix('.yaml')}\n"


def met(
    here: Mapping[str, str | None], there: Mapping[str, str | None], start: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What both clones hold after they met, whoever of them takes in the other; `there` is a minute later."""
    found: list[Tree] = []
    for swapped in (False, True):
        every = Repository()
        first = every.add([], {path: text.encode() for path, text in (start or START).items()}, 1000)
        one, other = Clone(every, first), Clone(every, first)
        for clone, edits, now in ((one, here, 2000), (other, there, 2060)):
            for path, text in edits.items():
                clone.commit(path, None if text is None else text.encode(), now)
        if swapped:
            one, other = other, one
        one.take(other.head)
        other.take(one.head)
        assert one.tree == other.tree
        found.append(one.tree)
    assert found[0] == found[1]
    return {path: data.decode() for path, data in found[0].items()}


def test_an_edit_of_a_record_that_was_merged_away_reaches_the_survivor() -> None:
    into_bina = {BINA: START[BINA] + "nickname: Bee\ntags: [fair]\n", ASHA: tomb("Asha", BINA)}
    edit = {ASHA: "name: Asha\ntitle: Buyer\nphones: ['+919876543210']  # at work\ntags: [fair, vip]\n"}
    found = met(into_bina, edit)
    assert found[ASHA] == tomb("Asha", BINA)
    assert found[BINA] == (
        'name: Bina\ntitle: Boss\nphones:\n  - "+919876543210"  # at work\nnickname: Bee\ntags: [fair, vip]\n'
    )
    assert set(found) == set(START)


def test_what_the_survivor_says_otherwise_is_kept_aside() -> None:
    found = met({ASHA: tomb("Asha", BINA)}, {ASHA: START[ASHA].replace("Buyer", "Director")})
    assert "title: Director\n" in found[BINA]  # the edit was later
    assert "base: Buyer\n    kept: Director\n    other: Boss\n" in found[BINA]
    assert found[ASHA] == tomb("Asha", BINA)


def test_what_was_taken_out_goes_out_of_the_survivor_too() -> None:
    taken = {BINA: START[BINA] + "tags: [fair, local]\n", ASHA: tomb("Asha", BINA)}
    found = met(taken, {ASHA: "name: Asha\ntitle: Buyer\ntags: []\n"})
    assert found[BINA] == START[BINA] + "tags: [local]\n"


def test_an_edit_goes_to_the_end_of_a_chain() -> None:
    here = {ASHA: tomb("Asha", BINA)}
    there = {ASHA: START[ASHA] + "nickname: Ash\n", BINA: tomb("Bina", CHAYA)}
    found = met(here, there)
    assert found[CHAYA] == "name: Chaya\nnickname: Ash\n"
    assert (found[ASHA], found[BINA]) == (tomb("Asha", BINA), tomb("Bina", CHAYA))


def test_that_it_was_archived_is_true_of_the_tombstone_alone() -> None:
    found = met({ASHA: tomb("Asha", BINA)}, {ASHA: START[ASHA] + "archived: 2026-11-19\n"})
    assert found == START | {ASHA: tomb("Asha", BINA)}


def test_a_tombstone_outlives_that_its_record_was_deleted_there() -> None:
    found = met({ASHA: tomb("Asha", BINA)}, {ASHA: None})
    assert found[ASHA].startswith(tomb("Asha", BINA))
    assert "field: record" in found[ASHA]


@pytest.mark.parametrize("end", [None, "name: [\n"], ids=["deleted", "broken"])
def test_an_edit_that_no_survivor_can_take_is_in_the_quarantine(end: str | None) -> None:
    edit = START[ASHA].replace("Buyer", "Director")
    found = met({ASHA: tomb("Asha", BINA), BINA: end}, {ASHA: edit})
    assert found[ASHA] == tomb("Asha", BINA)
    assert found.get(BINA) == end
    assert found[quarantine_path(ASHA, edit.encode())] == edit


def test_two_records_merged_into_each_other_leave_the_smaller_id_with_what_both_sides_wrote() -> None:
    here = {BINA: "name: Bina\ntitle: Boss\ntags: [fair]\nnickname: Here\n", ASHA: tomb("Asha", BINA)}
    there = {ASHA: "name: Asha\ntitle: Buyer\ntags: [fair, there]\n", BINA: tomb("Bina", ASHA)}
    found = met(here, there)
    assert found[BINA] == tomb("Bina", ASHA)
    assert "merged_into" not in found[ASHA]
    for said in ("nickname: Here\n", "tags: [fair, there]\n", "name: Asha\n"):
        assert said in found[ASHA]
    assert set(found) == set(START)


def test_a_tag_that_one_side_took_off_before_both_merged_stays_off() -> None:
    here = {BINA: "name: Bina\ntitle: Boss\n", ASHA: tomb("Asha", BINA)}
    there = {ASHA: START[ASHA], BINA: tomb("Bina", ASHA)}
    assert "fair" not in met(here | {BINA: "name: Bina\ntitle: Boss\nnickname: Bee\n"}, there)[ASHA]


def test_what_somebody_wrote_into_a_tombstone_that_became_a_survivor_is_in_the_quarantine() -> None:
    written = tomb("Asha", BINA) + "notes: called twice\n"
    here = {BINA: START[BINA] + "tags: [fair]\n", ASHA: written}
    there = {ASHA: START[ASHA] + "nickname: Ash\n", BINA: tomb("Bina", ASHA)}
    found = met(here, there)
    assert "merged_into" not in found[ASHA]
    assert found[quarantine_path(ASHA, written.encode())] == written


def test_a_circle_of_three_is_opened() -> None:
    here = {ASHA: tomb("Asha", BINA), BINA: tomb("Bina", CHAYA)}
    there = {CHAYA: tomb("Chaya", ASHA), ASHA: START[ASHA] + "nickname: Ash\n"}
    found = met(here, there)
    assert "merged_into" not in found[ASHA]
    assert found[CHAYA] == tomb("Chaya", ASHA)


def test_where_each_side_merged_both_the_first_goes_to_what_is_outside() -> None:
    dina = "contacts/dina-k7m3q9.yaml"
    start = START | {dina: "name: Dina\n"}
    here = {ASHA: tomb("Asha", BINA), BINA: tomb("Bina", CHAYA)}
    there = {BINA: tomb("Bina", ASHA), ASHA: tomb("Asha", dina)}
    found = met({BINA: here[BINA], ASHA: here[ASHA]}, there, start)
    ends = {path: text.rpartition("merged_into: ")[2].strip() for path, text in found.items() if "merged_into" in text}
    assert ends[ASHA] != "bina-k7m3q1" or ends[BINA] != "asha-k7m3q0"


def test_a_circle_that_both_sides_have_is_left_to_people() -> None:
    circle = {ASHA: tomb("Asha", BINA), BINA: tomb("Bina", ASHA), CHAYA: START[CHAYA]}
    found = met({CHAYA: "name: Chaya\ntitle: Boss\n"}, {ASHA: circle[ASHA] + "notes: odd\n"}, circle)
    assert found == circle | {CHAYA: "name: Chaya\ntitle: Boss\n", ASHA: circle[ASHA] + "notes: odd\n"}
