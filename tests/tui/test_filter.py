"""The filter line: offers, taking them, leaving it."""

from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli.tui.widgets.filter import Completions, Filter
from tests.shell import Shell
from tests.tui.conftest import play, press, settled, shown, write


def line(pilot: Pilot[int]) -> Filter:
    """The filter line."""
    return pilot.app.screen.query_one(Filter)


def offered(pilot: Pilot[int]) -> list[str]:
    """What could come next."""
    return list(pilot.app.screen.query_one(Completions).words)


def test_fields_then_values_are_offered_and_taken(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        assert offered(pilot) == []
        await write(pilot, "sta")
        assert offered(pilot)[0] == "stage:"
        await press(pilot, "tab")
        assert line(pilot).text == "stage:"
        assert offered(pilot)[:2] == ["stage:prospecting", "stage:qualification"]
        assert any("stage:qualification" in text for text in shown(pilot.app)[4:12])
        await press(pilot, "down", "down", "enter")
        assert line(pilot).query_one(Input).value == "stage:qualification "
        await write(pilot, "tag:w")
        assert offered(pilot) == ["tag:web"] or "tag:website" in offered(pilot)
        await press(pilot, "tab", "enter")
        assert not line(pilot).query_one(Input).has_focus
        assert shown(pilot.app)[1].endswith(f"of 25 deals, {line(pilot).text}")

    play(looking, act, first="deal")


def test_a_beginning_is_no_mistake_and_hides_neither_the_words_nor_the_list(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        await write(pilot, "stag")
        await write(pilot, "e:pro")
        assert shown(pilot.app)[1].endswith(" 25 deals")
        line(pilot).put("")
        await write(pilot, "owner:x stage:pro")
        lines = shown(pilot.app)
        assert lines[3] == "/ owner:x stage:pro"
        assert [word in text for word, text in zip(offered(pilot), lines[4:6], strict=True)] == [True, True]
        assert "cannot be" not in "\n".join(lines)
        assert lines[1].endswith(" of 25 deals, owner:x")
        await write(pilot, "x")
        assert "stage cannot be prox" in shown(pilot.app)[4]
        await press(pilot, "enter")
        assert shown(pilot.app)[1].endswith(" of 25 deals, owner:x")
        assert "stage cannot be prox" in shown(pilot.app)[4]

    play(looking, act, first="deal")


def test_values_that_the_book_has_and_views_are_offered_in_any_script(sample: Shell) -> None:
    sample.ok("tag asha 'नया ग्राहक'")
    sample.ok("view add 'hot leads' --kind contact --query tag:hot")

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        line(pilot).query_one(Input).value = "tag:न"
        await settled(pilot)
        assert offered(pilot) == ['tag:"नया ग्राहक"']
        await press(pilot, "tab")
        assert shown(pilot.app)[1].endswith('1 of 40 contacts, tag:"नया ग्राहक"')
        line(pilot).put("")
        await settled(pilot)
        await write(pilot, "@hot")
        assert '@"hot leads"' in offered(pilot)

    play(sample, act, first="contact")


def test_escape_closes_the_offers_then_takes_the_filter_away(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        await write(pilot, "own")
        assert offered(pilot)
        await press(pilot, "escape")
        assert not offered(pilot)
        assert line(pilot).text == "own"
        await press(pilot, "escape")
        assert line(pilot).text == ""
        assert not line(pilot).display
        assert shown(pilot.app)[1].endswith("40 contacts")

    play(looking, act, first="contact")


def test_keys_are_letters_while_one_types_and_down_goes_to_the_list(looking: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        await write(pilot, "q 1")
        assert line(pilot).text == "q 1"
        line(pilot).put("")
        await settled(pilot)
        await press(pilot, "down", "j")
        assert sum(text.startswith(">") for text in shown(pilot.app)) == 1

    play(looking, act, first="contact")


def test_names_are_offered_behind_a_link_and_views_of_this_kind_alone(sample: Shell) -> None:
    sample.ok("view add 'warm' --kind contact --query tag:warm")

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "slash")
        assert "tab completes, enter to the list" in shown(pilot.app)[4]
        await write(pilot, "organization:")
        assert "is compared with nothing" not in "\n".join(shown(pilot.app))
        await write(pilot, "Acme")
        assert offered(pilot) == ['organization:"Acme Home Furnishings"', 'organization:"Acme Textiles"']
        await press(pilot, "down", "down", "enter")
        assert shown(pilot.app)[1].endswith('of 40 contacts, organization:"Acme Textiles"')
        await write(pilot, "@")
        assert "@warm" in offered(pilot)
        assert "@hot" not in offered(pilot)

    play(sample, act, first="contact")
