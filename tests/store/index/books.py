"""Small made-up books for the tests of the index: records as their files, many ways to be odd."""

import os
import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from crm_cli.base.clock import zone
from crm_cli.schema.context import Context
from crm_cli.schema.settings import CustomField, Settings

TIMEZONE = "Asia/Kolkata"
SETTINGS = Settings(
    timezone=TIMEZONE,
    fields={
        "contact": {
            "allergy": CustomField("allergy", "choice", ("peanuts", "gluten")),
            "score": CustomField("score", "number"),
            "budget": CustomField("budget", "money"),
            "since": CustomField("since", "date"),
            "colours": CustomField("colours", "list"),
        }
    },
)
NAMES = [
    "Asha Sharma",
    "आशा शर्मा",
    "Ravi Patel",
    "राम वर्मा",
    "Usha",
    "José Muñoz",
    "A Rao",
    "Zoë",
    "O'Brien",
    "कमला",
    "Kamala Devi",
]
WORDS = ["vip", "cold", "Newsletter", "key-account", "ÉLAN", "नया"]
STAGES = ["prospecting", "proposal", "won", "lost", "nonsense"]
DAYS = [
    "2026-11-20",
    "2026-11-21",
    "2026-11-21T09:00+05:30",
    "2026-11-21T18:00+05:30",
    "2026-12-01",
    "2024-02-30",
    "2025-01-05",
]


def at(text: str = "2026-11-21T12:00") -> Context:
    """A context at a local moment."""
    return Context(SETTINGS, datetime.fromisoformat(text).replace(tzinfo=zone(TIMEZONE)))


def put(root: Path, path: str, text: str, hours_old: int = 1) -> None:
    """Writes a file as if that long ago, so that the index need not read it twice; each version has its own time."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    put.count += 1  # type: ignore[attr-defined]
    when = place.stat().st_mtime_ns - hours_old * 3_600_000_000_000 + put.count * 1000  # type: ignore[attr-defined]
    os.utime(place, ns=(when, when))


put.count = 0  # type: ignore[attr-defined]


def book(root: Path, files: Mapping[str, str]) -> Path:
    """A book of these files."""
    put(root, "crm.yaml", "")
    for path, text in files.items():
        put(root, path, text)
    return root


IDS = {
    "contacts": ["asha-k7m3q9", "ravi", "usha-b2c3d4", "kamala", "zoe-x9y8z7", "shared"],
    "organizations": ["acme-b4x8w2", "globex", "shared"],
    "deals": ["website-h2v8c1", "shop", "logo-c5d6e7"],
    "tasks": ["call-t1t1t1", "visit", "write-r3r3r3"],
    "interactions": ["2026-11-21-call-t8n4c6", "note-a1a1a1", "mail", "meet-m4m4m4"],
    "views": ["hot"],
}


def path_of(folder: str, id: str) -> str:
    """Where a record stands."""
    return f"{folder}/2026/11/{id}.yaml" if folder == "interactions" else f"{folder}/{id}.yaml"


def random_record(r: random.Random, folder: str) -> str:
    """A record of that folder as its file; now and then with something wrong in it."""
    if r.random() < 0.04:
        return r.choice(["name: [", "", "- a\n", "name: a\nname: b\n"])
    lines = {
        "contacts": _contact,
        "organizations": _organization,
        "deals": _deal,
        "tasks": _task,
        "interactions": _interaction,
        "views": _view,
    }[folder](r)
    lines += _maybe(r, 0.15, "archived: 2026-01-05")
    lines += _maybe(r, 0.3, f"tags: [{', '.join(r.sample(WORDS, 2))}]")
    lines += _maybe(r, 0.3, f"owner: {r.choice(['asha', 'Ravi'])}")
    lines += _maybe(r, 0.4, f"created: {r.choice(DAYS)}")
    lines += _maybe(r, 0.1, f"merged_into: {r.choice(IDS.get(folder, ['x']))}")
    lines += _maybe(r, 0.1, f"nick: {r.choice(WORDS)}")
    return "".join(f"{line}\n" for line in lines)


def _maybe(r: random.Random, chance: float, *lines: str) -> list[str]:
    return list(lines) if r.random() < chance else []


def _name(r: random.Random) -> list[str]:
    return _maybe(r, 0.95, f"name: {r.choice(NAMES)}")


def _link(r: random.Random, folder: str) -> str:
    id = r.choice([*IDS[folder], "nobody"])
    return f"{folder}/{id}" if r.random() < 0.2 else id


def _contact(r: random.Random) -> list[str]:
    lines = _name(r)
    lines += _maybe(r, 0.6, f"organization: {_link(r, 'organizations')}")
    lines += _maybe(r, 0.5, f"emails: [{r.choice('ab')}@Acme.example, work: c@x.example]")
    lines += _maybe(r, 0.4, f'phones: [mobile: "+91 98765 4321{r.randrange(3)}"]')
    lines += _maybe(r, 0.3, f"addresses: [office: {{street: 1 Road, city: {r.choice(['Surat', 'पुणे'])}}}]")
    lines += _maybe(r, 0.4, f"lifecycle: {r.choice(['lead', 'customer', 'former', 'x'])}")
    lines += _maybe(r, 0.5, f"cadence: {r.choice(['2w', '6w..8w', '1y'])}")
    lines += _maybe(r, 0.3, f"consent: {{whatsapp: {r.choice(['yes', 'no 2026-01-02'])}}}")
    lines += _maybe(r, 0.3, f"facts: {{likes: {r.choice(WORDS)}}}")
    lines += _maybe(r, 0.2, f"referred_by: {_link(r, r.choice(['contacts', 'organizations']))}")
    lines += _maybe(r, 0.2, f"distinct_from: [{r.choice(IDS['contacts'])}]")
    lines += _maybe(
        r, 0.2, f"affiliations: [{{organization: {r.choice(IDS['organizations'])}, role: {r.choice(WORDS)}}}]"
    )
    lines += _maybe(
        r, 0.3, f"custom: {{allergy: {r.choice(['peanuts', 'gluten'])}, score: {r.choice(['-1', '2.50', '10'])}}}"
    )
    lines += _maybe(r, 0.1, f"birthday: {r.choice(['1984-03-14', '--12-01'])}")
    return list({line.partition(":")[0]: line for line in lines}.values())


def _organization(r: random.Random) -> list[str]:
    lines = _name(r) + _maybe(r, 0.6, f"industry: {r.choice(['Textile', 'food', 'नया'])}")
    lines += _maybe(r, 0.3, f"parent: {_link(r, 'organizations')}") + _maybe(r, 0.5, "cadence: 3w")
    lines += _maybe(r, 0.4, f"size: {r.choice([0, 5, 200])}") + _maybe(r, 0.3, "website: https://www.acme.example/")
    return lines


def _deal(r: random.Random) -> list[str]:
    lines = _name(r) + _maybe(r, 0.7, f"organization: {_link(r, 'organizations')}")
    lines += _maybe(r, 0.7, f"contacts: [buyer: {_link(r, 'contacts')}, {_link(r, 'contacts')}]")
    lines += _maybe(r, 0.8, f"stage: {r.choice(STAGES)}")
    lines += _maybe(r, 0.8, f"amount: {r.choice(['100', '75000.50', '-5', '9'])} {r.choice(['INR', 'USD'])}")
    lines += _maybe(r, 0.3, f"probability: {r.choice([0, 30, 100])}") + _maybe(
        r, 0.4, f"close_date: {r.choice(DAYS)[:10]}"
    )
    lines += _maybe(r, 0.4, f"stage_history: [{{stage: proposal, at: {r.choice(DAYS)}}}]")
    return lines


def _task(r: random.Random) -> list[str]:
    lines = _name(r) + _maybe(r, 0.8, f"due: {r.choice(DAYS)}") + _maybe(r, 0.6, f"contact: {_link(r, 'contacts')}")
    lines += _maybe(r, 0.5, f"deal: {_link(r, 'deals')}") + _maybe(r, 0.5, f"organization: {_link(r, 'organizations')}")
    lines += _maybe(r, 0.7, f"status: {r.choice(['open', 'done', 'canceled'])}")
    lines += _maybe(r, 0.4, f"priority: {r.choice(['low', 'urgent', 'normal'])}") + _maybe(r, 0.3, "done: [2026-01-02]")
    return lines


def _interaction(r: random.Random) -> list[str]:
    lines = [f"at: {r.choice(DAYS)}", f"kind: {r.choice(['call', 'note', 'email', 'post'])}"]
    lines += _maybe(r, 0.4, f"direction: {r.choice(['in', 'out'])}") + _maybe(r, 0.4, f"deal: {_link(r, 'deals')}")
    lines += _maybe(r, 0.8, f"contacts: [{_link(r, 'contacts')}, {r.choice(IDS['contacts'])}]")
    lines += _maybe(r, 0.4, f"organization: {_link(r, 'organizations')}")
    lines += _maybe(r, 0.6, f'subject: {r.choice(NAMES)} wants 5% "more"') + _maybe(r, 0.4, "body: बात हुई")
    return lines


def _view(r: random.Random) -> list[str]:
    lines = [*_name(r), "query: stage:proposal"]
    return lines + _maybe(r, 0.5, f"include: [{_link(r, 'deals')}]") + _maybe(r, 0.3, "pinned: yes", "limit: 5")


def random_files(r: random.Random) -> dict[str, str]:
    """Files of a whole book."""
    chosen = [(folder, id) for folder, ids in IDS.items() for id in ids if r.random() < 0.8]
    return {path_of(folder, id): random_record(r, folder) for folder, id in chosen}
