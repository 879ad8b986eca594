"""Books on several machines: syncing with a remote, cloning, merging for git, following an erasure."""
