"""Forms: a row for every type, what is understood and offered, what others did meanwhile."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from crm_cli import kinds as registry
from crm_cli.base.text import width
from crm_cli.schema.field import LISTS, MAPPINGS, SCALARS
from crm_cli.schema.kind import Kinds, declare
from crm_cli.schema.record import Record, attr
from crm_cli.schema.settings import CUSTOM_TYPES
from crm_cli.tui.dialogs.confirm import Confirm
from crm_cli.tui.forms import Form
from crm_cli.tui.widgets.blanks import ROWS, Row
from crm_cli.tui.widgets.line import Line
from tests.shell import Shell
from tests.tui.conftest import LARGE, SMALL, play, press, settled, shown, told, write

ASHA = "asha-sharma-a1b2c3"
FIELDS = """
fields:
  contact:
    allergy: {type: choice, choices: [nuts, milk], required: true}
    budget: {type: money}
    house: {type: link, to: organization}
"""


@pytest.fixture
def people(empty: Shell) -> Shell:
    """Three contacts, two of one name, and an organization."""
    empty.write("organizations/acme-b4x8w2.yaml", "name: Acme, Inc.\n")
    empty.write(
        f"contacts/{ASHA}.yaml",
        "name: Asha Sharma\ntitle: Owner # of the firm\norganization: acme-b4x8w2\n"
        "phones:\n  - mobile: 98765 43210\n  - 98765 43211\nbirthday: 1984-03-14\ntags: [vip, old]\n"
        "facts:\n  likes: 'chai: hot'\naddresses:\n  - home:\n      street: 12, MG Road\n      city: Pune\n"
        "notes: |\n  One\n  two\n",
    )
    empty.write("contacts/ravi-one-r1r1r1.yaml", "name: Ravi\n")
    empty.write("contacts/ravi-two-r2r2r2.yaml", "name: Ravi\n")
    empty.git("add", "-A")
    empty.git("commit", "-qm", "people")
    return empty


def row(pilot: Pilot[int], name: str) -> Row:
    form = pilot.app.screen
    assert isinstance(form, Form)
    return next(each for each in form.rows if each.blank.name == name)


async def fill(pilot: Pilot[int], name: str, text: str, place: int = 0) -> None:
    """Puts a text into a line of a row, as a paste does."""
    line = row(pilot, name).parts[place]
    line.focus()
    await settled(pilot)
    assert isinstance(line, Input)
    line.value = text
    await settled(pilot)


async def edit(pilot: Pilot[int], name: str = "Asha Sharma") -> None:
    """Opens the form of a record from its list."""
    page = pilot.app.screen
    page.grid.rows.go_to(next(key for key in page.grid.rows.items if name.split()[0].lower() in str(key)))
    await press(pilot, "i")
    assert isinstance(pilot.app.screen, Form)


def contact(shell: Shell, id: str = ASHA) -> str:
    return (shell.book / f"contacts/{id}.yaml").read_text()


def test_every_type_and_shape_has_a_row() -> None:
    assert set(ROWS) == (SCALARS | LISTS | MAPPINGS | {"consent", "facts"}) - {"custom"}
    assert set(CUSTOM_TYPES) <= set(ROWS)


def test_a_form_shows_the_values_links_by_name_required_fields_first(people: Shell) -> None:
    async def look(pilot: Pilot[int]) -> None:
        await edit(pilot)
        first, *_ = pilot.app.screen.rows
        assert first.blank.name == "name"
        assert first.label == "*name"
        assert row(pilot, "organization").lines == ("Acme, Inc.",)
        assert row(pilot, "phones").lines == ("mobile: 98765 43210", "98765 43211")
        assert row(pilot, "tags").lines == ("vip, old",)
        assert row(pilot, "addresses").lines == ("home: 12, MG Road | Pune",)
        assert row(pilot, "facts").lines == ("likes: chai: hot",)
        lines = shown(pilot.app)
        assert any("*name            Asha Sharma" in line for line in lines)
        assert "ctrl+s save   esc leave" in "\n".join(lines)
        assert all(width(line) <= 80 for line in lines if "Dr" not in line)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, Form)

    before = contact(people)
    play(people, look, first="contact", size=SMALL)
    assert contact(people) == before


def test_saving_without_a_change_writes_nothing_and_an_edit_is_one_commit_that_keeps_the_rest(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        await press(pilot, "ctrl+s")
        assert "nothing to change" in told(pilot.app)
        await edit(pilot)
        await fill(pilot, "title", "Partner")
        await fill(pilot, "phones", "work: 98765 43212", 1)
        await fill(pilot, "birthday", "15 mar 1985")
        await fill(pilot, "tags", "vip, garden")
        await press(pilot, "ctrl+s", "ctrl+s")
        assert not isinstance(pilot.app.screen, Form)

    play(people, act, first="contact")
    text = contact(people)
    assert "title: Partner # of the firm" in text
    assert "mobile: 98765 43210" in text
    assert "work: 98765 43212" in text
    assert "98765 43211" not in text
    assert "birthday: 1985-03-15" in text
    assert "[vip, garden]" in text
    assert "'chai: hot'" in text
    assert people.git("log", "--format=%s").splitlines()[0] == "edit contact a1b2c3"
    assert len(people.git("log", "--format=%s").splitlines()) == 3


def test_what_is_typed_is_understood_beside_it_and_an_error_stands_below_it(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        await fill(pilot, "birthday", "14 mar")
        assert line_of(pilot, "birthday").beside == "14 March, of no known year"
        await fill(pilot, "birthday", "someday")
        assert "is not a date" in " ".join(line_of(pilot, "birthday").below)
        assert any("'someday' is not a date" in line for line in shown(pilot.app))
        await fill(pilot, "name", "")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, Form)
        assert line_of(pilot, "name").below == ["needed"]
        assert row(pilot, "name").has_focus

    before = contact(people)
    play(people, act, first="contact")
    assert contact(people) == before


def line_of(pilot: Pilot[int], name: str) -> Line:
    line = row(pilot, name).parts[0]
    assert isinstance(line, Line)
    return line


def test_a_link_is_completed_by_name_also_where_two_have_one_name(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        await fill(pilot, "referred_by", "")
        await write(pilot, "ravi")
        offered = [offer.shown for offer in pilot.app.screen.offers.offered]
        assert offered == ["Ravi", "Ravi (r2r2r2)"]
        await press(pilot, "down", "enter")
        assert line_of(pilot, "referred_by").value == "Ravi (r2r2r2)"
        await press(pilot, "tab")
        assert not row(pilot, "referred_by").has_focus
        await fill(pilot, "referred_by", "nobody here")
        await press(pilot, "ctrl+s")
        assert "is known as nobody" in " ".join(line_of(pilot, "referred_by").below)
        await fill(pilot, "referred_by", "Ravi (r2r2r2)")
        await press(pilot, "ctrl+s")

    play(people, act, first="contact")
    assert "referred_by: ravi-two-r2r2r2" in contact(people)


def test_unsaved_text_is_asked_about_before_it_is_lost(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        await fill(pilot, "title", "Partner")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Confirm)
        await press(pilot, "n")
        assert line_of(pilot, "title").value == "Partner"
        await press(pilot, "escape", "y")
        assert not isinstance(pilot.app.screen, Form)

    before = contact(people)
    play(people, act, first="contact")
    assert contact(people) == before


def test_fields_of_the_books_own_are_asked_required_ones_first(people: Shell) -> None:
    with (people.book / "crm.yaml").open("a") as settings:
        settings.write(FIELDS)

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "a")
        assert [each.blank.name for each in pilot.app.screen.rows[:2]] == ["name", "custom.allergy"]
        await fill(pilot, "name", "Meena Rao")
        await fill(pilot, "custom.budget", "1.2 lakh")
        assert line_of(pilot, "custom.budget").beside == "₹1,20,000"
        await press(pilot, "ctrl+s")
        assert row(pilot, "custom.allergy").has_focus
        await write(pilot, "m")
        await press(pilot, "tab")
        await fill(pilot, "custom.house", "Acme, Inc.")
        await press(pilot, "ctrl+s")
        assert not isinstance(pilot.app.screen, Form), shown(pilot.app)

    play(people, act, first="contact")
    [made] = [path for path in (people.book / "contacts").iterdir() if path.name.startswith("meena")]
    text = made.read_text()
    assert "allergy: milk" in text
    assert "budget: 120000 INR" in text
    assert "house: acme-b4x8w2" in text
    assert people.git("log", "-1", "--format=%s").startswith("add contact")


def test_a_form_merges_what_was_changed_meanwhile_and_says_so(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        people.ok(f"set {ASHA} title=Boss nickname=Ash")
        await fill(pilot, "language", "hi")
        await press(pilot, "ctrl+s")
        assert "merged with a change made meanwhile: nickname, title" in told(pilot.app)

    play(people, act, first="contact")
    text = contact(people)
    assert "title: Boss" in text
    assert "nickname: Ash" in text
    assert "language: hi" in text


def test_both_changed_one_field_the_form_stays_and_the_other_value_is_kept_aside(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        people.ok(f"set {ASHA} title=Boss")
        await fill(pilot, "title", "Partner")
        await press(pilot, "ctrl+s")
        assert "title was changed meanwhile too: Partner stays, Boss is kept aside" in told(pilot.app)
        assert "1 kept aside: 8 shows conflicts" in told(pilot.app)

    play(people, act, first="contact")
    assert "title: Partner" in contact(people)
    assert "Boss" in people.ok("conflicts").out


@pytest.mark.parametrize("keeps", [True, False])
def test_deleted_meanwhile_is_asked_and_keeping_makes_it_anew(people: Shell, keeps: bool) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await edit(pilot)
        people.ok(f"rm {ASHA} --purge --yes")
        await fill(pilot, "title", "Partner")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, Confirm)
        assert "Asha Sharma was deleted meanwhile - keep it?" in "\n".join(shown(pilot.app))
        await press(pilot, "y" if keeps else "n")
        assert isinstance(pilot.app.screen, Form) is not keeps

    play(people, act, first="contact")
    there = (people.book / f"contacts/{ASHA}.yaml").exists()
    assert there is keeps
    if keeps:
        assert "title: Partner" in contact(people)
        assert "birthday: 1984-03-14" in contact(people)


def test_nothing_in_a_record_hurts_the_form_that_shows_it(people: Shell) -> None:
    evil = "x\\e[2J\\u202E\\u009B1m[/] [@click=app.leave]y"
    path = people.write(
        "contacts/asha-evil-e1e1e1.yaml", f'name: "{evil}"\nnotes: "{evil}\\n{evil}"\ntags: ["{evil}"]\n'
    )
    before = path.read_bytes()

    async def act(pilot: Pilot[int]) -> None:
        pilot.app.screen.edit_fields("asha-evil-e1e1e1", ["name", "notes", "tags"])
        await settled(pilot)
        lines = shown(pilot.app)
        assert all(line.isprintable() for line in lines)
        assert any("[@click=app.leave]y" in line for line in lines)
        await press(pilot, "ctrl+s")
        assert not isinstance(pilot.app.screen, Form)

    play(people, act, first="day")
    assert path.read_bytes() == before


def test_some_fields_alone_can_be_edited(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        pilot.app.screen.edit_fields(ASHA, ["notes"])
        await settled(pilot)
        assert [each.blank.name for each in pilot.app.screen.rows] == ["notes"]
        await write(pilot, "three")
        await press(pilot, "ctrl+s")

    play(people, act, first="contact")
    assert "  One\n  two\n  three" in contact(people)


def test_a_kind_that_nobody_knew_gets_a_form(people: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    @declare(folder="boats", columns="id name", sorted_by="name")
    class Boat(Record):
        """Something that floats."""

        length: int | None = attr("integer", doc="in metres")
        captain: str | None = attr("link", to=("contact",), doc="who steers")

    monkeypatch.setattr(registry, "KINDS", Kinds((*registry.KINDS.all, Boat.kind_)))

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "a")
        await write(pilot, "boat")
        await press(pilot, "enter")
        await fill(pilot, "name", "Matsya")
        await fill(pilot, "length", "12")
        await fill(pilot, "captain", "Asha Sharma")
        await press(pilot, "ctrl+s")

    play(people, act, first="day")
    [made] = Path(people.book / "boats").iterdir()
    assert "length: 12" in made.read_text()
    assert f"captain: {ASHA}" in made.read_text()


def test_what_a_link_leads_to_can_be_made_on_the_way(people: Shell) -> None:
    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "a")
        await write(pilot, "Mira")
        row(pilot, "organization").start()
        await write(pilot, "Nayi Firm")
        assert any("Nayi Firm  new organization" in line for line in shown(pilot.app)), shown(pilot.app)
        await press(pilot, "tab", "ctrl+s")  # nobody has gone to the offer: it may be a slip of the hand
        assert any("no organization is known as Nayi Firm" in line for line in shown(pilot.app))
        await press(pilot, "backspace", "m", "down", "enter")
        assert any("new organization" in line for line in shown(pilot.app)), "\n".join(shown(pilot.app))
        await press(pilot, "ctrl+s")
        assert any("added: Mira" in line for line in told(pilot.app)), told(pilot.app)

    before = len(people.git("log", "--format=%h").split())
    play(people, act, first="contact")
    (firm,) = people.book.glob("organizations/nayi-firm-*.yaml")
    (mira,) = people.book.glob("contacts/mira-*.yaml")
    assert f"organization: {firm.stem}\n" in mira.read_text()
    assert len(people.git("log", "--format=%h").split()) == before + 1
    people.ok("doctor")


def test_one_that_is_there_is_offered_first_and_made_twice_is_made_once(people: Shell) -> None:
    people.write(
        "crm.yaml",
        (people.book / "crm.yaml").read_text() + "\nfields:\n  deal:\n    agent: {type: link, to: contact}\n",
    )

    async def act(pilot: Pilot[int]) -> None:
        await press(pilot, "a")
        await write(pilot, "Site")
        for name in ("contacts", "custom.agent"):
            row(pilot, name).start()
            await write(pilot, "Zoya")
            await press(pilot, "down", "enter")
        row(pilot, "organization").start()
        await write(pilot, "Acm")
        await press(pilot, "enter", "ctrl+s")

    play(people, act, first="deal", size=LARGE)
    (person,) = people.book.glob("contacts/zoya-*.yaml")
    (deal,) = people.book.glob("deals/site-*.yaml")
    assert deal.read_text().count(person.stem) == 2
    assert "organization: acme-b4x8w2\n" in deal.read_text()
