"""The only room that touches the book on disk: its files, its git repository, its lock and its index."""
