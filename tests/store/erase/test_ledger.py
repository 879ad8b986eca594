"""The ledger of what was erased: no name in it, and the same from both sides."""

from hypothesis import given
from hypothesis import strategies as st

from crm_cli.store.erase.ledger import Entry, Ledger, joined_files, mark_of, read_ledger, write_ledger

MARKS = st.sampled_from(["k7m3q9", "x1y2z3", "b4x8w2"])
ENTRIES = st.builds(
    Entry, MARKS, st.sampled_from(["2026-11-20", "2026-11-21"]), st.sampled_from([None, "contact-a1b2c3"])
)
LEDGERS = st.builds(
    Ledger,
    st.lists(ENTRIES, max_size=3, unique_by=lambda entry: entry.mark).map(tuple),
    st.integers(1, 5),
    st.lists(st.sampled_from(["a" * 40, "b" * 40]), unique=True).map(tuple),
)


def test_an_id_is_known_by_its_random_part() -> None:
    entry = Entry(mark_of("asha-sharma-k7m3q9"), "2026-11-20", "contact-x1y2z3")
    assert entry.mark == "k7m3q9"
    assert entry.means("asha-sharma-k7m3q9")
    assert not entry.means("asha-sharma-k7m3q8")
    assert Ledger((entry,)).entry_of("other-k7m3q9") is entry
    assert Ledger((entry,)).entry_of("asha") is None


def test_an_id_that_is_a_name_is_known_without_it() -> None:
    mark = mark_of("bob")
    assert "bob" not in mark
    assert mark != mark_of("bob")
    entry = Entry(mark, "2026-11-20")
    assert entry.means("bob")
    assert not entry.means("rob")
    assert not entry.means("bob-k7m3q9")


@given(LEDGERS)
def test_a_ledger_is_read_as_it_was_written(ledger: Ledger) -> None:
    assert read_ledger(write_ledger(ledger)) == ledger


@given(LEDGERS, LEDGERS)
def test_two_ledgers_make_the_same_one_either_way(one: Ledger, other: Ledger) -> None:
    first, second = write_ledger(one), write_ledger(other)
    joined = joined_files(first, second)
    assert joined == joined_files(second, first)
    assert {entry.mark for entry in read_ledger(joined).entries} == {
        entry.mark for entry in (*one.entries, *other.entries)
    }


def test_what_cannot_be_understood_is_passed_over() -> None:
    assert read_ledger(None) == Ledger()
    assert read_ledger(b"a: [") == Ledger()
    odd = b"epoch: many\nreplaced: x\nerased:\n  - 1\n  - {id: ''}\n  - {id: [a]}\n"
    odd += b"  - id: k7m3q9\n    with: contact-a1b2c3\n"
    assert read_ledger(odd) == Ledger((Entry("k7m3q9", "", "contact-a1b2c3", shadow=True),))
    assert read_ledger(b"erased: no\n") == Ledger()
    shadow = Ledger((Entry("k7m3q9", "2026-11-20", "contact-a1b2c3", shadow=True),)).next_epoch(["a" * 40])
    assert read_ledger(write_ledger(shadow)) == shadow
