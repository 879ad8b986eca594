"""What reading one YAML file gives: its text, its tree, and what is worth a warning."""

from dataclasses import dataclass, field

from crm_cli.schema.node import Map
from crm_cli.schema.problem import Problem

MAX_BYTES = 1 << 20
MAX_LEVELS = 16
MAX_NODES = 20_000


@dataclass(slots=True)
class Document:
    """One readable file. `text` has no byte order mark; positions in `root` are offsets into it."""

    path: str
    text: str
    root: Map
    bom: bool = False
    newline: str = "\n"
    warnings: list[Problem] = field(default_factory=list)
