"""Writes believable books of any size, the same ones every time: `python -m benchmarks.books DIR COUNT [people]`.

The files are put together as text, without the program that is to be measured. Of 100 records 40 are contacts, 5
organizations, 15 deals, 10 tasks and 30 interactions, and views on top; in a book of people 95 are contacts and 5
organizations. A process of its own does this, since a child's peak of memory begins at that of the process which
starts it.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from benchmarks import people

TODAY = date(2026, 11, 20)
SHARES = {
    "": {"organizations": 5, "contacts": 40, "deals": 15, "tasks": 10, "interactions": 30},
    "people": {"organizations": 5, "contacts": 95, "deals": 0, "tasks": 0, "interactions": 0},
}
LETTERS = "abcdefghjkmnpqrstvwxyz"

CRM_YAML = """\
format: 1
name: Studio Neem
currency: INR
country: IN
language: en
timezone: Asia/Kolkata
cadence_by_tag:
  key-account: 3w
  past-client: 10w
fields:
  contact:
    allergy:
      type: choice
      choices: [peanuts, gluten, dairy]
users:
  meera:
    name: Meera Wagle
    emails:
      - meera@studio.example
  rohan:
    name: Rohan Bhatkar
    emails:
      - rohan@studio.example
"""
VIEW = (
    "name: hot\nkind: deal\nquery: stage:proposal,negotiation\nsort: close_date\n\ncreated: 2026-10-01T09:30:00+05:30\n"
)

File = tuple[str, str]
"""Path from the root of the book, and text."""


def book(count: int, of: str = "", seed: int = 1) -> Iterator[File]:
    """Every file of a book of that many records; `of` is a key of SHARES."""
    yield "crm.yaml", CRM_YAML
    yield "views/hot-g7b4k1.yaml", VIEW
    pick = random.Random(seed)
    sizes = {folder: count * share // 100 for folder, share in SHARES[of].items()}
    firms = [_firm(pick, number) for number in range(sizes["organizations"])]
    yield from (file for _id, _name, file in firms)
    contacts = [_contact(pick, number, firms) for number in range(sizes["contacts"])]
    yield from (file for _id, _name, file in contacts)
    deals = [_deal(pick, number, firms, contacts) for number in range(sizes["deals"])]
    yield from (file for _id, _name, file in deals)
    for number in range(sizes["tasks"]):
        yield _task(pick, number, contacts, deals)
    for number in range(sizes["interactions"]):
        yield _interaction(pick, number, contacts, deals)


def write(root: Path, files: Iterator[File]) -> int:
    """Writes the files below a directory; how many there were."""
    made: set[str] = set()
    count = 0
    for path, text in files:
        folder = os.path.dirname(path)
        if folder not in made:
            os.makedirs(root / folder, exist_ok=True)
            made.add(folder)
        descriptor = os.open(root / path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(descriptor, text.encode())
        os.close(descriptor)
        count += 1
    return count


def random_part(number: int) -> str:
    """Six characters as at the end of an id, different for every number."""
    mixed = (number + 1) * 48271 % 22**6
    return "".join(LETTERS[mixed // 22**place % 22] for place in range(6))


Known = tuple[str, str, File]
"""Id, name and file."""


def _firm(pick: random.Random, number: int) -> Known:
    word, (business, industry) = pick.choice(people.FIRMS), pick.choice(people.BUSINESSES)
    city, state, code = pick.choice(people.CITIES)
    name = f"{word} {business} {number}"
    id = f"{word.lower()}-{business.lower()}-{number}-{random_part(number)}"
    text = (
        f"name: {name}\nlegal_name: {name} Private Limited\n\nwebsite: https://{word.lower()}{number}.example\n"
        f'emails:\n  - office@{word.lower()}{number}.example\nphones:\n  - office: "{_landline(pick)}"\n'
        f"addresses:\n  - office:\n      street: {pick.randint(1, 400)} Ring Road\n      city: {city}\n"
        f'      state: {state}\n      postcode: "{code}{pick.randint(1, 99):02}"\n      country: IN\n\n'
        f"industry: {industry}\nsize: {pick.randint(2, 400)}\nterritory: {city}\nroles:\n  - customer\n\n"
        f"payment_terms: 30 days\n{_sometimes(pick, 20, 'cadence: 6w')}\n{_tail(pick)}"
    )
    return id, name, (f"organizations/{id}.yaml", text)


def _contact(pick: random.Random, number: int, firms: Sequence[Known]) -> Known:
    (given, hindi), (family, surname) = pick.choice(people.GIVEN), pick.choice(people.FAMILY)
    name = f"{hindi} {surname}" if hindi and number % 4 == 0 else f"{given} {family}"
    latin = f"{given.lower().replace('ö', 'o')}.{family.lower()}"
    id = f"{latin.replace('.', '-')}-{random_part(number)}"
    firm = f"organization: {pick.choice(firms)[0]}\n" if firms and number % 3 else ""
    born = date(1955, 1, 1) + timedelta(days=pick.randrange(16_000))
    language = "hi" if number % 4 == 0 and hindi else "en"
    text = (
        f"name: {name}\ntitle: {pick.choice(people.TITLES)}\n{firm}\nemails:\n  - {latin}{number}@mailbox.example\n"
        + _sometimes(pick, 25, f"  - work: {latin}@firm{number % 97}.example")
        + f'phones:\n  - mobile: "{_mobile(pick)}"\n'
        + _sometimes(pick, 15, f'  - work: "{_landline(pick)}"')
        + _sometimes(pick, 30, f"\nbirthday: {born}")
        + f"\nlanguage: {language}\nlifecycle: {pick.choice(('lead', 'customer', 'customer', 'other'))}\n"
        + _sometimes(pick, 20, f"cadence: {pick.choice((4, 6, 8, 12))}w")
        + _sometimes(pick, 30, "\nconsent:\n  email: yes 2026-09-25\n  whatsapp: yes 2026-09-25")
        + _sometimes(pick, 10, "facts:\n  likes: block prints and filter coffee")
        + f"\n{_tail(pick)}"
        + _sometimes(pick, 5, "custom:\n  allergy: peanuts")
    )
    return id, name, (f"contacts/{id}.yaml", text)


def _deal(pick: random.Random, number: int, firms: Sequence[Known], contacts: Sequence[Known]) -> Known:
    firm, person, work = pick.choice(firms), pick.choice(contacts), pick.choice(people.WORK)
    name = f"{firm[1].rpartition(' ')[0]} {work}"
    id = f"{name.lower().replace(' ', '-')}-{random_part(number)}"
    start = TODAY - timedelta(days=pick.randrange(10, 700))
    reached = pick.randrange(1, 5)
    closed = pick.choice(("won", "won", "lost")) if number % 2 else ""
    steps = [*people.STAGES[:reached], *([closed] if closed else [])]
    history = "".join(
        f"  - stage: {stage}\n    at: {min(TODAY, start + timedelta(days=9 * at))}T11:15:00+05:30\n    by: meera\n"
        for at, stage in enumerate(steps)
    )
    ended = min(TODAY, start + timedelta(days=9 * (len(steps) - 1)))
    over = f"closed_at: {ended}T11:15:00+05:30\n" if closed else ""
    why = f"lost_reason: {pick.choice(people.LOST)}\n" if closed == "lost" else ""
    text = (
        f"name: {name}\norganization: {firm[0]}\ncontacts:\n  - champion: {person[0]}\n\npipeline: sales\n"
        f"stage: {steps[-1]}\namount: {pick.randrange(10, 900)}000 INR\n"
        f"close_date: {TODAY + timedelta(days=pick.randrange(-60, 120))}\n{over}{why}"
        f"\nnext_step: {pick.choice(people.TASKS)} {work}\n\nstage_history:\n{history}\n{_tail(pick, start)}"
    )
    return id, name, (f"deals/{id}.yaml", text)


def _task(pick: random.Random, number: int, contacts: Sequence[Known], deals: Sequence[Known]) -> File:
    name = f"{pick.choice(people.TASKS)} {pick.choice(people.WORK)}"
    id = f"{name.lower().replace(' ', '-')}-{random_part(number)}"
    due = TODAY + timedelta(days=pick.randrange(-20, 60) if number % 20 == 0 else pick.randrange(2, 400))
    status = "done" if number % 3 == 0 else "open"
    about = f"deal: {pick.choice(deals)[0]}\n" if number % 2 else ""
    text = (
        f"name: {name}\ndue: {due}\nkind: call\n\ncontact: {pick.choice(contacts)[0]}\n{about}\npriority: "
        f"{pick.choice(('low', 'normal', 'normal', 'high'))}\nstatus: {status}\n"
        f"{_sometimes(pick, 5, 'every: 2w')}\nowner: {pick.choice(people.USERS)}\n\n"
        f"created: {TODAY - timedelta(days=pick.randrange(1, 90))}T09:30:00+05:30\n"
    )
    return f"tasks/{id}.yaml", text


def _interaction(pick: random.Random, number: int, contacts: Sequence[Known], deals: Sequence[Known]) -> File:
    day, channel = TODAY - timedelta(days=pick.randrange(0, 1200)), pick.choice(people.CHANNELS)
    person = pick.choice(contacts)[0]
    id = f"{day}-{channel}-{person.rpartition('-')[0]}-{random_part(number)}"
    about = f"deal: {pick.choice(deals)[0]}\n" if number % 3 == 0 else ""
    at = f"{day}T{pick.randrange(9, 19):02}:{pick.randrange(60):02}:00+05:30"
    body = "\n  ".join(pick.sample(people.SENTENCES, pick.randrange(1, 4)))
    text = (
        f"at: {at}\nkind: {channel}\ndirection: {pick.choice(('in', 'out'))}\n\ncontacts:\n  - {person}\n{about}\n"
        f"subject: About the {pick.choice(people.WORK)}\nbody: |\n  {body}\n\nby: {pick.choice(people.USERS)}\n\n"
        f"created: {at}\n"
    )
    return f"interactions/{day:%Y/%m}/{id}.yaml", text


def _tail(pick: random.Random, made: date | None = None) -> str:
    made = made or TODAY - timedelta(days=pick.randrange(1, 900))
    tags = "".join(f"  - {tag}\n" for tag in sorted(pick.sample(people.TAGS, pick.choice((0, 0, 1, 1, 2)))))
    notes = "".join(f"  {sentence}\n" for sentence in pick.sample(people.SENTENCES, pick.randrange(0, 3)))
    return (
        (f"tags:\n{tags}" if tags else "")
        + f"owner: {pick.choice(people.USERS)}\nsource: {pick.choice(people.SOURCES)}\n"
        + (f"notes: |\n{notes}\n" if notes else "\n")
        + f"created: {made}T{pick.randrange(9, 19):02}:20:00+05:30\n"
    )


def _sometimes(pick: random.Random, percent: int, line: str) -> str:
    return f"{line}\n" if pick.randrange(100) < percent else ""


def _mobile(pick: random.Random) -> str:
    return f"+91 9{pick.randrange(1000, 9999)} {pick.randrange(10000, 99999)}"


def _landline(pick: random.Random) -> str:
    return f"+91 261 {pick.randrange(200, 300)} {pick.randrange(1000, 9999)}"


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), book(int(sys.argv[2]), *sys.argv[3:])))
