"""What a person's hand or another program may leave in a record's file, and what has to hold then."""

import json
from typing import Any

from tests.shell import Shell

PATH = "contacts/asha.yaml"


def record(text: str | bytes) -> bytes:
    """The file of a contact with these lines in it."""
    return b"name: Asha Sharma\n" + (text if isinstance(text, bytes) else text.encode()) + b"\n"


def check_unreadable(shell: Shell, data: bytes, line: int | None, said: str) -> None:
    """The file is left as it is and told in one line; everything else of the book works."""
    place = shell.write(PATH, data)
    where = f"crm: {PATH}:{line}: " if line else f"crm: {PATH}: "
    listed = shell.crm("contact", "list", "--fields", "name")
    assert (listed.code, listed.out) == (9, "Ravi Rao\n")
    assert len(listed.err.splitlines()) == 2
    assert listed.err.startswith(where)
    assert said in listed.err
    assert len(json.loads(shell.crm("contact", "list", "--json").out)) == 1
    for words in (("show", "asha"), ("set", "contacts/asha", "nickname=Ash")):
        refused = shell.crm(*words)
        assert (refused.code, refused.out) == (5, "")
        assert refused.err.startswith(where)
        assert len(refused.err.splitlines()) <= 3
    written = shell.crm("set", "ravi", "nickname=Rav")
    assert written.code == 0, written.err
    assert "asha" not in written.err
    assert place.read_bytes() == data
    assert shell.git("status", "--porcelain") == f"?? {PATH}\n"


def shown(shell: Shell, ref: str, code: int = 0) -> dict[str, Any]:
    """A record as JSON."""
    result = shell.crm("show", ref, "--json")
    assert result.code == code, result.err
    found: dict[str, Any] = json.loads(result.out)[0]
    return found


def check_kept(shell: Shell, text: str | bytes, values: dict[str, Any]) -> None:
    """The values are read as stated, and a write to another field leaves every byte of them."""
    data = record(text)
    place = shell.write(PATH, data)
    before = shown(shell, "asha")
    assert {name: at(before, name) for name in values} == values
    assert before["problems"] == []
    shell.ok("set asha department=Sales")
    after = place.read_bytes()
    assert after.count(b"department: Sales\n") == 1
    assert after.replace(b"department: Sales\n", b"") == data
    assert shown(shell, "asha") == {**before, "department": "Sales"}


def at(found: Any, path: str) -> Any:
    """The value of a field; dots lead into maps."""
    for step in path.split("."):
        found = found[step]
    return found


def check_field_lost(shell: Shell, path: str, data: bytes, problem: dict[str, Any], other: str, good: str) -> None:
    """The bad value costs its field alone; other fields, then the field itself, can be set and cleared."""
    place = shell.write(path, data)
    ref = path.rpartition("/")[2].removesuffix(".yaml")
    name, kind = problem["field"], {"contacts": "contact", "deals": "deal"}.get(path.partition("/")[0], "task")
    listed = shell.crm(kind, "list", "--ids")
    assert listed.code == 9
    assert ref in listed.lines
    assert len(listed.err.splitlines()) == 2
    assert listed.err.startswith(f"crm: {path}:{problem['line']}: ")
    found = shown(shell, ref, code=9)
    assert found[name] in (None, [], {})
    assert [{key: one[key] for key in problem} for one in found["problems"]] == [problem]
    lines = data.splitlines()
    shell.ok(f"set {ref} {other}")
    assert [line for line in place.read_bytes().splitlines() if line in lines] == lines
    shell.ok(f"set {ref} '{good}'")
    assert shown(shell, ref)["problems"] == []
    place.write_bytes(data)
    shell.ok(f"set {ref} {name}=")
    assert shown(shell, ref)[name] in (None, [], {})
