"""Finds what is wrong with a book, in its records, its settings and its history, and mends what can safely be mended.

Everything is read from the files themselves, so that it works where the index, `crm.yaml` or git do not.
"""
