"""What reading one YAML file gives: its text, its tree, and what is worth a warning."""

from crm_cli.base.lean import dataclass
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
    bom: bool
    newline: str
    warnings: list[Problem]

    def __init__(  # written out, since every file is one
        self, path: str, text: str, root: Map, bom: bool, newline: str, warnings: list[Problem]
    ) -> None:
        self.path = path
        self.text = text
        self.root = root
        self.bom = bom
        self.newline = newline
        self.warnings = warnings
