"""What is wrong between records: links that lead nowhere, ids that two files have, circles of merged records."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crm_cli.base.errors import BadValue
from crm_cli.schema.field import Field
from crm_cli.schema.problem import Problem
from crm_cli.schema.settings import Settings
from crm_cli.schema.values import parse_link
from crm_cli.services.doctor.leaves import Leaf
from crm_cli.services.doctor.survey import Page, Survey

_ANY = Settings()
_OF_TOMBSTONES = {"name", "created", "archived", "merged_into"}


def duplicate_ids(seen: Survey) -> Iterator[Problem]:
    """Ids that several files have, one problem for each of the files."""
    for id, paths in seen.places.items():
        for path in paths if len(paths) > 1 else []:
            others = ", ".join(other.removesuffix(".yaml") for other in paths if other != path)
            message = f"{others} has the id {id} too; write links to either as FOLDER/{id}, or rename one of the files"
            yield Problem(path, 0, "duplicate-id", message)


def dangling_links(page: Page, seen: Survey) -> Iterator[Problem]:
    """Links to records that there are not, or that are of another kind than the field is for."""
    for leaf in page.links:
        message = _dangling(leaf, seen) if is_link(leaf.text) else ""
        if message:
            yield Problem(page.path, leaf.node.line, "dangling-link", message, leaf.field, leaf.text)


def _dangling(leaf: Leaf, seen: Survey) -> str:
    folder, _, id = leaf.text.rpartition("/")
    allowed = [seen.kinds[name] for name in leaf.to if name in seen.kinds.by_name]
    if leaf.to and not allowed:
        return ""  # a kind that a newer program knows: its files are not ours to judge
    paths = [path for path in seen.places.get(id, []) if not folder or path.partition("/")[0] == folder]
    if not paths:
        return f"there is no record {leaf.text}; set the field anew, or clear it"
    found = [kind for path in paths if (kind := seen.kinds.of_path(path))]
    if allowed and not any(kind in allowed for kind in found):
        wanted = " or ".join(kind.name for kind in allowed)
        return f"{leaf.text} is a {found[0].name}, and this field is for a {wanted}"
    return ""


def is_link(text: str) -> bool:
    """Whether a text has the form of a link."""
    try:
        parse_link(text, Field("link", "link"), _ANY)
    except BadValue:
        return False
    return True


def target(leaf: Leaf, seen: Survey) -> str | None:
    """The id that a link which is no id must mean: that of the only record with this name."""
    found = {page.record.id for page in seen.named(leaf.text, leaf.to)}
    return next(iter(found)) if len(found) == 1 else None


def with_proposals(page: Page, seen: Survey) -> Iterator[Problem]:
    """The problems of a page; a link that is no id gets the id that it must mean as its fix."""
    for problem in page.problems:
        if problem.code != "bad-link":
            yield problem
            continue
        bad = [leaf for leaf in page.links if leaf.top == problem.field and not is_link(leaf.text)]
        meant = [target(leaf, seen) for leaf in bad]
        if bad and all(meant):
            yield replace(problem, fix=f"sets it to {', '.join(filter(None, meant))}")
        else:
            yield replace(problem, message=problem.message + _several(bad, seen))


def _several(bad: Sequence[Leaf], seen: Survey) -> str:
    for leaf in bad:
        found = [page.record.id for page in seen.named(leaf.text, leaf.to)]
        if len(found) > 1:
            return f"; {leaf.text} could be {', '.join(found[:5])}"
        if not found:
            return f"; no record is called {leaf.text}"
    return ""


def merge_circles(seen: Survey) -> Iterator[Problem]:
    """Records that were merged into each other, so that none of them is left; the only one with content can stay."""
    into = {page.record.id: stem_of_link(page.record.merged_into) for page in seen.pages if page.record.merged_into}
    pages = {page.record.id: page for page in seen.pages}
    for page in seen.pages:
        way = [page.record.id]
        while (following := into.get(way[-1])) and following not in way:
            way.append(following)
        if following == page.record.id:
            message = (
                f"merged in a circle: {' -> '.join([*way, following])}; take merged_into out of the one that stays"
            )
            stays = way if len(way) == 1 else [id for id in way if _holds_more(pages[id])]
            fix = "takes merged_into out" if stays == [page.record.id] else ""
            yield Problem(page.path, _line(page, "merged_into"), "merge-circle", message, "merged_into", fix=fix)


def _holds_more(page: Page) -> bool:
    """Whether a file says more than a tombstone does."""
    record = page.record
    names = (field.name for field in page.kind.stored if field.name not in _OF_TOMBSTONES)
    return bool(record.extra or record.problems or any(getattr(record, name) for name in names))


def stem_of_link(text: str) -> str:
    """The id in a link, without the folder in front."""
    return text.rpartition("/")[2]


def _line(page: Page, field: str) -> int:
    return next((leaf.node.line for leaf in page.links if leaf.field == field), 0)


def attachments(seen: Survey) -> Iterator[Problem]:
    """Attachments that are missing or lie elsewhere, and files that nothing points to."""
    used: set[str] = set()
    for page in seen.pages:
        for leaf in page.attachments:
            path = attachment_path(leaf.text)
            message = _attachment(path, seen)
            if message:
                yield Problem(page.path, leaf.node.line, "attachment", message, leaf.field, leaf.text)
            used.add(path or "")
    place = seen.root / "attachments"
    if place.is_symlink():
        return
    for found in sorted(place.rglob("*")):
        path = found.relative_to(seen.root).as_posix()
        if path not in used and not found.name.startswith(".") and (found.is_symlink() or found.is_file()):
            yield Problem(path, 0, "attachment", "no record points to this file")


def attachment_path(text: str) -> str | None:
    """The path in the book that an attachment means, with or without the folder in front; None for one outside."""
    parts = text.strip().removeprefix("attachments/").split("/")
    if text.startswith("/") or "://" in text or any(part in ("", ".", "..") for part in parts):
        return None
    return "/".join(("attachments", *parts))


def _attachment(path: str | None, seen: Survey) -> str:
    if path is None:
        return "an attachment is the path of a file below attachments/; copy the file there, or use urls"
    place = seen.root / path
    try:
        if place.is_symlink() or not place.resolve().is_relative_to(seen.root.resolve()):
            return f"{path} leads out of the book, where other clones cannot follow"
        found = place.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, not a character of a path, links in a circle
        return f"{path[:80]} leads nowhere: no file can have this path; clear it, or name the file that is meant"
    return "" if found else f"there is no file {path}"
