"""The pipeline: the board, moving along, what is stuck."""
