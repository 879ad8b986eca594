"""A value that does not fit costs what it stands for, and nothing beside it."""

import json

from tests.shell import Shell


def test_a_bad_value_under_custom_costs_that_key_alone(empty: Shell) -> None:
    settings = (empty.book / "crm.yaml").read_text()
    empty.write("crm.yaml", settings + "fields:\n  contact:\n    vip: {type: bool}\n    size: {type: integer}\n")
    text = (
        "name: Asha Sharma\ncustom:\n  vip: maybe   # ask her\n  allergy: peanuts\n  size: 3\n"
        "facts:\n  likes: [tea]\n  dislikes: noise\nconsent:\n  email: perhaps\n  sms: no\n"
    )
    path = empty.write("contacts/asha.yaml", text)
    found = empty.crm("show", "asha", "--json")
    assert found.code == 9
    record = json.loads(found.out)[0]
    assert record["custom"] == {"allergy": "peanuts", "size": 3}
    assert record["facts"] == {"dislikes": "noise"}
    assert record["consent"]["email"] is None
    assert record["consent"]["sms"] == {"value": False, "date": None}
    assert sorted((p["line"], p["field"], p["code"], p["value"]) for p in record["problems"]) == [
        (3, "custom.vip", "bad-bool", "maybe"),
        (7, "facts.likes", "shape", '["tea"]'),
        (10, "consent.email", "bad-consent", "perhaps"),
    ]
    empty.ok("set asha custom.allergy=nuts facts.dislikes=heat consent.sms=yes")
    after = path.read_text()
    assert "  vip: maybe   # ask her\n  allergy: nuts\n" in after
    assert "  likes: [tea]\n  dislikes: heat\n" in after
    assert "  email: perhaps\n" in after
    empty.ok("set asha custom.vip=yes facts.likes=tea consent.email=")
    assert empty.crm("show", "asha", "--json").code == 0
    assert "  vip: true   # ask her\n" in path.read_text()
    assert empty.ok("contact list custom.vip:yes --ids").lines == ["asha"]
