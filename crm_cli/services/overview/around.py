"""What belongs to a person, a firm or a deal: the records that tell its story, as conditions."""

from crm_cli.schema.agenda import PRESENT
from crm_cli.schema.condition import And, Condition, Not, Or, Path, Test

BRIEFED = ("contact", "organization", "deal")
_WAYS: dict[tuple[str, str], tuple[Path, ...]] = {
    ("contact", "interaction"): (("contacts",),),
    ("contact", "deal"): (("contacts",),),
    ("organization", "interaction"): (("organization",), ("contacts", "organization"), ("deal", "organization")),
    ("organization", "task"): (("organization",), ("contact", "organization"), ("deal", "organization")),
    ("organization", "contact"): (("organization",),),
    ("deal", "interaction"): (("deal",),),
    ("deal", "task"): (("deal",),),
}


def around(kind: str, id: str, of: str) -> Condition:
    """The unarchived records of the kind `of` that are about the record of that kind and id."""
    return And((PRESENT, _about(kind, id, of)))


def _about(kind: str, id: str, of: str) -> Condition:
    if (kind, of) == ("contact", "task"):
        # What is to be done for a deal and says nobody's name concerns everybody who is on the deal.
        return Or((_leads(("contact",), id), And((Not(Test(("contact",), "has")), _leads(("deal", "contacts"), id)))))
    if (kind, of) == ("organization", "deal"):
        nobody = Not(Test(("organization",), "has"))
        return Or((_leads(("organization",), id), And((nobody, _leads(("contacts", "organization"), id)))))
    return Or(tuple(_leads(path, id) for path in _WAYS.get((kind, of), ())))


def _leads(path: Path, id: str) -> Condition:
    return Test(path, "equal", (id,))
