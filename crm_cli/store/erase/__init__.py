"""The right to erasure: a person taken out of files, and out of the history of files."""
