"""Syncing with a remote: fetch, look at what came, merge by path in memory, push."""
