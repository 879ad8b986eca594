"""Which tests run without the tracer of coverage, and how that list is made.

The tracer doubles the price of a test. Those that untraced.txt names are dear and reach hardly a line that no other
test reaches: they run all the same, only untraced. To make the list anew:

    CRM_TEST_TRACED=1 pytest -n auto --cov --cov-context=test --cov-report= --junitxml=.durations.xml
    python -m tests.untraced .durations.xml
"""

import os
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from pathlib import Path

import pytest
from coverage import CoverageData

LIST = Path(__file__).with_suffix(".txt")
DEAR = 0.1
"""Seconds that a test, with all its parameters, takes at least before it is worth a line of the list."""
WORTH = 0.3
"""Seconds that it has to take for every line that it alone reaches, besides a first half."""


def mark(items: Iterable[pytest.Item]) -> None:
    """Takes the tracer away from the tests that the list names."""
    if os.environ.get("CRM_TEST_TRACED"):
        return
    listed = set(LIST.read_text().split())
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name in listed or name.partition("::")[0] in listed:
            item.add_marker("no_cover")


def choose(seconds: Mapping[str, float], reached: Mapping[str, set[object]]) -> list[str]:
    """The tests that are worth more than what they alone reach, the dearest for that first."""
    readers = Counter(line for lines in reached.values() for line in lines)

    def price(name: str) -> float:
        return seconds[name] / (sum(readers[line] == 1 for line in reached[name]) + 0.5)

    dearest = [(-price(name), name) for name, spent in seconds.items() if spent >= DEAR]
    heapify(dearest)
    chosen: list[str] = []
    while dearest:
        _, name = heappop(dearest)
        # The more are chosen the more is reached by one alone, so a price only falls.
        now = price(name)
        if dearest and (-now, name) > dearest[0]:
            heappush(dearest, (-now, name))
        elif now < WORTH:
            break
        else:
            readers.subtract(reached[name])
            chosen.append(name)
    return chosen


def _durations(report: Path) -> dict[str, float]:
    seconds: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        module = case.get("classname", "").replace(".", "/") + ".py"
        seconds[f"{module}::{case.get('name', '').partition('[')[0]}"] += float(case.get("time", "0"))
    return dict(seconds)


def _reached(data: CoverageData) -> dict[str, set[object]]:
    """The lines that each test reaches; what importing alone reaches is no test's."""
    found: defaultdict[str, set[object]] = defaultdict(set)
    for file in data.measured_files():
        for line, names in data.contexts_by_lineno(file).items():
            for name in names:
                found[name.partition("|")[0].partition("[")[0]].add((file, line))
    alone = found.pop("", set())
    return defaultdict(set, {name: lines - alone for name, lines in found.items()})


if __name__ == "__main__":
    data = CoverageData()
    data.read()
    spent = _durations(Path(sys.argv[1]))
    LIST.write_text("\n".join(sorted(choose(spent, _reached(data)))) + "\n")
