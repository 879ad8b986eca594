"""A kind is one file: this one declares a kind that no other file knows, and every room can work with it."""

import csv
import json
import re
from dataclasses import replace

import pytest

from crm_cli import kinds
from crm_cli.base.dates import Stamp
from crm_cli.base.money import Money
from crm_cli.schema import agenda
from crm_cli.schema.context import Context
from crm_cli.schema.kind import Kinds, declare
from crm_cli.schema.record import Item, Record, attr, derived, rollup
from tests.shell import Shell


def due_for_service(last: str | None, context: Context) -> bool:
    """Not looked after this year."""
    return last is None or last[:4] < str(context.now.year)


def in_use(before: "Vehicle | None", after: "Vehicle", _context: Context) -> "Vehicle":
    """A new one is in use unless it says otherwise."""
    return replace(after, state=after.state or "in-use") if before is None else after


@declare(
    folder="vehicles",
    columns="id name state driver.name price tows",
    sorted_by="-price",
    alias="van",
    bare=True,
    settle=in_use,
)
class Vehicle(Record):
    """Something to drive to customers with."""

    plate: str | None = attr("text", doc="the number plate")
    state: str | None = attr("choice", choices=("in-use", "broken", "sold"), doc="whether it can be driven")
    price: Money | None = attr("money", group=1, doc="what it cost")
    serviced_on: Stamp | None = attr("date", group=1, doc="when it was last looked after")
    driver: str | None = attr("link", to=("contact",), group=1, doc="who drives it")
    towed_by: str | None = attr("link", to=("vehicle",), group=1, doc="what pulls it")
    phones: tuple[Item[str], ...] = attr("labelled", item="phone", singular="phone", group=2, doc="built-in telephones")

    tows = rollup("count", "vehicle", "towed_by", type="integer", where=agenda.present, doc="how many it pulls")
    service_due = derived("bool", "serviced_on", work=due_for_service, doc="not looked after this year")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that it takes: its name in the list of kinds."""
    monkeypatch.setattr(kinds, "KINDS", Kinds((*kinds.KINDS.all, Vehicle.kind_)))


@pytest.fixture
def garage(empty: Shell) -> Shell:
    """A book with a driver, a van and its trailer."""
    empty.ok("contact add 'Ravi Rao'")
    empty.ok(
        "vehicle add 'लाल वैन' --plate 'GJ 05 AB 1234' --price 6.5L --serviced-on 2026-03-01 --driver ravi "
        "--phone 'hands-free:+91 98765 43210' --phone '022 2778 0000' --tag fleet --notes 'Runs well'"
    )
    empty.ok("vehicle add Trailer --state broken --price 'USD 900' --towed-by लाल")
    return empty


def ids(shell: Shell, *words: str) -> list[str]:
    """What `vehicle list` finds, as the slugs of ids."""
    return [line.rpartition("-")[0] for line in shell.crm("vehicle", "list", *words, "--ids").lines]


def test_its_help_lists_its_fields_with_their_types(empty: Shell) -> None:
    out = empty.ok("vehicle add --help").out
    for line in (
        "  --plate TEXT                    The number plate",
        "  --state CHOICE                  Whether it can be driven (in-use, broken,",
        "  --price AMOUNT                  What it cost",
        "  --serviced-on WHEN              When it was last looked after",
        "  --driver REF                    Who drives it",
        "  --phone, --phones PHONE         Built-in telephones; repeatable",
    ):
        assert f"{line}\n" in out
    assert "--tows" not in out
    assert re.search(r"(?m)^  vehicle +Something to drive to customers with\. add, list, show$", empty.ok("--help").out)
    assert ".B tows (integer)\nhow many it pulls\n" in empty.ok("man vehicle").out


def test_its_file_is_as_every_file(garage: Shell) -> None:
    driver = garage.ok("contact list --ids").out.strip()
    [path] = [path for path in garage.files() if path.startswith("vehicles/lal-")]
    assert garage.files()[path].decode() == (
        "name: लाल वैन\nplate: GJ 05 AB 1234\nstate: in-use\n\n"
        f"price: 650000 INR\nserviced_on: 2026-03-01\ndriver: {driver}\n\n"
        'phones:\n  - hands-free: "+91 98765 43210"\n  - 022 2778 0000\n\n'
        "tags:\n  - fleet\nnotes: Runs well\n\ncreated: 2026-11-20T10:00:00+05:30\n"
    )


def test_it_is_listed_shown_and_computed(garage: Shell) -> None:
    rows = [line.split("\t")[1:] for line in garage.ok("vehicle list").lines]
    assert rows == [
        ["लाल वैन", "in-use", "Ravi Rao", "650000 INR", "1"],
        ["Trailer", "broken", "", "900 USD", "0"],
    ]
    shown = garage.ok("van show लाल").out
    assert shown.startswith("लाल वैन")
    for line in ("plate: GJ 05 AB 1234", "price: ₹6,50,000", "phones: hands-free: +91 98765 43210"):
        assert line in shown
    assert "Trailer" in garage.ok("show trailer").out
    [record] = json.loads(garage.ok("vehicle show trailer --json").out)
    assert list(record)[:5] == ["id", "record", "name", "plate", "state"]
    assert (record["record"], record["state"], record["service_due"]) == ("vehicle", "broken", True)
    assert record["price"] == {"amount": "900", "currency": "USD"}
    assert garage.ok("vehicle list --fields name,service_due sort:name").lines == ["Trailer\ttrue", "लाल वैन\tfalse"]


def test_it_is_queried_sorted_and_counted(garage: Shell) -> None:
    assert ids(garage, "state:broken") == ["trailer"]
    assert ids(garage, "price:100000..") == ["lal-vain"]
    assert ids(garage, "serviced_on:2026-01..") == ["lal-vain"]
    assert ids(garage, "driver.name~rao", "tag:fleet", "has:vehicle") == ["lal-vain"]
    assert ids(garage, "tows:1..") == ["lal-vain"]
    assert ids(garage, "service_due:yes") == ["trailer"]
    assert ids(garage, "phone:09876543210") == ["lal-vain"]
    assert ids(garage, "sort:name") == ["trailer", "lal-vain"]
    assert ids(garage, "--where", "state = broken or tows > 0", "sort:name", "limit:1") == ["trailer"]
    assert [line.split("\t")[1] for line in garage.ok("contact list has:vehicle").lines] == ["Ravi Rao"]
    wrong = garage.crm("vehicle", "list", "state:borken")
    assert (wrong.code, "broken" in wrong.err) == (2, True)


def test_it_is_changed_like_any_other(garage: Shell) -> None:
    garage.ok("set trailer plate=X driver=ravi phones+=cab:12345678 price=1L")
    garage.ok("tag trailer old spare")
    garage.ok("tag trailer --remove old")
    [record] = json.loads(garage.ok("show trailer --json").out)
    assert (record["plate"], record["tags"], record["price"]["amount"]) == ("X", ["spare"], "100000")
    assert record["phones"] == [{"label": "cab", "value": "12345678"}]
    rows = [line.split("\t")[3:] for line in garage.ok("history trailer").lines]
    assert ["tags", "old; spare", "spare"] in rows
    assert rows[-1] == ["created", "", "Trailer"]
    garage.ok("undo")
    assert json.loads(garage.ok("show trailer --json").out)[0]["tags"] == ["old", "spare"]
    refused = garage.crm("set", "trailer", "state=flying")
    assert refused.code == 5
    garage.ok("rm trailer")
    assert ids(garage) == ["lal-vain"]
    assert sorted(ids(garage, "archived:any")) == ["lal-vain", "trailer"]
    assert json.loads(garage.ok("show लाल --json").out)[0]["tows"] == 0


def test_it_is_found(garage: Shell) -> None:
    assert [line.split("\t")[1:3] for line in garage.ok("find GJ").lines] == [["vehicle", "लाल वैन"]]
    assert [line.split("\t")[1:3] for line in garage.ok("find runs --kind vehicle").lines] == [["vehicle", "लाल वैन"]]
    assert garage.ok("find lal").lines
    assert garage.crm("show", "98765 43210").code == 0


def test_completion_offers_it(garage: Shell) -> None:
    def offered(*words: str) -> list[str]:
        return [line.partition("\t")[0] for line in garage.crm(*words, _CRM_COMPLETE="zsh").lines]

    assert offered("veh") == ["vehicle"]
    assert offered("vehicle", "add", "--pr") == ["--price"]
    assert offered("vehicle", "add", "X", "--state", "b") == ["broken"]
    assert offered("vehicle", "list", "state:s") == ["state:sold"]
    assert offered("set", "trailer", "pla") == ["plate="]
    assert offered("find", "--kind", "v") == ["view", "vehicle"]
    assert [one.rpartition("-")[0] for one in offered("show", "tra")] == ["trailer"]
    assert [one.rpartition("-")[0] for one in offered("vehicle", "add", "X", "--towed-by", "tra")] == ["trailer"]


def test_it_goes_out_and_comes_in_again(garage: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    table = garage.ok("vehicle list -o csv --fields name,state,price,phones").out
    assert list(csv.reader(table.splitlines()))[1] == [
        "लाल वैन", "in-use", "650000 INR", "hands-free: +91 98765 43210; 022 2778 0000",
    ]  # fmt: skip
    other = Shell(tmp_path_factory.mktemp("home2"), tmp_path_factory.mktemp("other") / "book")
    other.ok(f"init {other.book}")
    other.ok("apply -", stdin=garage.ok("export").out)
    own = {path: data for path, data in garage.files().items() if path.startswith("vehicles/")}
    assert {path: data for path, data in other.files().items() if path.startswith("vehicles/")} == own
    third = Shell(tmp_path_factory.mktemp("home3"), tmp_path_factory.mktemp("third") / "book")
    third.ok(f"init {third.book}")
    third.ok("contact add 'Ravi Rao'")
    (third.home / "v.csv").write_text("name,plate,price\nOld van,GJ 1,5000\nNew van,GJ 2,\n")
    third.ok(f"import --kind vehicle {third.home / 'v.csv'}")
    assert [line.split("\t")[1] for line in third.ok("vehicle list sort:name").lines] == ["New van", "Old van"]


def test_what_is_wrong_with_it_is_said(garage: Shell) -> None:
    garage.write(
        "vehicles/bus-abc234.yaml", "name: Bus\nstate: flying\nprice: much\ndriver: nobody-abc234\nwheels: 6\n"
    )
    result = garage.crm("doctor")
    assert result.code == 1
    rows = {tuple(line.split("\t")[1:5]) for line in result.lines}
    assert rows >= {
        ("bad-choice", "vehicles/bus-abc234.yaml", "2", "state"),
        ("bad-money", "vehicles/bus-abc234.yaml", "3", "price"),
        ("dangling-link", "vehicles/bus-abc234.yaml", "4", "driver"),
        ("unknown-key", "vehicles/bus-abc234.yaml", "5", "wheels"),
    }
    listed = garage.crm("vehicle", "list", "state:in-use")
    assert listed.code == 9
    assert len(listed.lines) == 1


def test_without_it_nobody_knows_it(garage: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert garage.crm("vehicle", "list").code == 2
    assert "vehicle" not in garage.ok("--help").out
    assert garage.crm("show", "trailer").code == 3
