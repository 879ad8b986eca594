"""A CRM in the terminal: contacts, deals and notes as YAML files in git."""

__version__ = "0.1.0"
