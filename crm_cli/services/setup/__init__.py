"""Making a book, and the settings of the book and of the user."""
