"""Run the YAML parsers: libyaml where it is installed, ruamel's own where not, and where libyaml gives up.

It is imported late, by the reader alone: `ruamel.yaml` costs about 40 ms.
"""

import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml.error import YAMLError

from crm_cli.schema.node import Node
from crm_cli.schema.problem import Problem
from crm_cli.store.codec.build import Refusal, build
from crm_cli.store.codec.explain import SEPARATORS, explain, separator_problem
from crm_cli.store.codec.pure import TextParser
from crm_cli.store.codec.scan import Scanned, line_of

try:
    from _ruamel_yaml import CParser as CParser
except ImportError:
    CParser = None

_BEYOND = re.compile(r"\\U(?!000|0010)[0-9A-Fa-f]{8}")


def read_events(scanned: Scanned, path: str, pure: bool) -> Node | Problem | None:
    """The root of a scanned file, None if it has none; a `pure` reader leaves libyaml out."""
    parsers: list[Callable[[str], Any]] = [TextParser]
    if not pure and CParser is not None:
        # libyaml refuses more than the other (`[12:30]`, `[why?]`), so what it refuses gets a second look.
        parsers.insert(0, CParser)
    problem: Problem | None = None
    for make in parsers:
        try:
            return build(make(scanned.source).get_event, scanned.source, scanned.restore)
        except Refusal as refusal:
            problem = Problem(path, refusal.line, refusal.code, refusal.message)
            if make is TextParser or "?" not in scanned.source:
                return problem
        except YAMLError as error:
            if make is TextParser:
                problem = explain(error, scanned.source, path)
        except (ValueError, OverflowError):
            problem = _beyond(scanned.source, path)
    assert problem is not None
    return _at_separator(scanned, problem)


def _beyond(source: str, path: str) -> Problem:
    match = _BEYOND.search(source)
    line = line_of(source, match.start()) if match else 0
    return Problem(path, line, "encoding", "an escape that is no character (beyond \\U0010FFFF)")


def _at_separator(scanned: Scanned, problem: Problem) -> Problem:
    """The same problem, or the line separator that stands in its line and is likelier to be meant."""
    for match in SEPARATORS.finditer(scanned.text):
        if line_of(scanned.text, match.start()) == problem.line:
            return separator_problem(scanned.text, match, problem.path)
    return problem
