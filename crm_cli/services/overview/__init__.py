"""Pages for people: the card, the page before a call, the story so far, my day."""
