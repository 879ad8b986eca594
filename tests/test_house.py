"""The rules of the house that a machine can check: sizes, opening sentences, doors, what a list imports."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.shell import Shell

PACKAGE = REPOSITORY / "crm_cli"
MODULES = sorted(PACKAGE.rglob("*.py"))
FILE_LINES = 300
FUNCTION_LINES = 40
NOT_FOR_A_LIST = {
    "git",
    "rich",
    "textual",
    "ruamel",
    "phonenumbers",
    "dateutil",
    "stdnum",
    "email_validator",
    "icalendar",
}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_file_is_longer_than_the_budget() -> None:
    sizes = {path.relative_to(REPOSITORY): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {str(path): lines for path, lines in sizes.items() if lines > FILE_LINES} == {}


def test_the_application_of_the_screens_stays_small() -> None:
    """The first file that grows without end in a program with screens."""
    assert len((PACKAGE / "tui" / "app.py").read_text().splitlines()) < 150


def test_no_function_is_longer_than_the_budget() -> None:
    long = {
        f"{path.relative_to(REPOSITORY)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in _functions(_tree(path))
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    }
    assert long == {}


def test_every_module_opens_with_what_it_is_for() -> None:
    assert [str(path) for path in MODULES if not ast.get_docstring(_tree(path))] == []


def test_every_public_function_has_a_sentence() -> None:
    silent = [
        f"{path.relative_to(REPOSITORY)}:{node.name}"
        for path in MODULES
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if not (ast.get_docstring(node) or "").splitlines()[:1]
    ]
    assert silent == []


def test_no_room_for_odds_and_ends() -> None:
    assert [path.name for path in MODULES if path.stem in ("utils", "helpers", "common", "misc")] == []


DOORS = {
    "typer": ("main.py", "cli/"),
    "rich": ("cli/", "tui/"),
    "textual": ("tui/",),
    "ruamel": ("store/codec/",),
    "sqlite3": ("store/index/",),
    "git": ("store/history.py",),
    "dateutil": ("base/dates.py",),
    "icalendar": ("formats/ics.py",),
    "smtplib": ("services/reminding/mailing.py",),
    "subprocess": ("store/git.py", "base/programs.py"),
}
"""Library -> where alone it may be imported."""


@cache
def _imports() -> dict[str, set[str]]:
    """Module -> the packages that it imports anywhere."""
    found: dict[str, set[str]] = {}
    for path in MODULES:
        names = found.setdefault(path.relative_to(PACKAGE).as_posix(), set())
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    strangers = [name for name, packages in _imports().items() if {library, f"_{library}_yaml"} & packages]
    assert [name for name in strangers if not name.startswith(DOORS[library])] == []


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all within it that are ever run: not what the type checker alone reads."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _run(child)


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Late imports count, as they are what hides a circle; what a table of names leads to does not."""
    paths = {".".join(path.relative_to(REPOSITORY).with_suffix("").parts): path for path in MODULES}
    trees = {name.removesuffix(".__init__"): _tree(path) for name, path in paths.items()}
    imported: dict[str, set[str]] = {name: set() for name in trees}
    for name, tree in trees.items():
        for node in _run(tree):
            if isinstance(node, ast.Import):
                imported[name] |= {alias.name for alias in node.names} & trees.keys()
            elif isinstance(node, ast.ImportFrom):
                of = node.module or ""
                inside = {f"{of}.{alias.name}" for alias in node.names}
                imported[name] |= (inside if inside <= trees.keys() else {of, *inside}) & trees.keys()
    TopologicalSorter(imported).prepare()  # fails with the circle


def imported_by(sample: Shell, program: str) -> set[str]:
    """The packages that a program has imported; it prints something, and last the names of all modules on stderr."""
    sample.ok("contact list")  # what is warm is measured: a first run reads the files
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=sample.book,
        env=sample.environ,
        capture_output=True,
        timeout=60,
        check=True,
    )
    imported = {name.split(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}
    assert done.stdout
    return imported


@pytest.mark.parametrize(
    "line", ["contact list", "deal list stage:won --json", "due", "find sharma", "contact list -o csv"]
)
def test_a_list_off_a_terminal_imports_nothing_heavy(sample: Shell, line: str) -> None:
    program = (
        "import sys, json\n"
        "from crm_cli.cli.app import run\n"
        f"run({line.split()!r})\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    assert imported_by(sample, program) & {*NOT_FOR_A_LIST, "typer"} == set()


def test_a_shell_prompt_imports_no_command_line_at_all(sample: Shell) -> None:
    program = (
        "import os, sys, json\n"
        "from crm_cli.main import main\n"
        "os._exit = sys.exit\n"  # by which it ends, without waiting for anybody
        "try:\n"
        "    main(['-C', '.', 'prompt'])\n"
        "finally:\n"
        "    print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    assert imported_by(sample, program) & {*NOT_FOR_A_LIST, "typer", "subprocess"} == set()
