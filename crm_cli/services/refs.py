"""References: from what somebody typed to one record, by the first rule that gives any. Never a guess."""

from collections.abc import Iterator, Sequence

from crm_cli.base.errors import Ambiguous, Invalid, NotFound
from crm_cli.base.ids import is_id, slug
from crm_cli.base.lean import dataclass
from crm_cli.base.text import fold
from crm_cli.book import Book
from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Ids, OfKind, Or, Selection, Test
from crm_cli.schema.keys import phone_key, url_key
from crm_cli.schema.kind import Kind

PHONE_DIGITS = 7
RANDOM_PREFIX = 4
CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Found:
    """Where a reference leads."""

    kind: str
    id: str
    path: str


def resolve(book: Book, text: str, kinds: Sequence[Kind] = ()) -> Found:
    """The one record that is meant; `kinds` are those of a noun or an option, none means a bare reference.

    A bare reference finds tasks, interactions and views by id, exact name and random part alone.
    """
    among = tuple(kinds) or book.kinds.all
    ref, file = _id_of_file(book, text.strip())
    direct = _by_file(book, ref, among, file)
    if direct:
        return direct
    for number, condition in enumerate(_rules(book, ref, among, bare=not kinds)):
        found = [one for one in _found(book, among, condition) if file in (None, one.path)]
        if len(found) == 1:
            return _survivor(book, found[0], among)
        if found:
            raise _ambiguous(book, text, found)
        if not number:
            _refuse_unreadable(book, ref, among)
    if not text.strip():
        raise NotFound("a name or an id was expected, and it is empty")
    what = " or ".join(kind.name for kind in kinds) if kinds else "record"
    raise NotFound(f"no {what} is known as {text}", hint=_elsewhere(book, text, kinds))


def _id_of_file(book: Book, text: str) -> tuple[str, str | None]:
    """A reference, and the file if it spells one out, as shells complete it: `contacts/ID.yaml`, `tasks/ID` is none."""
    folder, _, rest = text.partition("/")
    if folder not in book.kinds.by_folder or not ("/" in rest or rest.endswith(".yaml")):
        return text, None
    file = text if text.endswith(".yaml") else f"{text}.yaml"
    return f"{folder}/{file.rpartition('/')[2].removesuffix('.yaml')}", file


def _by_file(book: Book, text: str, kinds: Sequence[Kind], file: str | None) -> Found | None:
    """The one record whose id this is, by its file alone; None where the index has to be asked.

    An id comes before all other rules, and programs name records by it: bringing the index up to date would be a
    third of their writes.
    """
    folder, _, stem = text.rpartition("/")
    if not is_id(stem) or book.prefers_index or (folder and folder not in book.kinds.by_folder):
        return None
    kinds = [kind for kind in kinds if not folder or kind.folder == folder]
    called = ((kind, path) for kind in kinds for path in book.files_called(kind, f"{stem}.yaml"))
    places = [(kind, path) for kind, path in called if file in (None, path)]
    if len(places) != 1:
        return None
    kind, path = places[0]
    try:
        merged = book.record(path).merged_into
    except (Invalid, FileNotFoundError):
        return None
    return None if merged else Found(kind.name, stem, path)


def _elsewhere(book: Book, text: str, kinds: Sequence[Kind]) -> str:
    """The hint for a reference that leads nowhere: the record of another kind that it means, if it does."""
    if kinds:
        try:
            other = resolve(book, text)
        except (Ambiguous, Invalid, NotFound):
            pass
        else:
            open_ones = f"crm task list status:open {other.kind}:{other.id} shows what is to be done about it"
            about = {"task"} == {kind.name for kind in kinds} and other.kind in ("contact", "organization", "deal")
            return open_ones if about else f"that is the {other.kind} {other.id}"
    return f"crm find {text.split()[0]} looks everywhere"


def resolve_all(book: Book, texts: Sequence[str], kinds: Sequence[Kind] = ()) -> list[Found]:
    """Every reference, all of them before anything is done; each record once."""
    return list(dict.fromkeys(resolve(book, text, kinds) for text in texts))


def _rules(book: Book, text: str, kinds: Sequence[Kind], *, bare: bool) -> Iterator[Condition]:
    folded = fold(text)
    if not folded:  # accents and joiners alone would be the beginning of every name
        return
    folder, _, stem = text.rpartition("/")
    if is_id(stem) and (not folder or folder in book.kinds.by_folder):
        ids = Ids((stem,))
        yield And((ids, OfKind((book.kinds.by_folder[folder].name,)))) if folder else ids
    full = tuple(kind.name for kind in kinds if kind.bare) if bare else tuple(kind.name for kind in kinds)
    some = OfKind(full)
    yield And((PRESENT, some, _address(book, text, folded)))
    # The name as it is spelt comes first: Meena and मीना are two people to whoever types one of them.
    yield And((PRESENT, Test(("name",), "equal", (folded,))))
    yield And((PRESENT, Test(("name",), "sounds", (text,))))
    yield Test(("random",), "equal", (text.lower(),))
    begins: list[Condition] = [Test(("name",), "begins", (folded,))]
    if begin := slug(text, ""):
        begins.append(Test(("slug",), "begins", (begin,)))
    yield And((PRESENT, some, Or(tuple(begins))))
    within = Test(("name",), "sounds", (text,), within=True)
    yield And((PRESENT, some, Or((Test(("name",), "contains", (folded,)), within))))
    if len(text) >= RANDOM_PREFIX:
        yield And((PRESENT, some, Test(("random",), "begins", (text.lower(),))))


def _address(book: Book, text: str, folded: str) -> Condition:
    tests: list[Condition] = [
        Test(("emails",), "equal", (folded,)),
        Test(("website",), "equal", (url_key(text),)),
        Test(("tax_id",), "equal", (folded,)),
    ]
    if sum(char.isdigit() for char in text) >= PHONE_DIGITS:
        tests.append(Test(("phones",), "equal", (phone_key(text, book.settings.country),)))
    return Or(tuple(tests))


def _found(book: Book, kinds: Sequence[Kind], condition: Condition) -> list[Found]:
    rows = book.stored.ids(kinds, Selection(condition, limit=CANDIDATES))
    return [Found(kind, id, path) for kind, id, path in rows]


def _refuse_unreadable(book: Book, text: str, kinds: Sequence[Kind]) -> None:
    """Raises `Invalid` with what is wrong when the text is the id of a record whose file cannot be read."""
    folder, _, stem = text.rpartition("/")
    if not is_id(stem) or not book.stored.has_problems:
        return
    for problem in book.stored.problems():
        kind = book.kinds.of_path(problem.path)
        here = kind in kinds and (not folder or kind is book.kinds.by_folder.get(folder))
        if here and problem.severity == "structural" and problem.path.endswith(f"/{stem}.yaml"):
            raise Invalid(f"{problem.where}: {problem.message}", hint="mend the file by hand, or see crm doctor")


def _survivor(book: Book, found: Found, kinds: Sequence[Kind]) -> Found:
    """The record that a merged-away one lives on in; circles end where they began."""
    seen = {found.id}
    while True:
        rows = list(book.stored.select([book.kinds[found.kind]], Selection(Ids((found.id,))), [("merged_into",)]))
        target = rows[0][0] if rows else None
        if not target or target in seen:
            return found
        seen.add(target)
        next_one = _found(book, kinds, Ids((target,)))
        if len(next_one) != 1:
            return found
        found = next_one[0]


def _ambiguous(book: Book, text: str, found: Sequence[Found]) -> Ambiguous:
    ids = Ids(tuple(one.id for one in found))
    kinds = book.kinds.named(one.kind for one in found)
    names = dict(book.stored.select(kinds, Selection(ids), [("path",), ("name",)]))
    twice = len({one.id for one in found}) < len(found)
    lines = [f"{one.path.removesuffix('.yaml') if twice else one.id}  {names.get(one.path) or ''}" for one in found]
    hint = f"name one of them by its {'file' if twice else 'id'}"
    return Ambiguous(f"{text} could be {len(found)} records", hint=hint, candidates=lines)


@dataclass(frozen=True, slots=True)
class Linker:
    """Resolves the text of a link to an id among the kinds that it may lead to."""

    book: Book

    def __call__(self, to: Sequence[str], text: str) -> str:
        return resolve(self.book, text, link_kinds(self.book, to)).id


def link_kinds(book: Book, to: Sequence[str]) -> tuple[Kind, ...]:
    """The kinds that a link may lead to: all where none is named; `Invalid` where those that are named do not exist."""
    found = tuple(book.kinds[name] for name in to if name in book.kinds.by_name)
    if to and not found:
        raise Invalid(f"there are no {' or '.join(f'{name}s' for name in to)} yet, so nothing can be linked to one")
    return found or tuple(book.kinds.all)
