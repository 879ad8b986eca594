"""Use cases: each takes the book first and gives a Plan or a Table; none prints, asks, commits or reads the clock."""
