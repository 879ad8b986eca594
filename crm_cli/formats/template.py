"""Lines that a user lays out: `{name} <{email}>`. Only paths in braces, and `{{` and `}}` for braces themselves."""

from collections.abc import Sequence
from typing import Final

from crm_cli.base.errors import BadRequest
from crm_cli.base.lean import dataclass
from crm_cli.base.patterns import pattern

_PIECE: Final = pattern(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<path>[^{}]*)\}|(?P<stray>[{}])")


@dataclass(frozen=True, slots=True)
class Template:
    """`parts` are texts and places of `paths` in turn, beginning and ending with a text."""

    paths: tuple[str, ...]
    parts: tuple[str, ...]
    places: tuple[int, ...]

    def fill(self, cells: Sequence[str]) -> str:
        """The line for the texts of `paths`."""
        pieces = [self.parts[0]]
        for place, after in zip(self.places, self.parts[1:], strict=True):
            pieces.append(cells[place])
            pieces.append(after)
        return "".join(pieces)


def parse_template(text: str) -> Template:
    """The template that a text stands for; `BadRequest` for a brace that opens or closes nothing."""
    paths: dict[str, int] = {}
    parts, places = [""], []
    for found in _PIECE.finditer(text):
        if found["stray"]:
            raise BadRequest(
                f"--format: the {found['stray']} at character {found.start() + 1} has no partner",
                hint="write {{ and }} for braces: --format '{name} <{email}>'",
            )
        path = found["path"]
        if path is None:
            parts[-1] += found["text"] or found["brace"][0]
        elif not path.strip():
            raise BadRequest("--format: {} names no field", hint="name one: --format '{name} <{email}>'")
        else:
            places.append(paths.setdefault(path.strip(), len(paths)))
            parts.append("")
    return Template(tuple(paths), tuple(parts), tuple(places))
