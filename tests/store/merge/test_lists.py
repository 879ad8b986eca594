"""Two edits of one list, as the files would show them; the first is the later."""

import pytest

from tests.store.merge.files import merged, record

ROWS = {
    "tags: removed by either, added by either": (
        "contact",
        "{name: Asha, tags: [a, b, c]}",
        "{name: Asha, tags: [b, c, new]}",
        "{name: Asha, tags: [a, b, late]}",
        "{name: Asha, tags: [b, late, new]}",
    ),
    "a tag in another case is an edit of it": (
        "contact",
        "{name: Asha, tags: [vip]}",
        "{name: Asha, tags: [VIP]}",
        "{name: Asha, tags: [Vip]}",
        "{name: Asha, tags: [VIP], conflicts: [{field: tags.vip, base: vip, kept: VIP, other: Vip}]}",
    ),
    "the contacts of an interaction": (
        "interaction",
        "{at: 2026-11-21, kind: call, contacts: [asha, bob]}",
        "{at: 2026-11-21, kind: call, contacts: [bob]}",
        "{at: 2026-11-21, kind: call, contacts: [asha, bob, contacts/chitra]}",
        "{at: 2026-11-21, kind: call, contacts: [bob, contacts/chitra]}",
    ),
    "an occurrence done on both sides is done once": (
        "task",
        "{name: Call, every: 2w, done: [2026-11-01]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15, 2026-11-29]}",
        "{name: Call, every: 2w, done: [2026-11-01, 2026-11-15, 2026-11-29]}",
    ),
    "the primary changed there, an address added here": (
        "contact",
        "{name: Asha, emails: [a@acme.example, b@acme.example]}",
        "{name: Asha, emails: [a@acme.example, b@acme.example, c@acme.example]}",
        "{name: Asha, emails: [b@acme.example, a@acme.example]}",
        "{name: Asha, emails: [b@acme.example, c@acme.example, a@acme.example]}",
    ),
    "both reordered: the order of the later": (
        "contact",
        "{name: Asha, tags: [a, b, c]}",
        "{name: Asha, tags: [c, b, a]}",
        "{name: Asha, tags: [b, a, c]}",
        "{name: Asha, tags: [c, b, a]}",
    ),
    "a new primary on each side: the later's is first": (
        "contact",
        "{name: Asha, emails: [a@acme.example]}",
        "{name: Asha, emails: [x@acme.example, a@acme.example]}",
        "{name: Asha, emails: [y@acme.example, a@acme.example]}",
        "{name: Asha, emails: [x@acme.example, y@acme.example, a@acme.example]}",
    ),
    "two labels of one phone, however it is spelled": (
        "contact",
        '{name: Asha, phones: [mobile: "+91 98765 43210"]}',
        '{name: Asha, phones: [work: "+91 98765 43210"]}',
        '{name: Asha, phones: ["+91 22 2778 0000", home: "09876543210"]}',
        '{name: Asha, phones: ["+91 22 2778 0000", work: "09876543210"], conflicts: '
        "[{field: phones.+919876543210.label, base: mobile, kept: work, other: home}]}",
    ),
    "two spellings of one phone": (
        "contact",
        '{name: Asha, phones: ["+91 98765 43210"]}',
        '{name: Asha, phones: ["09876543210"]}',
        '{name: Asha, phones: ["98765-43210"]}',
        '{name: Asha, phones: ["09876543210"], conflicts: [{field: phones.+919876543210.value, '
        'base: "+91 98765 43210", kept: "09876543210", other: "98765-43210"}]}',
    ),
    "the parts of one postal address": (
        "contact",
        "{name: Asha, addresses: [{street: 1 Ring Road, city: Surat}]}",
        "{name: Asha, addresses: [office: {street: 1 Ring Road, city: Pune}]}",
        "{name: Asha, addresses: [{street: 1 RING ROAD, city: Surat, country: IN}]}",
        "{name: Asha, addresses: [office: {street: 1 RING ROAD, city: Pune, country: IN}]}",
    ),
    "two cities without a street are two addresses": (
        "contact",
        "{name: Asha}",
        "{name: Asha, addresses: [{city: Surat, country: IN}]}",
        "{name: Asha, addresses: [{city: Pune, country: IN}]}",
        "{name: Asha, addresses: [{city: Surat, country: IN}, {city: Pune, country: IN}]}",
    ),
    "two extensions of one number are two phones": (
        "contact",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, lab: +91 22 2778 0000 ext 2]}",
        "{name: Asha, phones: [lab: +91 22 2778 0000 ext 2, desk: +91 22 2778 0000 ext 1]}",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, old: +91 22 2778 0000 ext 2]}",
        "{name: Asha, phones: [desk: +91 22 2778 0000 ext 1, old: +91 22 2778 0000 ext 2]}",
    ),
    "one item twice, one of them removed": (
        "contact",
        "{name: Asha, handles: [asha, asha]}",
        "{name: Asha, handles: [asha]}",
        "{name: Asha, handles: [asha, asha, ravi]}",
        "{name: Asha, handles: [asha, ravi]}",
    ),
    "an item edited here, removed there": (
        "deal",
        "{name: Website, contacts: [buyer: asha]}",
        "{name: Website}",
        "{name: Website, contacts: [boss: asha]}",
        "{name: Website, contacts: [boss: asha], conflicts: "
        "[{field: contacts.asha, base: {buyer: asha}, kept: {boss: asha}}]}",
    ),
    "maps in a list are known by their keys": (
        "contact",
        "{name: Asha, affiliations: [{organization: acme, role: buyer}]}",
        "{name: Asha, affiliations: [{organization: club, role: member}, {organization: acme, role: head}]}",
        "{name: Asha, affiliations: [{organization: acme, role: buyer, to: '2026', desk: 4}]}",
        "{name: Asha, affiliations: [{organization: club, role: member}, "
        "{organization: acme, role: head, to: '2026', desk: 4}]}",
    ),
    "an unknown part of a map in a list": (
        "contact",
        "{name: Asha, relations: [{type: boss, contact: bob}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2020'}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2021'}]}",
        "{name: Asha, relations: [{type: boss, contact: bob, since: '2020'}], conflicts: "
        "[{field: relations.boss|bob.since, kept: '2020', other: '2021'}]}",
    ),
    "unknown keys: a number, a bool and a text are three values": (
        "contact",
        "{name: Asha, a: 1, b: 1, c: 1}",
        "{name: Asha, a: true, b: '1', c: '1'}",
        "{name: Asha, a: '1', b: 1, c: \"1\"}",
        "{name: Asha, a: true, b: '1', c: '1', conflicts: [{field: a, base: '1', kept: 'true', other: \"'1'\"}]}",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_two_edits_become(row: str) -> None:
    kind, base, x, y, expected = ROWS[row]
    assert merged(kind, base, x, y).record == record(kind, expected)
