"""Every console block of the README is run, top to bottom, as one session of a new user.

`…` in what is expected stands for anything within a line; `[exit N]` for an exit code that is not 0. What
goes to stderr is not shown in the blocks.
"""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.shell import Shell

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Every command of the blocks with the lines that it is expected to print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected: list[str], printed: list[str]) -> bool:
    """Whether the printed lines are those that were expected."""
    patterns = [".*".join(map(re.escape, line.split("…"))) for line in expected]
    return len(expected) == len(printed) and all(map(re.fullmatch, patterns, printed))


@pytest.mark.parametrize("page", ["README.md"])
def test_the_tour_runs(page: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home", tmp_path / "home")
    tour = commands((REPOSITORY / page).read_text(encoding="utf-8"))
    assert len(tour) > 10
    for line, expected in tour:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=shell.home,
            env=shell.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        printed = done.stdout.splitlines() + ([f"[exit {done.returncode}]"] if done.returncode else [])
        assert matches(expected, printed), f"$ {line}\nexpected {expected}\nprinted  {printed}\n{done.stderr}"


def test_links_lead_to_files() -> None:
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
