"""Every record of a book in SQLite: disposable, kept in step with the files, the one that answers queries."""

from crm_cli.store.index.index import Index, open_index

__all__ = ["Index", "open_index"]
