"""A CRM in the terminal: contacts, deals and notes as YAML files in git."""

from crm_cli.base.later import postpone

postpone("inspect", "ipaddress")  # 15 ms of 120: `dataclasses` and `pathlib` bring them along for what we never ask

__version__ = "0.1.0"
