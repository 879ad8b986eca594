"""The kinds of record, one file each; a new kind is a file here and a line below."""

from crm_cli.kinds.contact import Contact
from crm_cli.kinds.deal import Deal
from crm_cli.kinds.interaction import Interaction
from crm_cli.kinds.organization import Organization
from crm_cli.kinds.task import Task
from crm_cli.kinds.view import View
from crm_cli.schema.kind import Kinds

KINDS = Kinds(tuple(cls.kind_ for cls in (Contact, Organization, Deal, Task, Interaction, View)))
"""Every kind that this program knows, in the order in which listings that mix kinds show them.

It is read as `kinds.KINDS` where it is used: whoever adds a kind to it, a test above all, adds it everywhere."""

__all__ = ["KINDS", "Contact", "Deal", "Interaction", "Organization", "Task", "View"]
