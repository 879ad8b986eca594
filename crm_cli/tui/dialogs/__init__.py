"""Small windows that ask for something and give it back."""
