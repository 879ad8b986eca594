"""Records in and out: files of other programs, files of our own, lines that change many records at once."""
