"""What a half-typed word of a query could become: fields, values of closed lists, dates, views.

Nothing here raises: what cannot be understood has no completions.
"""

from collections.abc import Iterable, Sequence

from crm_cli.base.errors import BadRequest
from crm_cli.query.fields import Target, names_of, resolve
from crm_cli.query.operands import OPERATORS
from crm_cli.query.order import NO_ORDER
from crm_cli.query.world import World
from crm_cli.schema.kind import Kind
from crm_cli.schema.problem import CLASSES
from crm_cli.schema.record import ADDRESS_PARTS, CHANNELS

FIRST = ("has:", "no:", "sort:", "limit:", "archived:any")
DATES = ("today", "yesterday", "tomorrow", "overdue", "..today", "today..", "today..+7d", "-30d..")


def candidates(word: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """The whole words that begin with this one, each once."""
    if word.startswith("@"):
        found: Iterable[str] = (f"@{_as_word(name)}" for name in world.views())
    elif ":" in word:
        head, _, rest = word.partition(":")
        before, comma, _ = rest.rpartition(",")
        done = before.split(",")
        found = (f"{head}:{before}{comma}{value}" for value in _values(head, world, kinds) if value not in done)
    else:
        found = _names(word, world, kinds)
    return list(dict.fromkeys(one for one in found if one.startswith(word) and one != word))


def _as_word(name: str) -> str:
    return f'"{name}"' if any(char.isspace() for char in name) else name


def _names(word: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """Fields with their operators, where a path may go on, and the words that are no fields."""
    before, dot, _ = word.rpartition(".")
    found = [] if dot else [one for one in FIRST if word or one != "archived:any"]
    for name in _fields(before, world, kinds):
        path = f"{before}{dot}{name}"
        target = _target(path, world, kinds) if path.startswith(word) else None
        if target is None:
            continue
        if target.type in ("map", "maps", "address"):
            found.append(f"{path}.")
        if OPERATORS[target.type]:
            found.append(f"{path}:")
        if target.type in ("link", "reverse"):
            found.append(f"{path}.")
        if path == word:
            found += [f"{path}{more}" for more in ("~", ".not:") if more != "~" or "~" in OPERATORS[target.type]]
    return found


def _fields(before: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """The names that may stand behind a path, which may be empty; singulars instead of plurals."""
    if before:
        return _parts(_target(before, world, kinds), world)
    return [name for kind in kinds for name in _singulars(kind, world)]


def _singulars(kind: Kind, world: World) -> list[str]:
    plurals = {field.name for field in kind.fields if field.singular}
    return [name for name in names_of(kind, world) if name not in plurals]


def _parts(target: Target | None, world: World) -> list[str]:
    if target is None:
        return []
    if target.type in ("link", "reverse") and not target.worked_out:
        return [name for to in target.to if to in world.kinds.by_name for name in _singulars(world.kinds[to], world)]
    field = target.owner.by_name.get(target.name)
    if target.type == "address":
        return list(ADDRESS_PARTS)
    if target.type == "maps" and field:
        return [part.name for part in field.parts]
    if target.type == "map":
        return {"custom": sorted(world.custom(target.owner.name)), "consent": list(CHANNELS)}.get(target.name, [])
    return ["amount", "currency"] if target.type == "money" else []


def _values(head: str, world: World, kinds: Sequence[Kind]) -> list[str]:
    """What may stand behind the colon of a field, as far as that is a short list."""
    if head in ("has", "no"):
        return [name for name in _fields("", world, kinds) if name not in ("id", "record")]
    if head == "sort":
        names = [name for name in _fields("", world, kinds) if _sortable(_target(name, world, kinds))]
        return [*names, *(f"-{name}" for name in names)]
    target = _target(head.removesuffix(".not"), world, kinds)
    if target is None:
        return []
    if head == "archived":
        return ["any", *DATES]
    if target.name in ("owner", "by"):
        return ["me", *world.context.settings.users]
    fixed = {
        "bool": ["yes", "no"],
        "consent": ["yes", "no"],
        "date": list(DATES),
        "moment": list(DATES),
        "record": [kind.name for kind in world.kinds.all],
        "problems": ["any", *CLASSES],
    }
    return fixed.get(target.type, []) or list(_choices(head.removesuffix(".not"), world, kinds))


def _choices(path: str, world: World, kinds: Sequence[Kind]) -> dict[str, None]:
    return dict.fromkeys(choice for target in resolve(path, world, kinds) for choice in target.choices)


def _target(path: str, world: World, kinds: Sequence[Kind]) -> Target | None:
    try:
        return resolve(path, world, kinds)[0]
    except BadRequest:
        return None


def _sortable(target: Target | None) -> bool:
    return target is not None and not target.back and target.type not in NO_ORDER
